import Foundation
import Runware
import Testing

@Suite struct `A picture for a request` {
    private static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(value >> (8 * (count - 1 - $0)) & 0xFF) }
    }

    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + big(13, 4) + Array("IHDR".utf8) + big(1280, 4)
        + big(720, 4)
    /// A comment segment, a table, then a progressive frame header.
    private static let jpeg: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xFE, 0, 6, 0xFF, 0xC0, 1, 2] + [0xFF, 0xC4, 0, 4, 9, 9]
        + [0xFF, 0xFF, 0xC2, 0, 17, 8] + big(720, 2) + big(1280, 2)
    private static func webp(_ chunk: String, _ body: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP\(chunk)".utf8) + [0, 0, 0, 0] + body
    }

    static let pictures: [(String, [UInt8], ImageFile.Form?)] = [
        ("png", png, .png), ("jpeg", jpeg, .jpeg),
        ("lossy", webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 0x00, 0x05, 0xD0, 0x02]), .webp),
        // 1279 in 14 bits, then 719.
        ("lossless", webp("VP8L", [0x2F] + (1279 | 719 << 14).littleEndianBytes), .webp),
        ("extended", webp("VP8X", [0, 0, 0, 0, 0xFF, 0x04, 0, 0xCF, 0x02, 0]), .webp),
        ("gif", Array("GIF89a".utf8) + [0, 5, 0xD0, 2], nil), ("cut png", Array(png.prefix(20)), nil),
        ("cut jpeg", Array(jpeg.prefix(14)), nil), ("empty", [], nil),
    ]

    @Test(arguments: pictures)
    func `is known by its header`(name: String, bytes: [UInt8], form: ImageFile.Form?) {
        let image = ImageFile(Data(bytes))
        #expect(image?.form == form)
        if form != nil { #expect(image?.width == 1280 && image?.height == 720) }
        if let form { #expect(image?.dataURI.hasPrefix("data:image/\(form.rawValue);base64,") == true) }
    }

    @Test(arguments: [(300, 4000, true), (299, 500, false), (500, 4001, false)])
    func `has sides that the service takes`(width: Int, height: Int, isFine: Bool) throws {
        let bytes = Self.png.prefix(16) + Self.big(width, 4) + Self.big(height, 4)
        let problems = try #require(ImageFile(Data(bytes))).problems(field: "inputs.frameImages[0].image")
        #expect(problems.isEmpty == isFine)
        if let problem = problems.first { #expect(problem.value == "\(width)x\(height)") }
    }

    @Test func `that is too large, missing or no picture is named`() throws {
        let folder = try Folder()
        for (name, bytes, code) in [
            ("large.png", Data(Self.png) + Data(count: ImageFile.limit), "imageTooLarge"),
            ("text.png", Data("text".utf8), "notImage"),
        ] {
            try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
            let error = #expect(throws: RunwareError.self) {
                try ImageFile.read(path: "\(folder.path)/\(name)")
            }
            #expect(error?.code == code && error?.message.contains(name) == true && error?.exitCode == 5)
        }
        let error = #expect(throws: RunwareError.self) { try ImageFile.read(path: folder.path + "/none.png") }
        #expect(error?.code == "imageUnreadable")
    }

    @Test func `is uploaded once for all who need it, and only where it is long`() async throws {
        let uploaded = try Fixture.data("uploaded")
        let server = try LoopbackServer { _ in .json(uploaded) }
        defer { server.stop() }
        var settings = ClientConfiguration(baseURL: server.url, apiKey: "k")
        settings.images = .auto(over: 100)
        let client = Client(settings)
        let long = DataURI.png([UInt8](repeating: 1, count: 200))
        let names = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<8 { group.addTask { try? await client.image(long, key: "one") } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(names == ["3ad204c3-a9de-4963-8a1a-c3911e3afafe"] && server.requests.count == 1)
        #expect(try await client.image("short", key: "two") == "short")
        _ = try await client.image(long, key: "three")
        #expect(server.requests.count == 2)
    }
}

extension Int {
    fileprivate var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(self >> (8 * $0) & 0xFF) } }
}
