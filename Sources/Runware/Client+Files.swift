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
        let uuid = UUID().uuidString.lowercased()
        let body = Self.tasks([
            ["taskType": .string("imageUpload"), "taskUUID": .string(uuid), "image": .string(image)]
        ])
        var attempt = 1
        while true {
            let reply = await post(body, submits: true)
            let error: RunwareError
            var wanted: Duration?
            if case .success(let http) = reply, let envelope = Envelope(http.body),
                let item = envelope.data.first(where: { $0.imageUUID != nil }), let imageUUID = item.imageUUID
            {
                return UploadedImage(imageUUID: imageUUID, imageURL: item.imageURL)
            }
            switch Reading.submit(reply, task: uuid) {
            case .cancelled:
                throw RunwareError(code: "cancelled", category: .cancelled, message: "stopped the upload")
            case .refused(let refusal): throw redacted(refusal)
            case .accepted:
                throw RunwareError(
                    code: "noImageUUID", category: .protocol,
                    message: "the upload was answered without an image UUID")
            case .conflict(let why), .notSent(let why): error = why
            case .busy(let why, let pause), .unclear(let why, let pause): (error, wanted) = (why, pause)
            }
            if attempt >= configuration.mostAttempts { throw redacted(error.charged(.no, .retryTransport)) }
            try await rest(attempt, wanted: wanted)
            attempt += 1
        }
    }

    /// Fetches a result into a file, without the key, and returns its size in bytes.
    ///
    /// The file is made or emptied first and is on the disk when this returns; after an error there is none.
    /// An empty or cut body, a text in the place of a video, and a server in trouble are tried again a few
    /// times; right after a task's success the address may answer too early. Memory does not grow with size.
    public func download(
        _ url: String, to path: String, limit: Int64 = 4 << 30,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void = { _, _ in }
    ) async throws(RunwareError) -> Int64 {
        guard isWebAddress(url), let address = URL(string: url) else {
            throw RunwareError(
                code: "addressRefused", category: .protocol,
                message: "the result's address is not http or https",
                charged: .yes, recovery: .stop)
        }
        do {
            return try await fetch(address, to: path, limit: limit, progress: progress)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private func fetch(
        _ address: URL, to path: String, limit: Int64,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) async throws(RunwareError) -> Int64 {
        let call = HTTPCall(
            url: address, headers: ["User-Agent": "reel"], deadline: configuration.downloadDeadline)
        var attempt = 1
        while true {
            var error: RunwareError
            var wanted: Duration?
            do {
                let reply = try await transport.download(call, to: path, limit: limit, progress: progress)
                guard let why = Self.fault(reply, address) else { return reply.byteCount }
                error = why
                wanted = Reading.wait(reply)
                if error.recovery != .askAgain { throw error }
            } catch let failure as TransportError {
                error = Reading.error(failure, nil, .yes)
                error.recovery = .askAgain
                if [.cancelled, .tooLarge, .refused, .file].contains(failure.kind) { throw error }
            } catch let failure as RunwareError {
                throw failure
            } catch {
                throw RunwareError(
                    code: "downloadFailed", category: .transport, message: "\(error)", charged: .yes)
            }
            logger.warning("\(call): \(error.message)")
            if attempt >= configuration.mostAttempts { throw error }
            try await rest(attempt, wanted: wanted)
            attempt += 1
        }
    }

    /// What is wrong with a download's answer; recovery `askAgain` where it may pass. Nil: a usable body.
    private static func fault(_ reply: HTTPReply, _ address: URL) -> RunwareError? {
        func fault(_ code: String, _ message: String, passes: Bool, hint: String? = nil) -> RunwareError {
            RunwareError(
                code: code, category: code == "mediaGone" ? .notFound : .transport, message: message,
                httpStatus: reply.status,
                charged: .yes, recovery: passes ? .askAgain : .stop, hint: hint)
        }
        switch reply.status {
        case 200:
            if reply.byteCount == 0 {
                return fault("emptyMedia", "\(plain(address)) is empty", passes: true)
            }
            let type = reply.headers["content-type"]?.lowercased() ?? ""
            if type.hasPrefix("text/") || type.hasPrefix("application/json")
                || type.hasPrefix("application/xml")
            {
                return fault("notMedia", "\(plain(address)) holds \(type), not a video", passes: true)
            }
            return nil
        case 401, 403, 404, 410:
            // A store that is slow to publish says 404 at first.
            return fault(
                "mediaGone", "\(plain(address)) is not there (any more)", passes: reply.status == 404,
                hint: "results are kept for a limited time; another attempt is a new, paid task")
        case 408, 425, 429, 500...:
            return fault("mediaUnavailable", "\(plain(address)) answers HTTP \(reply.status)", passes: true)
        default:
            return fault("mediaRefused", "\(plain(address)) answers HTTP \(reply.status)", passes: false)
        }
    }
}
