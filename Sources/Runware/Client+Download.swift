import Foundation
import Logging

/// A result that is in a file now.
public struct Downloaded: Sendable, Equatable {
    /// The file's size.
    public var bytes: Int64
    /// What the caller's hasher made of it; nil without one.
    public var digest: String?
    /// Says how it went.
    public init(bytes: Int64, digest: String? = nil) {
        self.bytes = bytes
        self.digest = digest
    }
}

extension Client {
    /// Puts a result into a file: decodes it where it came inline, fetches it where it came as an address.
    ///
    /// The file is on the disk when this returns; after an error there is none. An address that has expired
    /// is asked for anew once (the service is asked about the task, nothing is sent), and the download goes
    /// on where it was. Otherwise as `download`.
    /// - Parameters:
    ///   - limit: most bytes.
    ///   - hasher: makes the digest of the finished file; called once, must not block the cooperative pool.
    public func save(
        _ result: VideoResult, to path: String, limit: Int64 = 4 << 30,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void = { _, _ in },
        hasher: (@Sendable (_ path: String) async throws -> String)? = nil
    ) async throws(RunwareError) -> Downloaded {
        let bytes: Int64
        if let address = result.videoURL {
            bytes = try await fetch(address, to: path, limit: limit, progress: progress) {
                () async throws(RunwareError) -> String? in
                let results = try await self.find(result.taskUUID).results
                let same = results.first { $0.videoUUID == result.videoUUID }
                // A result without a name can only be the task's one result.
                return (same ?? (result.videoUUID.isEmpty && results.count == 1 ? results[0] : nil))?.videoURL
            }
        } else if let inline = result.videoDataURI ?? result.videoBase64Data {
            bytes = try await decode(inline, to: path, limit: limit)
            progress(bytes, bytes)
        } else {
            throw RunwareError(
                code: "noVideo", category: .protocol,
                message: "the result has neither an address nor a video",
                taskUUID: result.taskUUID, charged: .yes, recovery: .askAgain)
        }
        do {
            return Downloaded(bytes: bytes, digest: try await hasher?(path))
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw RunwareError(
                code: "fileFailed", category: .transport, message: "\(path) cannot be read back: \(error)",
                taskUUID: result.taskUUID, charged: .yes, recovery: .askAgain)
        }
    }

    /// Fetches a result into a file, without the key, and returns its size in bytes.
    ///
    /// The file is made or emptied first and is on the disk when this returns; after an error there is none.
    /// It comes piece by piece, and a piece that breaks off or stands still is taken up where it was, as
    /// long as the server shows that it is still the same file. An empty body, one that is no video (MP4,
    /// MOV or WebM), and a server in trouble are tried again a few times; right after a task's success the
    /// address may answer too early. Memory does not grow with the file. `progress` gets bytes present and
    /// the size, where known.
    public func download(
        _ url: String, to path: String, limit: Int64 = 4 << 30,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void = { _, _ in }
    ) async throws(RunwareError) -> Int64 {
        try await fetch(url, to: path, limit: limit, progress: progress, refresh: nil)
    }

    private func decode(_ inline: String, to path: String, limit: Int64) async throws(RunwareError) -> Int64 {
        let text =
            inline.hasPrefix("data:")
            ? inline.firstIndex(of: ",").map { inline[$0...].dropFirst() } : inline[...]
        guard let text, let data = Data(base64Encoded: String(text), options: .ignoreUnknownCharacters),
            VideoForm.isVideo(data)
        else {
            throw RunwareError(
                code: "notMedia", category: .protocol, message: "the video in the answer cannot be read",
                charged: .yes, recovery: .askAgain)
        }
        do throws(TransportError) {
            let file = try FileSink(path: path, from: 0, limit: limit)
            try file.begin(HTTPReply(status: 200), expected: Int64(data.count))
            try file.take(data)
            try await file.flush()
            return Int64(data.count)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw Reading.error(error, nil, .yes)
        }
    }

