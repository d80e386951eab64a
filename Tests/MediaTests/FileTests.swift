import Foundation
import Media
import TestSupport
import Testing

@Suite(.blocking) struct FileTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `digests are SHA-256`(text: String, expected: String) throws {
        #expect(try SHA256.hex(of: text.utf8) == expected)
    }

    @Test func `a file's digest is that of its bytes`() throws {
        let folder = try TempDirectory("files")
        let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("a")))
        #expect(try SHA256.hex(ofFile: folder.file("a"), interrupt: Interrupt()) == SHA256.hex(of: bytes))
    }

    @Test func `a file stands under its name only when published`() throws {
        let folder = try TempDirectory("files")
        let final = folder.file("film.mp4")
        do {
            let pending = try PendingFile(for: final)
            try Data([1]).write(to: URL(fileURLWithPath: pending.path))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try PendingFile.write([1, 2, 3], to: final)
        #expect(try Data(contentsOf: URL(fileURLWithPath: final)) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["film.mp4"])
    }

    @Test func `a file may have the longest name that the system takes`() throws {
        let folder = try TempDirectory("files")
        let name = String(repeating: "n", count: 251) + ".mp4"
        try PendingFile.write([1], to: folder.file(name))
        #expect(try folder.names() == [name])
        let error = #expect(throws: MediaError.self) {
            try PendingFile.write([1], to: folder.file("n" + name))
        }
        #expect(error?.code == .badName)
    }

    @Test(arguments: [
        (EIO, MediaError.Code.io), (EPIPE, .io), (ENXIO, .io), (ESTALE, .io), (EBADF, .io), (EMFILE, .io),
        (ENAMETOOLONG, .badName), (ENOENT, .notFound), (EROFS, .permissionDenied), (ENOSPC, .diskFull),
    ])
    func `what the system says is not taken for the file's fault`(number: Int32, code: MediaError.Code) {
        let error = MediaError(ffmpeg: -number, operation: "av_read_frame", subject: "a.mp4", as: .notMedia)
        #expect(error.code == code)
        #expect((error.hint?.contains("ulimit") == true) == (number == EMFILE))
    }

    @Test func `a place that cannot be written is known before the work`() throws {
        let folder = try TempDirectory("files")
        func code(_ path: String) -> MediaError.Code? {
            do {
                _ = try PendingFile(for: path)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(folder.file("none/film.mp4")) == .notFound)
        #expect(code(folder.path) == .isDirectory)
        try Data([1]).write(to: URL(fileURLWithPath: folder.file("file")))
        #expect(code(folder.file("file/film.mp4")) != nil)
    }

    @Test func `a full disk is an error and leaves no film`() throws {
        func fill() throws {
            let encoder = try Encoder(
                video: Making.format(), settings: EncoderSettings(codec: "libx264", options: ["qp": "1"]))
            let muxer = try Muxer(path: "/dev/full", format: "matroska", interrupt: Interrupt())
            let stream = try muxer.addStream(encoder.parameters, timeBase: encoder.timeBase)
            try muxer.start()
            for i in 0..<200 {
                try encoder.send(try Making.picture(i))
                try Making.drain(encoder, into: muxer, stream)
            }
            try muxer.finish()
        }
        let error = #expect(throws: MediaError.self) { try fill() }
        #expect(error?.code == .diskFull)
    }
}
