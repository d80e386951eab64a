import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct SpliceTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("splice") }

    private func join(
        _ inputs: [String], to name: String = "film.mp4", preset: String = "mp4-web", twins: [Int]? = nil,
        mode: JoinMode = .auto
    ) throws -> (proof: Proof, plan: JoinPlan) {
        try Splice(
            inputs: inputs, output: folder.file(name), preset: Cuts.preset(preset), mode: mode,
            seams: twins?.map { SeamChoice(twins: $0) }
        ).run(interrupt: Interrupt())
    }

    /// The places at which the film's pictures are not the sources', cut as told.
    private func changed(_ film: String, _ inputs: [String], twins: [Int]) throws -> [Int] {
        let expected = try inputs.enumerated().flatMap { place, path in
            try Chain.pictures(path).dropLast(place < twins.count ? twins[place] : 0)
        }
        let found = try Chain.pictures(film)
        #expect(found.count == expected.count)
        return zip(found, expected).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
    }

    private static let hevc =
        "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 -x265-params log-level=none"
    private static let avc = "-c:v libx264 -preset veryfast"

    @Test(arguments: [
        avc + " -bf 3 -g 250", avc + " -bf 3 -g 12", avc + " -bf 0 -g 250",
        avc + " -bf 2 -g 250 -profile:v main",
        hevc + ":bframes=2:b-adapt=0", hevc + ":bframes=2:b-adapt=0:open-gop=0:keyint=12",
    ])
    func `twins go, and nearly all else is the clips' own`(coding: String) throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4", "c.mp4"], coding)
        let (proof, plan) = try join(clips, twins: [1, 1], mode: .copy)
        #expect(proof.frames == 88)
        #expect(proof.audioSamples == 176_000)
        #expect(proof.bitExactFrames == plan.copiedFrames)
        let changed = try changed(proof.path, clips, twins: [1, 1])
        #expect(changed.count == 88 - plan.copiedFrames)
        #expect(changed.count <= 6)
        if coding.contains("-bf 0") { #expect(changed.isEmpty) }
        if coding.contains("x265") {
            let film = try Demuxer(path: proof.path, interrupt: Interrupt()).streams[0].parameters
            let sets = try #require(ParameterSets(film))
            #expect(sets.sequenceIDs == [0, 15] && sets.pictureIDs.contains(30), "\(sets.pictureIDs)")
            #expect(film.codecTag == "hvc1")
        }
        #expect(try Chain.complaints(proof.path).isEmpty)
        // What was encoded looks like its source.
        if let first = changed.first {
            let frame = first < 29 ? 0 : 1
            let ssim = try similarity(proof.path, first, clips[frame], first - 29 * frame)
            #expect(ssim >= 0.98)
        }
        // Backwards to every seam: the same pictures as from the start.
        let all = try Chain.pictures(proof.path)
        for place in [58, 57, 29, 28, 27] {
            let time = (Double(place) - 0.25) / 24
            let sought = try Chain.pictures(proof.path, ["-ss", "\(time)"])
            #expect(sought == Array(all[place...]), "from frame \(place)")
        }
    }

    private func similarity(_ one: String, _ place: Int, _ other: String, _ otherPlace: Int) throws -> Double
    {
        let graph =
            "[0:v]trim=start_frame=\(place):end_frame=\(place + 1),setpts=0[a];"
            + "[1:v]trim=start_frame=\(otherPlace):end_frame=\(otherPlace + 1),setpts=0[b];[a][b]ssim=stats_file=-"
        let said = try Oracle.ffmpeg(["-i", one, "-i", other, "-filter_complex", graph, "-f", "null", "-"])
            .text
        return said.range(of: "All:").flatMap { Double(said[$0.upperBound...].prefix(8)) } ?? 0
    }

    @Test func `three outliers are conformed among copied clips`() throws {
        let plain = try Chain.clips(folder, ["a.mp4", "b.mp4"], frames: 24)
        let small = try Chain.clip(folder, "small.mp4", from: 0, frames: 12, size: "128x96")
        let fast = folder.file("fast.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=30:duration=0.5", "-c:v", "libx264", "-preset",
            "veryfast",
            "-pix_fmt", "yuv420p", fast,
        ])
        let other = try Chain.clip(
            folder, "other.mkv", from: 0, frames: 12, sound: false, "-c:v libx264 -preset ultrafast -bf 0")
        let inputs = [plain[0], small, fast, other, plain[1]]
        let (proof, plan) = try join(inputs)
        #expect(plan.clips.map(\.treatment) == [.copy, .conform, .conform, .conform, .copy])
        #expect(proof.frames == 84)
        #expect(proof.bitExactFrames == 48)
        let pictures = try Chain.pictures(proof.path)
        #expect(Array(pictures.prefix(24)) == (try Chain.pictures(plain[0])))
        #expect(Array(pictures.suffix(24)) == (try Chain.pictures(plain[1])))
        #expect(try Chain.complaints(proof.path).isEmpty)
        let fault = #expect(throws: MontageError.self) { try self.join(inputs, to: "no.mp4", mode: .copy) }
        #expect(fault?.code == .incompatible)
        #expect(!FileManager.default.fileExists(atPath: folder.file("no.mp4")))
    }

    @Test(arguments: [
        ("webm", "webm-vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k"),
        (
            "mp4", "mp4-web",
            "-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=0 -tag:v hvc1"
        ),
    ]) func `other codecs are cut between packets`(ending: String, preset: String, coding: String) throws {
        let clips = try Chain.clips(folder, ["a.\(ending)", "b.\(ending)"], frames: 24, coding)
        let (proof, plan) = try join(clips, to: "film.\(ending)", preset: preset, twins: [1])
        #expect(plan.clips.map(\.treatment) == [.copy, .copy])
        #expect(proof.frames == 47)
        #expect(try changed(proof.path, clips, twins: [1]) == [])
        #expect(try Chain.complaints(proof.path).isEmpty)
    }

    @Test func `a clip of another codec is encoded as HEVC among copies of it`() throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4"], Self.hevc + ":bframes=2:b-adapt=0")
        let other = try Chain.clip(folder, "other.mp4", from: 59, frames: 20, Self.avc)
        let (proof, plan) = try join([clips[0], other, clips[1]], twins: [1, 0])
        #expect(plan.clips.map(\.treatment) == [.seam, .conform, .copy])
        #expect(proof.frames == 79 && proof.videoCodec == "hevc")
        #expect(proof.bitExactFrames == plan.copiedFrames)
        #expect(try Chain.complaints(proof.path).isEmpty)
        let pictures = try Chain.pictures(proof.path)
        #expect(Array(pictures.suffix(30)) == (try Chain.pictures(clips[1])))
        #expect(try similarity(proof.path, 35, other, 6) >= 0.98)
    }

    @Test func `an end that is encoded while its seam is measured is the one that is encoded later`() throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4", "c.mp4"], Self.avc + " -bf 2 -g 250 -crf 10")
        var job = Splice(
            inputs: clips, output: folder.file("early.mp4"), preset: try Cuts.preset("mp4-web"), mode: .copy)
        job.measuring = .init(.match)
        let early = try job.run(interrupt: Interrupt())
        #expect(early.plan.clips.contains { $0.treatment == .seam }, "\(early.plan.text)")
        let twins = early.plan.clips.dropLast().map(\.dropped)
        let late = try join(clips, to: "late.mp4", twins: Array(twins), mode: .copy)
        #expect(early.proof.sha256 == late.proof.sha256)
    }

    @Test func `clips that are odd by themselves say so`() throws {
        let found = try [
            ("variable frame rate", "rate is not constant"),
            ("an edit list that trims the head", "edit list hides"),
            ("an edit list that trims the tail", "edit list hides"), ("MP4 cut off in the middle", "it is "),
            ("gradual refresh", ""), ("MPEG-TS", "times in MPEG-TS"),
        ].map { name, words in
            let recipe = try #require(Recipe.awkward.first { $0.name == name })
            let traits = try ClipTraits.read(recipe.make(in: folder), interrupt: Interrupt())
            return (name, words, traits.faults.joined(separator: "; "))
        }
        for (name, words, said) in found where !words.isEmpty {
            #expect(said.contains(words), "\(name): \(said)")
        }
    }

    @Test func `twins are found where pictures are the same`() throws {
        let fine = "-c:v libx264 -preset veryfast -crf 8"
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4"], frames: 12, fine)
        // A film that was cut between two frames has none.
        let halves =
            [try Chain.clip(folder, "c.mp4", from: 0, frames: 12, fine)] + [
                try Chain.clip(folder, "d.mp4", from: 12, frames: 12, fine)
            ]
        #expect(try SeamChoice.all(halves, seams: .auto, interrupt: Interrupt()).map(\.twins) == [0])
        let far = try Chain.clip(folder, "far.mp4", from: 100, frames: 12)
        let found = try SeamChoice.all(clips + [far], seams: .auto, interrupt: Interrupt()).map(\.twins)
        #expect(found == [1, 0])
        #expect(try SeamChoice.all(clips, seams: .match, interrupt: Interrupt()).map(\.twins) == [1])
        #expect(try SeamChoice.all(clips, seams: .cut, interrupt: Interrupt()).map(\.twins) == [0])
    }

    @Test func `sound of plain joins is moved, in step and without holes`() throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4", "c.mp4"], frames: 31)
        let inputs = (0..<9).map { clips[$0 % 3] }
        let (proof, _) = try join(inputs, preset: "mp4-copy", mode: .copy)
        #expect(proof.frames == 279)
        #expect(proof.audioSamples == 558_000)
        let said = try Oracle.ffprobe(
            proof.path, ["-select_streams", "a", "-show_entries", "packet=pts,duration", "-show_packets"])
        let packets = (said["packets"] as? [[String: Any]] ?? []).map {
            ($0["pts"] as? Int ?? -1, $0["duration"] as? Int ?? -1)
        }
        #expect(zip(packets, packets.dropFirst()).allSatisfy { $0.0 + $0.1 == $1.0 })
        #expect(try Chain.complaints(proof.path).isEmpty)
        // Each clip has a tone of its own; it is heard under the clip's pictures.
        let heard = try Cuts.samples(proof.path)
        for place in 0..<9 {
            let from = place * 62_000 + 4000
            let run = heard[from..<from + 48_000 - 4000]
            let crossings = zip(run, run.dropFirst()).count { ($0 < 0) != ($1 < 0) }
            let hertz = Double(crossings) / 2 / (Double(run.count) / 48_000)
            #expect(abs(hertz - Double(300 + place % 3 * 30)) < 4, "clip \(place): \(hertz)")
        }
    }
}
