import Foundation
import Logging

/// An image the service keeps for us, 30 days after its last use.
public struct UploadedImage: Sendable, Codable, Equatable {
    /// What a request names it by.
    public var imageUUID: String
    /// Where it can be seen, where the service tells.
    public var imageURL: String?
}

extension Client {
    /// Uploads a picture, given as a data URI, Base64 or public URL. Costs nothing and may be repeated.
    public func uploadImage(_ image: String) async throws(RunwareError) -> UploadedImage {
        var attempt = 1
        while true {
            // A name of its own for each attempt: the one before may have been taken, its answer lost.
            let uuid = UUID().uuidString.lowercased()
            let body = Wire.tasks([
                ["taskType": .string("imageUpload"), "taskUUID": .string(uuid), "image": .string(image)]
            ])
            let reply = await wire.post(body, .sending)
            let error: RunwareError
            var wanted: Duration?
            if case .success(let http) = reply, let envelope = Envelope(http.body),
                let item = envelope.data.first(where: { $0.imageUUID != nil }), let imageUUID = item.imageUUID
            {
                return UploadedImage(imageUUID: imageUUID, imageURL: item.imageURL)
            }
            switch Reading.submit(reply, task: uuid) {
            case .cancelled:
                throw .cancelled("stopped the upload")
            case .refused(let refusal): throw wire.redacted(refusal)
            case .accepted:
                throw RunwareError(
                    code: "noImageUUID", category: .protocol,
                    message: "the upload was answered without an image UUID")
            case .conflict(let why), .notSent(let why): error = why
            case .busy(let why, let pause), .unclear(let why, let pause): (error, wanted) = (why, pause)
            }
            if attempt >= configuration.mostAttempts {
                throw wire.redacted(error.charged(.no, .retryTransport))
            }
            try await wire.rest(attempt, wanted: wanted)
            attempt += 1
        }
    }
}
