import Foundation
import Runware
import Testing

@Suite struct `This machine's own address` {
    @Test(arguments: [
        ("http://127.0.0.1:4711/v1", true), ("http://127.8.9.1/", true), ("http://localhost/", true),
        ("http://LOCALHOST:1/", true), ("http://[::1]:80/", true), ("http://127.evil.example/", false),
        ("http://127.0.0.1.evil.example/", false), ("http://localhost.evil.example/", false),
        ("http://[::2]/", false), ("http://10.0.0.1/", false), ("http://128.0.0.1/", false),
        ("file:///127.0.0.1", false),
    ])
    func `is told from one that looks like it`(address: String, isOwn: Bool) throws {
        #expect(ClientConfiguration.isLoopback(try #require(URL(string: address))) == isOwn)
    }
}
