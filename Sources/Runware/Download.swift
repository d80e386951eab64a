import Foundation

/// How far a download is and what its next request must say. No I/O: answers in, a step out.
///
/// The file is asked for in windows, so that no more than one is under way between network and disk. A server
/// that knows no ranges sends all at once, which is as good. Windows belong together only if the server shows
/// it: by its validator (`If-Range`), or at least by the same size.
struct Download {
    enum Step {
        case done
        case more
        /// May pass.
        case again(RunwareError, Duration?)
        /// The address holds nothing any more.
        case gone(RunwareError)
    }

    var address: URL
    /// Bytes in the file that count.
    private(set) var present: Int64 = 0
    private let window: Int64
    private var total: Int64?
    private var validator: String?
    private var usesRanges = true

    init(_ address: URL, window: Int64) {
        self.address = address
        self.window = max(1, window)
    }

    /// Header fields of the next request.
    var headers: [String: String] {
        var headers = ["User-Agent": "reel"]
        if usesRanges {
            headers["Range"] = "bytes=\(present)-\(present + window - 1)"
            if present > 0, let validator { headers["If-Range"] = validator }
        }
        return headers
    }

    /// Judges an answer whose body is in the file; `start` is the file's beginning.
    mutating func take(_ reply: HTTPReply, start: Data) -> Step {
        let wait = Reading.wait(reply)
        switch reply.status {
        case 200, 206:
            let range = ContentRange(reply)
            let announced = reply.status == 206 ? range?.total : reply.byteCount
            if reply.status == 206, present > 0, let announced, let total, announced != total {
                reset()
                return .again(fault(reply, "mediaChanged", "is another file than before"), wait)
            }
            if reply.status == 200 { present = 0 }
            let hasCome = reply.byteCount > 0
            present += reply.byteCount
            total = announced ?? total
            validator = Self.validator(reply) ?? (reply.status == 206 ? validator : nil)
            guard present > 0, hasCome || reply.status == 200 else {
                reset()
                return .again(fault(reply, "emptyMedia", "is empty"), wait)
            }
            guard VideoForm.isVideo(start) else {
                let type = reply.headers["content-type"] ?? "something else"
                reset()
                return .again(fault(reply, "notMedia", "holds \(type), not a video"), wait)
            }
            if reply.status == 200 { return .done }
            guard let total else { return reply.byteCount < window ? .done : .more }
            return present >= total ? .done : .more
        case 416:
            let size = ContentRange(reply)?.total
            if present > 0, size == present { return .done }
            // A file without bytes has no range either.
            let isEmpty = size == 0
            reset()
            usesRanges = isEmpty
            return .again(
                isEmpty
                    ? fault(reply, "emptyMedia", "is empty")
                    : fault(reply, "mediaChanged", "has not the bytes that are missing"), wait)
        case 401, 403, 404, 410:
            var error = fault(reply, "mediaGone", "is not there (any more)")
            error.category = .notFound
            error.recovery = .stop
            error.hint = "results are kept for a limited time; another attempt is a new, paid task"
            // A store that is slow to publish says 404 at first.
            return reply.status == 404 ? .again(error, wait) : .gone(error)
        case 408, 425, 429, 500...:
            return .again(fault(reply, "mediaUnavailable", "answers HTTP \(reply.status)"), wait)
        default:
            var error = fault(reply, "mediaRefused", "answers HTTP \(reply.status)")
            error.recovery = .stop
            return .gone(error)
        }
    }

    /// Judges an exchange that broke off; `size` is the file's now.
    mutating func take(_ failure: TransportError, size: Int64) {
        guard let head = failure.head else { return }
        if failure.kind == .wrongRange {
            reset()
            usesRanges = false
            return
        }
        let announced =
            head.status == 206 ? ContentRange(head)?.total : Int64(head.headers["content-length"] ?? "")
        switch head.status {
        case 200: present = 0
        case 206:
            if let total, let announced, announced != total { return reset() }
        default: return
        }
        validator = Self.validator(head) ?? (head.status == 206 ? validator : nil)
        total = announced ?? total
        // Without a validator and a size nothing shows that the rest belongs to what came.
        guard validator != nil || total != nil, usesRanges else { return reset() }
        present = max(present, size)
    }

    private mutating func reset() {
        present = 0
        total = nil
        validator = nil
    }

    /// A strong one: a weak tag does not promise the same bytes.
    private static func validator(_ reply: HTTPReply) -> String? {
        if let tag = reply.headers["etag"], tag.hasPrefix("\"") { return tag }
        return reply.headers["last-modified"]
    }

    private func fault(_ reply: HTTPReply, _ code: String, _ what: String) -> RunwareError {
        RunwareError(
            code: code, category: .transport, message: "\(plain(address)) \(what)", httpStatus: reply.status,
            charged: .yes, recovery: .askAgain)
    }
}

/// What a file must begin with to be a video of the forms that can be asked for.
enum VideoForm {
    /// MP4 and MOV: the word `ftyp` behind a length. WebM: the first bytes of EBML.
    static func isVideo(_ start: Data) -> Bool {
        let bytes = [UInt8](start.prefix(12))
        return bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3])
            || (bytes.count >= 8 && bytes[4..<8].elementsEqual("ftyp".utf8))
    }

    static func beginning(of path: String) -> Data {
        guard let file = FileHandle(forReadingAtPath: path) else { return Data() }
        defer { try? file.close() }
        return (try? file.read(upToCount: 12)) ?? Data()
    }

    static func size(of path: String) -> Int64 {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return (facts?[.size] as? NSNumber)?.int64Value ?? 0
    }
}
