import Film
import Foundation
import Logging
import Media
import Montage
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A film with one join of each kind, made of tiny clips; then everything that leaves it.
@Suite struct `A film with joins` {
    private static let shots = """
          - {id: hill, title: "Dawn, <first> & only", prompt: A quiet hill at dawn, seed: 1}
          - {id: lake, prompt: A lake in the wind, seed: 2}
          - {id: sea, prompt: A sea at night, seed: 3, start: fresh, join: {dissolve: 13}}
          - {id: wood, prompt: A wood in snow, seed: 4, start: fresh, join: {fade: 10, colour: white}}
        """

    private func yaml(_ shots: String) -> String {
        """
        title: Four & more
        model: "pixverse:1@6"
        defaults: {size: 160x96, duration: 2, audio: true}
        shots:
        \(shots)
        film:
          deliver: [mp4-social, quick-mov]
          thumbnails: false
          sound: {loudness: {integrated: -20}, music: {file: music.wav, gain: -12, loop: true}}
        """
    }

    @Test func `is exact, says of what it is made, and goes on in an editor`() async throws {
        let scratch = try Scratch()
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "sine=frequency=330:duration=2", scratch.path + "/music.wav",
        ])
        let path = try scratch.write(yaml(Self.shots), to: "film.yaml")
        let settings = FilmSettings(
            storyboardPath: path, outputDirectory: scratch.path + "/out", generator: TinyClips(),
            presets: try scratch.quickPresets(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let report = try await Film.make(settings) { _ in }
        let out = scratch.path + "/out/"

        // Four clips of 48 frames, a twin less, 13 frames that are two at a time.
        let (starts, total) = ([0, 47, 82, 130], 178)
        #expect(report.deliveries.map(\.frames) == [total, total])
        #expect(report.shots.map(\.start) == starts)
        #expect(report.shots.map(\.framesShown) == [47, 48, 48, 48])
        let joins = [nil, "\"match\"", #"{"dissolve":13}"#, #"{"colour":"white","fade":10}"#]
        #expect(report.shots.map { $0.join?.canonical } == joins)
        for delivery in report.deliveries {
            #expect(delivery.proof.passed)
            #expect(delivery.proof.audioSamples == Int64(total) * 2000)
            #expect(try Oracle.frameCount(out + delivery.file) == total)
            #expect(abs((delivery.proof.loudness?.result ?? 0) + 20) < 0.5)
            try chapters(of: out + delivery.file, begin: starts, end: total)
        }

        // The manifest: beside the film and inside, the same text; no prompt, all digests.
        let text = try String(contentsOfFile: out + "film.manifest.json", encoding: .utf8)
        for delivery in report.deliveries {
            let inside = try EmbeddedManifest.read(out + delivery.file, interrupt: Interrupt())
            #expect(inside.map { $0 + "\n" } == text)
        }
        let manifest = try JSONDocument(parsing: text)
        #expect(try SHA256.hex(of: Array(text.utf8.dropLast())) == report.manifestDigest)
        for words in ["quiet hill", "lake in the wind", scratch.path] { #expect(!text.contains(words)) }
        guard case .array(let told)? = manifest["shots"] else { throw CocoaError(.coderInvalidValue) }
        #expect(told.map { $0["sha256"] } == report.shots.map { .string($0.clipDigest) })
        #expect(told.map { $0["taskUUID"] } == report.shots.map { $0.taskUUID.map { .string($0) } })
        #expect(told.map { $0["start"] } == starts.map { .int(Int64($0)) })
        #expect(
            told[0]["promptSHA256"] == .string(try SHA256.hex(of: Array("A quiet hill at dawn".utf8))))
        let music = manifest["sound"]?["music"]?["file"]
        let digest = try SHA256.hex(ofFile: scratch.path + "/music.wav", interrupt: Interrupt())
        #expect(music == .string("sha256:" + digest))

        try lists(out, total: total)

        // Nothing to do; then a join that is another: nothing is bought, the other shots' segments stay.
        #expect(try await Film.make(settings) { _ in }.run?.isUpToDate == true)
        try scratch.write(
            yaml(Self.shots.replacingOccurrences(of: "dissolve: 13", with: "dissolve: 4")), to: "film.yaml")
        let plan = try Film.plan(settings)
        #expect(
            plan.steps.filter { $0.status != .cached && $0.delivery != "quick-mov" }.map(\.id) == [
                "segment:lake:mp4-social", "blend:sea:mp4-social", "segment:sea:mp4-social",
                "film:mp4-social",
            ])
        let second = try await Film.make(settings) { _ in }
        #expect(second.run?.generated == 0)
        #expect(second.deliveries.map(\.frames) == [187, 187])

        // And back, with another name for a shot: joined anew of what is there, and the same but for the name.
        try scratch.write(yaml(Self.shots), to: "film.yaml")
        let back = try await Film.make(settings) { _ in }
        #expect(back.deliveries.map(\.digest) == report.deliveries.map(\.digest))
    }

    private func chapters(of path: String, begin starts: [Int], end: Int) throws {
        let found = try Oracle.ffprobe(path, ["-show_chapters"])["chapters"] as? [[String: Any]] ?? []
        let titles = found.map { ($0["tags"] as? [String: Any])?["title"] as? String ?? "" }
        #expect(titles == ["Dawn, <first> & only", "lake", "sea", "wood"])
        for (i, chapter) in found.enumerated() where i < starts.count {
            let next = i + 1 < starts.count ? starts[i + 1] : end
            let times = ["start_time", "end_time"].map { Double(chapter[$0] as? String ?? "") ?? -1 }
            #expect(abs(times[0] - Double(starts[i]) / 24) < 0.0006, "\(chapter)")
            #expect(abs(times[1] - Double(next) / 24) < 0.0011, "\(chapter)")
        }
    }

    /// The lists of edits, read by nothing of ours.
    private func lists(_ out: String, total: Int) throws {
        func value(_ time: Any?) -> Int? { (time as? [String: Any])?["value"] as? Int }
        func range(_ range: Any?) -> [Int?] {
            let range = range as? [String: Any]
            return [value(range?["start_time"]), value(range?["duration"])]
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: out + "film.otio"))
        let timeline = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(timeline["name"] as? String == "Four & more")
        let tracks = (timeline["tracks"] as? [String: Any])?["children"] as? [[String: Any]] ?? []
        #expect(tracks.map { $0["kind"] as? String } == ["Video", "Audio"])
        let items = tracks.first?["children"] as? [[String: Any]] ?? []
        #expect(items.map { $0["name"] as? String } == ["hill", "lake", "dissolve", "sea", "wood"])
        let clips = items.filter { $0["OTIO_SCHEMA"] as? String == "Clip.1" }
        #expect(clips.map { range($0["source_range"]) } == [[0, 47], [0, 41], [6, 42], [0, 48]])
        let files = clips.map { ($0["media_reference"] as? [String: Any])?["target_url"] as? String ?? "" }
        #expect(files == ["shots/01-hill.mp4", "shots/02-lake.mp4", "shots/03-sea.mp4", "shots/04-wood.mp4"])
        for file in files { #expect(FileManager.default.fileExists(atPath: out + file)) }
        #expect([value(items[2]["in_offset"]), value(items[2]["out_offset"])] == [6, 7])

        let xml = Elements()
        let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: out + "film.fcpxml")))
        parser.delegate = xml
        #expect(parser.parse())
        #expect(xml.found("asset").map { $0["src"] } == files.map { "./" + $0 })
        #expect(xml.found("asset-clip").map { $0["start"] } == ["0s", "0s", "6/24s", "0s"])
        #expect(xml.found("asset-clip").map { $0["offset"] } == ["0s", "47/24s", "88/24s", "130/24s"])
        #expect(xml.found("transition").map { $0["offset"] } == ["82/24s"])
        #expect(xml.found("transition").map { $0["duration"] } == ["13/24s"])
        #expect(xml.found("sequence").map { $0["duration"] } == ["\(total)/24s"])
        #expect(xml.found("event").map { $0["name"] } == ["Four & more"])

        let edl = try String(contentsOfFile: out + "film.edl", encoding: .utf8)
        let events = edl.split(separator: "\n").filter { $0.first?.isNumber == true }.map(String.init)
        #expect(
            events == [
                "001  S001     V     C        00:00:00:00 00:00:01:23 00:00:00:00 00:00:01:23",
                "002  S002     V     C        00:00:00:00 00:00:01:11 00:00:01:23 00:00:03:10",
                "003  S002     V     C        00:00:01:11 00:00:01:11 00:00:03:10 00:00:03:10",
                "003  S003     V     D    013 00:00:00:00 00:00:02:00 00:00:03:10 00:00:05:10",
                "004  S004     V     C        00:00:00:00 00:00:02:00 00:00:05:10 00:00:07:10",
            ])
        #expect(edl.contains("* COMMENT: FADE THROUGH WHITE, 10 FRAMES"))
    }
}

