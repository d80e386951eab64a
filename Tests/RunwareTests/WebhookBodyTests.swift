import Foundation
import Runware
import Testing

@Suite struct `A webhook's body` {
    static let a = "7c5a9a5e-6f0e-4c55-9c0e-0f5d3b0f7a11"
    static let b = "11afeb22-6145-44bf-9815-97151e145d13"

    @Test(arguments: [
        (#"{"taskUUID":"\#(a)","videoUUID":"\#(b)","videoURL":"http://x"}"#, [a]),
        (#"{"data":[{"taskUUID":"\#(a)"},{"taskUUID":"\#(b)"},{"taskUUID":"\#(a)"}]}"#, [a, b]),
        (#"[{"taskUUID":"\#(b)"},{"taskUUID":"\#(a)"}]"#, [b, a]),
        (#"{"errors":[{"code":"x","taskUUID":"\#(a)"}],"data":[{"taskUUID":"\#(b)"}]}"#, [b, a]),
        (#"{"taskUUID":"\#(a.uppercased())","status":"error"}"#, [a]),
        (#"{"taskUUID":"not a uuid"}"#, []), (#"{"taskUUID":7}"#, []), ("", []), ("<html>", []), ("null", []),
        (#"[[[[[{"taskUUID":"\#(a)"}]]]]]"#, []),
    ])
    func `names tasks and is believed no further`(_ body: String, _ tasks: [String]) {
        #expect(WebhookBody.tasks(in: Data(body.utf8)) == tasks)
    }

    @Test func `of hostile depth or length is survived`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(WebhookBody.tasks(in: Data(deep.utf8)).isEmpty)
        let many = (0..<5000).map { _ in #"{"taskUUID":"\#(UUID().uuidString)"}"# }.joined(separator: ",")
        #expect(WebhookBody.tasks(in: Data("[\(many)]".utf8)).count <= 100)
    }
}