    private func fetch(
        _ url: String, to path: String, limit: Int64,
        progress: @escaping @Sendable (Int64, Int64?) -> Void,
        refresh: (() async throws(RunwareError) -> String?)?
    ) async throws(RunwareError) -> Int64 {
        var download = Download(try Self.address(url), window: configuration.downloadWindow)
        // What a file of that name held before is nothing of ours.
        try? FileManager.default.removeItem(atPath: path)
        do {
            return try await pieces(&download, to: path, limit: limit, progress: progress, refresh: refresh)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private static func address(_ url: String) throws(RunwareError) -> URL {
        guard isWebAddress(url), let address = URL(string: url) else {
            throw RunwareError(
                code: "addressRefused", category: .protocol,
                message: "the result's address is not http or https",
                charged: .yes, recovery: .stop)
        }
        return address
    }

    private func pieces(
        _ download: inout Download, to path: String, limit: Int64,
        progress: @escaping @Sendable (Int64, Int64?) -> Void,
        refresh: (() async throws(RunwareError) -> String?)?
    ) async throws(RunwareError) -> Int64 {
        let start = configuration.pace.now()
        var attempt = 1
        var mayRefresh = refresh != nil
        var last: RunwareError?
        while true {
            let left = configuration.downloadDeadline - (configuration.pace.now() - start)
            guard left > .zero else {
                throw last
                    ?? RunwareError(
                        code: "deadline", category: .timeout,
                        message: "\(plain(download.address)) did not arrive in time", charged: .yes)
            }
            let before = download.present
            switch try await piece(&download, to: path, limit: limit, within: left, progress: progress) {
            case .done: return download.present
            case .more: attempt = 1
            case .gone(let error):
                guard mayRefresh, let refresh else { throw error }
                mayRefresh = false
                guard let fresh = try? await refresh(), let address = try? Self.address(fresh) else {
                    throw error
                }
                logger.notice("\(plain(download.address)) has expired; the task names another address")
                download.address = address
            case .again(let error, let wanted):
                last = error
                logger.warning("\(plain(download.address)): \(error.message)")
                // Bytes that came are progress: only attempts that brought nothing are counted.
                attempt = download.present > before ? 1 : attempt
                if attempt >= configuration.mostAttempts {
                    guard error.code == "mediaGone", mayRefresh else { throw error }
                    guard let refresh, let fresh = try? await refresh(),
                        let address = try? Self.address(fresh)
                    else { throw error }
                    mayRefresh = false
                    attempt = 1
                    download.address = address
                    continue
                }
                try await wire.rest(attempt, wanted: wanted)
                attempt += 1
            }
        }
    }

    /// One exchange of a download, and what it means for the rest.
    private func piece(
        _ download: inout Download, to path: String, limit: Int64, within left: Duration,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) async throws(RunwareError) -> Download.Step {
        let call = HTTPCall(
            url: download.address, headers: download.headers, deadline: left,
            flow: HTTPCall.Flow(bytes: configuration.stallBytes, time: configuration.stallTime))
        let offset = download.present
        let transport = wire.transport
        let outcome = await wire.downloads.through(.sending) {
            () async -> Result<HTTPReply, TransportError> in
            do throws(TransportError) {
                return .success(
                    try await transport.download(
                        call, to: path, from: offset, limit: limit, progress: progress))
            } catch {
                return .failure(error)
            }
        }
        switch outcome ?? .failure(TransportError(.cancelled, "stopped waiting for \(call)")) {
        case .success(let reply):
            return download.take(reply, start: VideoForm.beginning(of: path))
        case .failure(let failure):
            var error = Reading.error(failure, nil, .yes)
            error.recovery = .askAgain
            if [.cancelled, .tooLarge, .refused, .file].contains(failure.kind) { throw error }
            download.take(failure, size: VideoForm.size(of: path))
            return .again(error, nil)
        }
    }
}