/// Collects the elements of an XML file.
private final class Elements: NSObject, XMLParserDelegate {
    private var all: [(name: String, attributes: [String: String])] = []

    func found(_ name: String) -> [[String: String]] {
        all.filter { $0.name == name }.map(\.attributes)
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        all.append((name, attributes))
    }
}

/// Makes clips of two seconds with the ffmpeg program, each from its seed, and charges nothing.
private struct TinyClips: ShotGenerator {
    let name = "tiny"

    func modelSize(of storyboard: Storyboard) -> ModelSize {
        ModelSize(width: 160, height: 96, resolution: "96p", rate: Rational(24, 1))
    }

    func compose(_ order: ShotOrder) -> ComposedShot {
        let seed = order.seed ?? 0
        let request =
            #"{"duration":2,"first":"\#(order.first?.text ?? "")","positivePrompt":"\#(order.shot.prompt)","seed":\#(seed)}"#
        return ComposedShot(request: request, estimate: 0, problems: [])
    }

    func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot {
        do { try await willSend() } catch {
            throw GenerationFailure(.refused, code: "test", message: "\(error)", hint: nil)
        }
        return GeneratedShot(
            url: "\(order.seed ?? 0)", videoUUID: nil, seed: order.seed, cost: 0, isUnsafe: false)
    }

    func lookUp(_ taskUUID: String) -> TaskFate { .unknown }

    func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure) {
        do {
            let seed = Int(made.url) ?? 0
            // The second one goes on from the last frame of the first.
            let (start, hue) = seed == 2 ? (47, 40) : (0, 40 * seed)
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24", "-f", "lavfi", "-i",
                "sine=frequency=\(200 + 110 * seed):sample_rate=48000:duration=2", "-vf",
                "trim=start_frame=\(start):end_frame=\(start + 48),setpts=N/24/TB,hue=h=\(hue)", "-c:v",
                "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path,
            ])
        } catch {
            throw GenerationFailure(.failed, code: "test", message: "\(error)", hint: nil)
        }
    }

    func isModeration(code: String) -> Bool { false }
}
