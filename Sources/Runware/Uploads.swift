/// How pictures go into a request.
public enum ImagePolicy: Sendable, Equatable {
    /// Within it.
    case inline
    /// Uploaded first; the request names them.
    case upload
    /// Uploaded where the text of the picture is longer than so many bytes.
    case auto(over: Int)
}

/// Uploads each picture once, however many tasks need it, also when they ask at the same moment.
///
/// Pictures are known by a key of the caller's, such as a digest of the bytes. Kept for the client's life;
/// the service keeps them 30 days. A failed upload is forgotten, so the next who asks tries again.
actor Uploads {
    private var known: [String: Task<Result<String, RunwareError>, Never>] = [:]

    func uuid(
        of key: String, _ upload: @escaping @Sendable () async -> Result<String, RunwareError>
    ) async throws(RunwareError) -> String {
        let task = known[key] ?? Task { await upload() }
        known[key] = task
        let result = await task.value
        if case .failure = result, known[key] == task { known[key] = nil }
        return try result.get()
    }
}

extension Client {
    /// A picture as a request should name it: as given, or the UUID of an upload, by
    /// `ClientConfiguration.images`.
    ///
    /// - Parameters:
    ///   - image: data URI or Base64.
    ///   - key: names the picture's bytes; equal keys are uploaded once.
    public func image(_ image: String, key: String) async throws(RunwareError) -> String {
        switch configuration.images {
        case .inline: return image
        case .auto(let most) where image.utf8.count <= most: return image
        case .upload, .auto: break
        }
        return try await uploads.uuid(of: key) { [self] in
            do throws(RunwareError) {
                return .success(try await uploadImage(image).imageUUID)
            } catch {
                return .failure(error)
            }
        }
    }
}
