import CCurl
import Foundation

/// Owns an easy handle: one request under way and its answer. For the engine's thread alone.
final class CurlExchange {
    let easy: UnsafeMutableRawPointer
    let job: CurlJob
    /// Bytes of body that came.
    private(set) var received: Int64 = 0
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var head = CurlHead(status: 0, headers: [:])
    private var headSize = 0
    private var isHeadComplete = false
    private var isStopped = false

    /// Nil where libcurl has no memory.
    init?(_ job: CurlJob) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.job = job
        setUp(job.call)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(fields)
    }

    private func setUp(_ call: CurlCall) {
        let owner = Unmanaged.passUnretained(self).toOpaque()
        set(CURLOPT_URL, call.url)
        _ = reel_curl_only_web(easy)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // An address is what was signed: no dots are taken out of it.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_TIMEOUT_MS, max(1, Int(call.deadline.milliseconds)))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(30_000, Int(call.deadline.milliseconds))))
        set(CURLOPT_NOPROXY, Self.noProxy)
        set(CURLOPT_USERAGENT, "reel")
        if call.isAlone { set(CURLOPT_FRESH_CONNECT, 1) }
        let names = Set(call.headers.keys.map { $0.lowercased() })
        if !names.contains("accept-encoding") { set(CURLOPT_ACCEPT_ENCODING, "") }
        setBody(call)
        for (name, value) in call.headers { add(field: value.isEmpty ? "\(name);" : "\(name): \(value)") }
        // Fields that libcurl would add: a type that is none of ours, and a wait of a second before large bodies.
        if call.body != nil && !names.contains("content-type") { add(field: "Content-Type:") }
        add(field: "Expect:")
        _ = reel_curl_set_list(easy, CURLOPT_HTTPHEADER, fields)
        _ = reel_curl_set_sink(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, owner in
            CurlExchange.of(owner)?.header(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        _ = reel_curl_set_pointer(easy, CURLOPT_HEADERDATA, owner)
        _ = reel_curl_set_sink(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, owner in
            CurlExchange.of(owner)?.body(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        _ = reel_curl_set_pointer(easy, CURLOPT_WRITEDATA, owner)
    }

    private func setBody(_ call: CurlCall) {
        if let body = call.body {
            _ = reel_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // Without a pointer libcurl would ask for the body by a callback.
                withUnsafePointer(to: UInt8(0)) { nothing in
                    let start = bytes.baseAddress ?? UnsafeRawPointer(nothing)
                    _ = reel_curl_set_pointer(
                        easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
                }
            }
            set(CURLOPT_CUSTOMREQUEST, call.method)
        } else if call.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else {
            set(CURLOPT_HTTPGET, 1)
            if call.method != "GET" { set(CURLOPT_CUSTOMREQUEST, call.method) }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = reel_curl_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = reel_curl_set_text(easy, option, value) }
    private func add(field: String) { fields = curl_slist_append(fields, field) ?? fields }

    /// This machine is reached without a proxy, and so is what the environment says.
    private static let noProxy: String = {
        let environment = ProcessInfo.processInfo.environment
        let more = environment["no_proxy"] ?? environment["NO_PROXY"]
        return (["localhost", "127.0.0.1", "::1"] + (more.map { [$0] } ?? [])).joined(separator: ",")
    }()

    private static func of(_ owner: UnsafeMutableRawPointer?) -> CurlExchange? {
        owner.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Most bytes of head that are read.
    private static let headLimit = 256 << 10

    /// One line of a head; an answer can have several heads (100, 103), and fields after the body.
    private func header(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isHeadComplete { return bytes.count }
        headSize += bytes.count
        guard headSize <= Self.headLimit else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: CharacterSet(charactersIn: "\r\n"))
        if line.hasPrefix("HTTP/") {
            let parts = line.split(separator: " ", maxSplits: 2)
            head = CurlHead(status: parts.count > 1 ? Int(parts[1]) ?? 0 : 0, headers: [:])
        } else if line.isEmpty {
            guard head.status >= 200 else { return bytes.count }
            isHeadComplete = true
            if !job.receiver.begin(head) {
                isStopped = true
                return 0
            }
        } else if let colon = line.firstIndex(of: ":") {
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            head.headers[name] = head.headers[name].map { "\($0), \(value)" } ?? value
        }
        return bytes.count
    }

    private func body(_ bytes: UnsafeRawBufferPointer) -> Int {
        received += Int64(bytes.count)
        if job.receiver.take(bytes) { return bytes.count }
        isStopped = true
        // Anything but the count ends the exchange; there is always at least one byte.
        return 0
    }

    /// What libcurl's code means for the caller; nil where the answer is complete.
    func failure(_ code: CURLcode) -> CurlFailure? {
        if code == CURLE_OK && isHeadComplete { return nil }
        let words = String(cString: curl_easy_strerror(code))
        return CurlFailure(kind: kind(code), message: words)
    }

    private func kind(_ code: CURLcode) -> CurlFailure.Kind {
        if isStopped { return .stopped }
        let hasLeft = reel_curl_departure(easy) > 0
        switch code {
        case CURLE_URL_MALFORMAT: return .invalid
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
            return hasLeft ? .broken : .untrusted
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return hasLeft ? .broken : .unreachable
        case CURLE_OPERATION_TIMEDOUT: return hasLeft ? .deadline : .unreachable
        case CURLE_PARTIAL_FILE: return .short
        default: return .broken
        }
    }
}

extension Duration {
    /// Whole milliseconds, cut off.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
