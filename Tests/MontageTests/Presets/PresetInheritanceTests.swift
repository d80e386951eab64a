import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct PresetInheritanceTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("extends") }

    func library(_ files: [(String, String)]) throws -> PresetLibrary {
        for (name, text) in files { try folder.write("\(name).yaml", text) }
        return try PresetLibrary(searching: [folder.path])
    }

    static let base = """
        name: base
        note: the base
        container: mp4
        video:
          codec: libx264
          pixelFormat: yuv420p
          gop: 2
          options:
            crf: 20
            preset: veryfast
        audio:
          codec: aac
          options:
            b: 128k
        """

    @Test func `a child changes what it names, removes what it voids and keeps the rest`() throws {
        let library = try library([
            ("base", Self.base),
            (
                "child",
                "name: child\nextends: base\nvideo:\n  gop: null\n  options:\n    crf: 30\naudio: ~\n"
            ),
        ])
        let child = try library.preset(named: "child")
        let base = try library.preset(named: "base")
        #expect(child.note == "")
        #expect(child.video.gop == nil)
        #expect(child.video.options == ["crf": "30", "preset": "veryfast"])
        #expect(child.audio == nil)
        #expect(child.container == "mp4")
        #expect(base.video.options["crf"] == "20")
        #expect(base.audio != nil)
    }

    @Test func `a preset may change one of its own name in the next folder`() throws {
        let next = try TempDirectory("extends")
        try next.write("base.yaml", Self.base)
        try folder.write("mine.yaml", "name: base\nextends: base\nvideo:\n  options:\n    crf: 31\n")
        let library = try PresetLibrary(searching: [folder.path, next.path])
        let preset = try library.preset(named: "base")
        #expect(preset.video.options["crf"] == "31")
        #expect(preset.video.options["preset"] == "veryfast")
    }

    @Test func `a circle, a chain without end and a parent that is missing are named`() throws {
        var chain: [(String, String)] = (0..<10).map { ("c\($0)", "name: c\($0)\nextends: c\($0 + 1)\n") }
        chain += [
            ("a", "name: a\nextends: b\n"), ("b", "name: b\nextends: a\n"),
            ("lost", "name: lost\nextends: bsae\n"), ("base", Self.base),
        ]
        let library = try library(chain)
        func fault(_ name: String) -> MontageError? {
            #expect(throws: MontageError.self) { try library.preset(named: name) }
        }
        let circle = fault("a")
        #expect(circle?.message.contains("circle") == true)
        #expect(circle?.message.contains("a.yaml:2") == true && circle?.message.contains("b.yaml:2") == true)
        #expect(fault("c0")?.message.contains("8") == true)
        #expect(fault("lost")?.hint == "Did you mean 'base'?")
        #expect(try library.preset(named: "base").name == "base")
    }

    @Test func `a fault in what is inherited names the file it stands in`() throws {
        let library = try library([
            ("base", Self.base.replacing("crf: 20", with: "crff: 20")),
            ("child", "name: child\nextends: base\nvideo:\n  gop: 1\n"),
        ])
        let fault = #expect(throws: MontageError.self) { try library.preset(named: "child") }
        #expect(fault?.message.contains("base.yaml:9") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("video.options.crff") == true)
    }

    @Test(arguments: [
        ("video.crf=30", "crf", "30"), ("video.options.crf=30", "crf", "30"),
        ("video.x264-params=keyint=9:bframes=0", "x264-params", "keyint=9:bframes=0"),
    ])
    func `a setting of one run reaches the encoder`(word: String, key: String, value: String) throws {
        let library = try library([("base", Self.base)])
        let preset = try library.preset(named: "base", setting: [PresetOverride(parsing: word)])
        #expect(preset.video.options[key] == value)
    }

    @Test func `settings of one run also change what is no option`() throws {
        let library = try library([("base", Self.base)])
        let words = [
            "video.gop=0.5", "audio.b=64k", "video.options.crf=null", "video.qp=3", "muxer.editLists=false",
            "muxer.movflags=+faststart", "video.colour.matrix=bt709",
        ]
        let preset = try library.preset(named: "base", setting: words.map { try PresetOverride(parsing: $0) })
        #expect(preset.video.gop == 0.5)
        #expect(preset.audio?.options["b"] == "64k")
        #expect(preset.video.options["crf"] == nil && preset.video.options["qp"] == "3")
        #expect(preset.editLists == false)
        #expect(preset.muxerOptions["movflags"] == "+faststart")
        #expect(preset.video.colour == .bt709)
    }

    @Test(arguments: [
        ("video.crff=20", "video.crf"), ("vidoe.crf=20", "video."), ("crf=20", "video."),
        ("video.preset=fastish", "fast"), ("video.gop=soon", "seconds"),
    ])
    func `a setting that makes no sense is named as it was written`(word: String, hint: String) throws {
        let library = try library([("base", Self.base)])
        let fault = #expect(throws: MontageError.self) {
            try library.preset(named: "base", setting: [PresetOverride(parsing: word)])
        }
        #expect(fault?.subject == "--set \(word)")
        #expect("\(fault.map { "\($0)" } ?? "")".contains(hint))
    }

    @Test func `what is shown is a preset file that reads back the same`() throws {
        let library = try Cuts.library()
        let copies = try TempDirectory("shown")
        for (preset, _) in library.presets {
            let text = try library.explanation(of: preset.name)
            for line in text.split(separator: "\n") {
                #expect(line.contains("  # "), "\(preset.name): \(line)")
            }
            try copies.write("\(preset.name).yaml", text)
        }
        let again = try PresetLibrary(searching: [copies.path])
        #expect(again.faults.isEmpty)
        #expect(again.presets.count == library.presets.count)
        for (preset, _) in library.presets {
            let read = try again.preset(named: preset.name)
            #expect(read == preset, "\(preset.name)")
            #expect(read.canonicalJSON == preset.canonicalJSON)
        }
        let shown = try library.explanation(
            of: "mov-h264", setting: [PresetOverride(parsing: "video.crf=1")])
        #expect(shown.contains("from --set video.crf=1"))
        #expect(shown.contains("mp4-social.yaml:"))
        #expect(!shown.contains("extends"))
    }
}
