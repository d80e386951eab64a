import TestSupport
import Testing

/// Each rule is fed sources that break it: a rule that lets them pass would let anything pass.
@Suite(.blocking) struct `A broken house is noticed` {
    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    @Test(
        arguments: [
            ("Sources/Montage/A.swift", "import CFFmpeg"),
            ("Sources/Film/A.swift", "import FlyingFox"),
            ("Sources/Film/A.swift", "import FoundationNetworking"),
            ("Sources/Runware/A.swift", "import FoundationNetworking"),
            ("Sources/Sandbox/A.swift", "import Runware"),
            ("Sources/Sandbox/A.swift", "import GRDB"),
            ("Sources/Runware/A.swift", "internal import Media"),
            ("Sources/Media/A.swift", "  @preconcurrency public import struct Yams.Node"),
            ("Sources/Media/A.swift", "import ArgumentParser // for the command"),
            ("Sources/reel/A.swift", "@_implementationOnly import GRDB"),
            ("Sources/NewRoom/A.swift", "import Foundation"),
        ])
    func `a forbidden import`(path: String, line: String) {
        #expect(House.forbiddenImports([file(path, "// essay\n\(line)\n")]).count == 1)
    }

    @Test func `an import in a comment is prose`() {
        #expect(
            House.forbiddenImports([file("Sources/Sandbox/A.swift", "// import Runware\n/// import Runware")])
                == [])
    }

    @Test(arguments: [
        "let child = Process()", "posix_spawn(&id, path, nil, nil, nil, nil)", #"run("ffmpeg", ["-i"])"#,
        #"let tool = "/usr/bin/ffprobe""#, #"shell("ffmpeg -i in.mp4 out.webm")"#,
    ])
    func `a call of a program`(line: String) {
        #expect(!House.programCalls([file("Sources/Montage/A.swift", line)]).isEmpty)
    }

    @Test(arguments: [
        "let cores = ProcessInfo.processInfo.activeProcessorCount", "// like `ffmpeg -i`",
        #"let name = "libavformat""#,
        #"let url = "https://ffmpeg.org/doc""#,
    ])
    func `what only sounds like a program`(line: String) {
        #expect(House.programCalls([file("Sources/Montage/A.swift", line)]) == [])
    }

    @Test func `a client made outside the generator`() {
        let text = "let client = Client(configuration)"
        #expect(House.clientsOutsideTheGenerator([file("Sources/Film/Builder.swift", text)]).count == 1)
        #expect(House.clientsOutsideTheGenerator([file(generatorFile, text)]) == [])
    }

    @Test func `a crash on purpose`() {
        let text = "let a = try! load()\nfatalError(\"no\")\n// never try! here"
        #expect(House.crashes([file("Sources/Film/A.swift", text)]).count == 2)
    }

    @Test func `a note to finish later`() {
        #expect(House.leftovers([file("Sources/Film/A.swift", "// " + "TO" + "DO: later")]).count == 1)
    }

    @Test func `a file that has grown too long`() {
        let text = String(repeating: "// line\n", count: 4000)
        #expect(House.oversized([file("Sources/Film/A.swift", text)]).count == 1)
    }

    @Test func `a target without an essay`() {
        #expect(House.missingEssays([file("Sources/Film/Film.swift", "// Film.\nimport Media\n")]).count == 1)
        #expect(House.missingEssays([file("Sources/Film/Other.swift", "")]).count == 1)
        let essay = String(repeating: "// A line of the essay.\n", count: 12)
        #expect(House.missingEssays([file("Sources/Film/Film.swift", essay + "import Media\n")]) == [])
    }
}
