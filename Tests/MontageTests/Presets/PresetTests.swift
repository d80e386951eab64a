import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct PresetTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("presets") }

    static let good = """
        name: mine
        container: mp4
        video:
          codec: libx264
          pixelFormat: yuv420p
          options:
            crf: 20
        audio:
          codec: aac
        """

    func fault(_ text: String) throws -> MontageError? {
        try folder.write("mine.yaml", text)
        do {
            _ = try PresetLibrary(searching: [folder.path]).preset(named: "mine")
            return nil
        } catch let error as MontageError { return error }
    }

    @Test func `the start set is there and every preset opens its encoders`() throws {
        let library = try Cuts.library()
        #expect(
            library.presets.map(\.preset.name) == [
                "gif-preview", "master", "mov-alpha", "mov-h264", "mov-prores", "mp4-copy", "mp4-hevc",
                "mp4-social", "mp4-web", "webm-alpha", "webm-av1", "webm-vp9", "webp-preview",
            ])
        for (preset, path) in library.presets {
            #expect(try library.preset(named: preset.name) == preset)
            #expect(!preset.note.isEmpty)
            #expect(path.hasSuffix("\(preset.name).yaml"))
        }
    }

    @Test func `a good preset passes`() throws { #expect(try fault(Self.good) == nil) }

    @Test(arguments: [
        ("crf: 20", "crff: 20", "video.options.crff", 7),
        ("pixelFormat:", "pixelformat:", "video.pixelformat", 5),
        ("codec: aac", "codec: aacc", "audio.codec", 9),
        ("libx264", "libx999", "video.codec", 4),
        ("yuv420p", "yuv421p", "video.pixelFormat", 5),
        ("yuv420p", "rgb24", "video.pixelFormat", 5),
        ("container: mp4", "container: avi", "container", 2),
        ("crf: 20", "preset: fastish", "video.options.preset", 7),
        ("codec: aac", "codec: aac\n  sampleRate: quick", "audio.sampleRate", 10),
        ("codec: aac", "codec: aac\n  options:\n    bb: 1", "audio.options.bb", 11),
        ("  options:\n    crf: 20", "  options: 7", "video.options", 6),
        ("name: mine", "name: mine\nnotes: x", "notes", 2),
    ])
    func `a fault names file, line and key`(from: String, to: String, key: String, line: Int) throws {
        let text = Self.good.replacingOccurrences(of: from, with: to)
        let fault = try #require(try fault(text))
        #expect(fault.code == .presetInvalid)
        #expect(fault.message.contains("mine.yaml:\(line)"), "\(fault)")
        #expect(fault.message.contains(key), "\(fault)")
        #expect(fault.hint != nil)
    }

    @Test func `a misspelt key is answered with the right one`() throws {
        let fault = try #require(try fault(Self.good.replacing("audio:", with: "audoi:")))
        #expect(fault.hint == "Did you mean 'audio'?")
    }

    @Test func `broken YAML is an error of that file`() throws {
        let fault = try #require(try fault("name: [mine"))
        #expect(fault.subject.hasSuffix("mine.yaml"))
    }

    @Test func `a broken file, or one whose encoder is missing, leaves the others as they are`() throws {
        try folder.write("broken.yaml", "name: broken\ncontainer: mp4\nvidoe: 1\n")
        try folder.write(
            "foreign.yaml", Self.good.replacing("mine", with: "foreign").replacing("libx264", with: "libx999")
        )
        try folder.write("mine.yaml", Self.good)
        let library = try PresetLibrary(searching: [folder.path])
        #expect(try library.preset(named: "mine").name == "mine")
        // What only the encoder can tell is told when the preset is asked for.
        #expect(library.presets.map(\.preset.name) == ["foreign", "mine"])
        let missing = #expect(throws: MontageError.self) { try library.preset(named: "foreign") }
        #expect(missing?.message.contains("libx999") == true)
        let broken = #expect(throws: MontageError.self) { try library.preset(named: "broken") }
        #expect(broken?.message.contains("broken.yaml:3") == true)
    }

    @Test func `an unknown name is answered with the known ones`() throws {
        try folder.write("mine.yaml", Self.good)
        let library = try PresetLibrary(searching: [folder.path])
        let fault = #expect(throws: MontageError.self) { try library.preset(named: "yours") }
        #expect(fault?.code == .presetUnknown)
        #expect(fault?.hint?.contains("mine") == true)
    }

    @Test func `the first folder that has a name wins`() throws {
        let other = try TempDirectory("presets")
        try folder.write("a.yaml", Self.good.replacing("crf: 20", with: "crf: 30"))
        try other.write("b.yaml", Self.good)
        let library = try PresetLibrary(searching: [folder.path, other.path, "/nowhere"])
        #expect(try library.preset(named: "mine").video.options["crf"] == "30")
        #expect(library.presets.count == 1)
    }

    @Test func `the canonical text moves with the settings and not with the note`() throws {
        let preset = try Cuts.preset("mp4-web")
        var other = preset
        other.note = "other"
        #expect(other.canonicalJSON == preset.canonicalJSON)
        other.video.options["crf"] = "1"
        #expect(other.canonicalJSON != preset.canonicalJSON)
        let back = try JSONDecoder().decode(Preset.self, from: JSONEncoder().encode(preset))
        #expect(back == preset)
    }

    @Test func `the flag's folder is searched before the one beside the storyboard`() {
        let found = PresetLibrary.defaultDirectories(flag: "/a", beside: "/b/story.yaml")
        #expect(found.first == "/a")
        #expect(found.contains("/b/presets"))
    }
}
