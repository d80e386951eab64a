import Curl
public import Foundation

/// One HTTP exchange, for tests that talk to a server as anybody would.
public func web(
    _ method: String = "GET", _ url: URL, headers: [String: String] = [:], body: Data? = nil
) async throws -> (status: Int, headers: [String: String], body: Data) {
    let call = CurlCall(method: method, url: url.absoluteString, headers: headers, body: body)
    let (head, body) = try await engine.fetch(call)
    return (head.status, head.headers, body)
}

private let engine = CurlEngine()
