import Film
import Foundation
import Media
import Montage
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite struct `A film of copied shots` {
    @Test func `has the shots' own pictures, and a changed shot touches only its own`() async throws {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world"))
        let api = try await server.start()
        func settings(_ words: String) throws -> FilmSettings {
            let path = try scratch.write(
                """
                title: T
                model: "pixverse:1@6"
                defaults: {resolution: 360p, aspect: "16:9", duration: 5, audio: true}
                shots:
                  - {id: a, prompt: A quiet hill at dawn, seed: 1}
                  - {id: b, prompt: \(words), seed: 2}
                film: {deliver: [mp4-copy], thumbnails: false}
                """, to: "film.yaml")
            return try .forTest(path, in: scratch, api: api, budget: nil)
        }
        let report = try await Film.make(settings("A lake in the wind")) { _ in }
        let proof = report.deliveries[0].proof
        #expect(proof.passed)
        #expect(proof.frames == 239)
        #expect(proof.audioSamples == 478_000)
        #expect(proof.bitExactFrames >= 235)
        #expect(proof.bitExactFrames < 239 || proof.frames == proof.bitExactFrames)
        let out = scratch.path + "/out/"
        func pictures(_ name: String) throws -> [Substring] {
            try Oracle.ffmpeg(["-i", out + name, "-map", "0:v", "-f", "framemd5", "-"]).text
                .split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                    $0.split(separator: " ").last
                }
        }
        let expected = try pictures("shots/01-a.mp4").dropLast() + pictures("shots/02-b.mp4")
        let found = try pictures("film.mp4")
        #expect(found.count == expected.count)
        #expect(zip(found, expected).count { $0 != $1 } == 239 - proof.bitExactFrames)
        #expect(try Oracle.ffmpeg(["-i", out + "film.mp4", "-f", "null", "-"]).errors.isEmpty)

        let heard = Mutex<[String]>([])
        let again = try await Film.make(settings("A lake in the rain")) {
            if case .segmentsRendered(let shot, _) = $0 { heard.withLock { $0.append(shot) } }
        }
        #expect(heard.withLock { $0 } == ["b"])
        #expect(again.deliveries[0].proof.passed)
        #expect(try await Film.make(settings("A lake in the rain")) { _ in }.run?.isUpToDate == true)
        await server.stop()
    }
}
