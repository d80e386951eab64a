import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Segments that are made of a clip's own packets, and films of them.
@Suite(.blocking) struct CopiedSegmentTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 160, height: 96, rate: Rational(24, 1))
    init() throws { folder = try TempDirectory("copied") }

    private func segment(
        _ clip: String, _ frames: Range<Int>? = nil, fitting: String? = nil, to name: String
    ) throws -> SegmentReport {
        var job = SegmentJob(
            source: clip, frames: frames, format: format,
            outputs: [.init(preset: try Cuts.preset("mp4-copy"), path: folder.file(name))])
        job.fitting = fitting
        return try Segments.render(job, interrupt: Interrupt())[0]
    }

    private func film(_ segments: [SegmentReport], _ name: String = "film.mp4") throws -> Proof {
        try Join.run(
            JoinJob(
                segments: segments.map(\.path), sound: [], format: format, preset: Cuts.preset("mp4-copy"),
                output: folder.file(name),
                bitExactFrames: segments.reduce(0) { $0 + ($1.bitExactFrames ?? 0) }),
            interrupt: Interrupt())
    }

    @Test func `an end that does not decode is found in the film, wherever it stands`() throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4"], sound: false)
        let segments = [
            try segment(clips[0], 0..<29, to: "a.seg.mp4"), try segment(clips[1], to: "b.seg.mp4"),
        ]
        #expect((segments[0].bitExactFrames ?? 0) < 29)
        #expect(try film(segments).frames == 59)

        // The first packet of the first segment's encoded end is an IDR picture; its slice becomes noise.
        let packets = try Oracle.ffprobe(segments[0].path, ["-show_entries", "packet=pos,size"])["packets"]
        let places = (packets as? [[String: Any]] ?? []).compactMap { packet -> (place: Int, size: Int)? in
            guard let place = packet["pos"] as? String, let size = packet["size"] as? String else {
                return nil
            }
            return Int(place).flatMap { place in Int(size).map { (place, $0) } }
        }
        try #require(places.count == 29)
        let idr = places[segments[0].bitExactFrames ?? 0]
        var bytes = try Data(contentsOf: URL(fileURLWithPath: segments[0].path))
        for place in (idr.place + idr.size / 4)..<(idr.place + idr.size) { bytes[place] = 0x5a }
        try bytes.write(to: URL(fileURLWithPath: segments[0].path))
        let fault = #expect(throws: MontageError.self) { try self.film(segments, "broken.mp4") }
        #expect(fault?.code == .proofFailed)
        #expect(fault?.message.contains("seams decode") == true, "\(fault?.message ?? "")")
        #expect(!FileManager.default.fileExists(atPath: folder.file("broken.mp4")))
    }

    @Test func `shots of another coding are found, and fitted to the others`() throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4"], sound: false)
        let other = try Chain.clip(
            folder, "other.mp4", from: 59, frames: 20, sound: false, "-c:v libx264 -preset ultrafast -crf 30")
        let whole = try [clips[0], other, clips[1]].enumerated().map { try segment($1, to: "\($0).mp4") }
        let found = try Segments.outliers(of: whole.map { ($0.path, $0.frames) }, interrupt: Interrupt())
        #expect(found.outliers == [1])
        #expect(found.reference == 0)
        let fault = #expect(throws: MontageError.self) { try self.film(whole, "no.mp4") }
        #expect(fault?.code == .incompatible)
        let fitted = try segment(other, fitting: clips[0], to: "fitted.mp4")
        #expect(fitted.bitExactFrames ?? 0 == 0)
        #expect(fitted.findings.joined().contains("do not go with the other shots'"))
        let proof = try film([whole[0], fitted, whole[2]])
        #expect(proof.frames == 80)
        #expect(proof.bitExactFrames == 60)
        let pictures = try Chain.pictures(proof.path)
        #expect(Array(pictures.prefix(30)) == (try Chain.pictures(clips[0])))
        #expect(Array(pictures.suffix(30)) == (try Chain.pictures(clips[1])))
        #expect(try Chain.complaints(proof.path).isEmpty)
    }

    /// Bright pictures, so that what a correction does is seen; a keyframe every 12 frames.
    @Test(
        arguments: [
            (6..<30, nil, 12..<30), (0..<29, 4, 12..<29), (0..<30, 12, 12..<30), (8..<29, 7, 24..<29),
        ]
            as [(Range<Int>, Int?, Range<Int>)])
    func `behind what is encoded at its beginning a clip is copied from the next keyframe on`(
        frames: Range<Int>, matched: Int?, copied: Range<Int>
    ) throws {
        let clip = try Chain.clip(
            folder, "a.mp4", from: 0, frames: 30, sound: false,
            "-c:v libx264 -preset veryfast -bf 3 -g 12 -sc_threshold 0")
        let fit = ColourFit(gain: [1, 1, 1], offset: [9, 9, 9])
        let made = try Segments.render(
            SegmentJob(
                source: clip, frames: frames, format: format,
                match: matched.map { ColourMatch(fit: fit, frames: $0) },
                outputs: [.init(preset: try Cuts.preset("mp4-copy"), path: folder.file("made.mp4"))]),
            interrupt: Interrupt())[0]
        #expect(made.frames == frames.count)
        #expect(made.findings.isEmpty)
        // The end may be cut a little earlier than it must: by what is predicted from what is left out.
        let own = made.bitExactFrames ?? 0
        #expect((copied.count - 3...copied.count).contains(own), "\(own) of \(copied)")
        let (found, source) = (try Chain.pictures(made.path), try Chain.pictures(clip))
        let start = copied.lowerBound - frames.lowerBound
        #expect(
            Array(found[start..<start + own]) == Array(source[copied.lowerBound..<copied.lowerBound + own]))
        #expect(found[0] != source[frames.lowerBound])
        #expect(try Chain.complaints(made.path).isEmpty)
        let proof = try film([made, try segment(clip, to: "whole.mp4")])
        #expect(proof.bitExactFrames == own + 30)
        #expect(try Chain.complaints(proof.path).isEmpty)
        #expect(Array(try Chain.pictures(proof.path).suffix(30)) == source)
        // Backwards into the copied part.
        let time = (Double(start) - 0.25) / 24
        let sought = try Chain.pictures(proof.path, ["-ss", "\(time)"])
        #expect(sought == Array(try Chain.pictures(proof.path)[start...]))
    }

    @Test(arguments: [
        "-c:v libx264 -preset veryfast -bf 3 -g 250",
        "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 -x265-params log-level=none:bframes=3",
    ])
    func `a dissolve stands among copied packets`(coding: String) throws {
        let clips = try Chain.clips(folder, ["a.mp4", "b.mp4"], sound: false, coding)
        let preset = try Cuts.preset("mp4-copy")
        let blend = try Segments.render(
            BlendJob(
                before: .init(source: clips[0], frames: 24..<30),
                after: .init(source: clips[1], frames: 0..<6),
                blend: .dissolve, format: format,
                outputs: [.init(preset: preset, path: folder.file("blend.mp4"))]),
            interrupt: Interrupt())[0]
        #expect(blend.frames == 6)
        let segments = [
            try segment(clips[0], 0..<24, to: "a.seg.mp4"), blend,
            try segment(clips[1], 6..<30, to: "b.seg.mp4"),
        ]
        let proof = try film(segments)
        #expect(proof.frames == 54)
        #expect(proof.bitExactFrames > 0)
        #expect(try Chain.complaints(proof.path).isEmpty)
        let (found, source) = (try Chain.pictures(proof.path), try Chain.pictures(clips[0]))
        #expect(found.count == 54)
        let copied = segments[0].bitExactFrames ?? 0
        #expect(Array(found.prefix(copied)) == Array(source.prefix(copied)))
    }
}
