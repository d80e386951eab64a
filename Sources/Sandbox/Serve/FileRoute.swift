import FlyingFox
import Foundation

/// Hands out a file: whole or in part, with an entity tag, or its head only.
struct FileRoute: Sendable {
    let path: String
    let contentType: String
    /// Names the content; files of the sandbox never change under one name.
    let tag: String

    /// Answers a GET or HEAD for the file.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .GET || request.method == .HEAD else {
            var headers = HTTPHeaders()
            headers[.allow] = "GET, HEAD"
            return HTTPResponse(statusCode: .methodNotAllowed, headers: headers)
        }
        let found = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = (found?[.size] as? NSNumber)?.intValue else {
            return HTTPResponse(statusCode: .notFound)
        }
        let quoted = "\"\(tag)\""
        var headers = HTTPHeaders()
        headers[.contentType] = contentType
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = quoted
        if let known = request.headers[.ifNoneMatch], known == quoted || known == "*" {
            return HTTPResponse(statusCode: .notModified, headers: headers)
        }
        var range = ByteRange(header: request.headers[.range], size: size)
        // A range of something that has changed since is not wanted: the whole is.
        if let condition = request.headers[.ifRange], condition != quoted { range = .whole }
        do {
            return try answer(range, size: size, headers: headers, isHead: request.method == .HEAD)
        } catch {
            return HTTPResponse(statusCode: .notFound)
        }
    }

    private func answer(
        _ range: ByteRange, size: Int, headers: HTTPHeaders, isHead: Bool
    ) throws -> HTTPResponse {
        var headers = headers
        let bytes: Range<Int>
        let status: HTTPStatusCode
        switch range {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            return HTTPResponse(statusCode: .rangeNotSatisfiable, headers: headers)
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            bytes = part
            status = .partialContent
        case .whole:
            bytes = 0..<size
            status = .ok
        }
        if isHead {
            headers[.contentLength] = String(bytes.count)
            return HTTPResponse(statusCode: status, headers: headers)
        }
        let body = try HTTPBodySequence(
            file: URL(fileURLWithPath: path), range: bytes, suggestedBufferSize: 1 << 16)
        return HTTPResponse(statusCode: status, headers: headers, body: body)
    }
}

extension HTTPHeader {
    static let allow = HTTPHeader("Allow")
    static let ifRange = HTTPHeader("If-Range")
}
