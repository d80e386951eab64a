import Foundation
import Runware
import Testing

@Suite struct `A redirect` {
    private func step(
        _ from: String, _ to: String?, status: Int = 302, method: String = "GET", steps: Int = 0
    ) -> String {
        let call = HTTPCall(
            method: method, url: URL(string: from)!, headers: ["Authorization": "Bearer k", "Accept": "x"])
        switch Redirect.step(after: call, status: status, location: to, steps: steps) {
        case .stay: return "stay"
        case .follow(let next):
            return "\(next.url) \(next.headers["Authorization"] == nil ? "without" : "with") key"
        case .refuse: return "refuse"
        }
    }

    @Test func `keeps the key at its origin`() {
        #expect(step("https://a.b/v1", "/v2") == "https://a.b/v2 with key")
        #expect(step("https://a.b/v1", "https://a.b:443/v2") == "https://a.b:443/v2 with key")
        #expect(step("https://a.b/v1", "https://c.d/v1") == "https://c.d/v1 without key")
        #expect(step("http://a.b/v1", "http://a.b:81/v1") == "http://a.b:81/v1 without key")
        #expect(step("http://a.b/v1", "https://a.b/v1") == "https://a.b/v1 without key")
    }

    @Test func `goes only where it may`() {
        #expect(step("https://a.b/v1", "http://a.b/v1") == "refuse")
        #expect(step("http://a.b/v1", "file:///etc/passwd") == "refuse")
        #expect(step("http://a.b/v1", "/x", steps: 5) == "refuse")
        #expect(step("http://a.b/v1", nil) == "stay")
        #expect(step("http://a.b/v1", "/x", status: 200) == "stay")
        #expect(step("http://a.b/v1", "/x", status: 302, method: "POST") == "stay")
        #expect(step("http://a.b/v1", "/x", status: 307, method: "POST") == "http://a.b/x with key")
    }
}
