import Foundation
import Media
import Montage
import TestSupport
import Testing

/// The frames that are made of two clips. The clips are flat, each frame of another grey, so that every frame of
/// what is made says of which frames it was made, and by what weights.
@Suite(.blocking) struct BlendTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 160, height: 96, rate: Rational(24, 1))
    init() throws { folder = try TempDirectory("blend") }

    /// Half a second; `luma` is an expression of the frame's number N.
    func clip(_ name: String, _ luma: String, frames: Int = 12) throws -> String {
        let path = folder.file(name)
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=black:size=160x96:rate=24,geq=lum='\(luma)':cb=128:cr=128",
            "-frames:v", "\(frames)", "-c:v", "libx264", "-qp", "1", "-bf", "2", "-pix_fmt", "yuv420p", path,
        ])
        return path
    }

    /// The mean luma of each frame, in 8-bit steps.
    func luma(_ path: String) throws -> [Double] {
        let isDeep = path.hasSuffix(".mov")
        let bytes = try Oracle.ffmpeg([
            "-i", path, "-vf", "extractplanes=y", "-f", "rawvideo", "-pix_fmt",
            isDeep ? "gray10le" : "gray", "-",
        ]).output
        let size = 160 * 96 * (isDeep ? 2 : 1)
        return stride(from: 0, to: bytes.count, by: size).map { start in
            var sum = 0.0
            for i in stride(from: start, to: start + size, by: isDeep ? 2 : 1) {
                sum += isDeep ? Double(Int(bytes[i]) | Int(bytes[i + 1]) << 8) / 4 : Double(bytes[i])
            }
            return sum / (160 * 96)
        }
    }

    func blend(
        _ one: String, _ a: Range<Int>, _ two: String, _ b: Range<Int>, _ how: Blend,
        _ preset: Preset, _ name: String
    ) throws -> SegmentReport {
        try Segments.render(
            BlendJob(
                before: .init(source: one, frames: a), after: .init(source: two, frames: b), blend: how,
                format: format, outputs: [.init(preset: preset, path: folder.file(name))]),
            interrupt: Interrupt())[0]
    }

    @Test(arguments: ["mp4-social", "mov-prores"])
    func `a dissolve weighs the right frames with the right weights`(name: String) throws {
        let preset = try Cuts.preset(name)
        let one = try clip("one.mp4", "40+4*N")
        let two = try clip("two.mp4", "220-5*N")
        let file = "blend.\(preset.container == "mov" ? "mov" : "mp4")"
        let report = try blend(one, 7..<12, two, 0..<5, .dissolve, preset, file)
        #expect(report.frames == 5)
        let found = try luma(report.path)
        #expect(found.count == 5)
        for i in 0..<5 {
            let (a, b) = (Double(40 + 4 * (7 + i)), Double(220 - 5 * i))
            let share = Double(i + 1) / 6
            let expected = a * (1 - share) + b * share
            #expect(abs(found[i] - expected) < 1.5, "frame \(i): \(found[i]) for \(expected)")
        }
        // The same again, to the bit.
        #expect(
            try blend(one, 7..<12, two, 0..<5, .dissolve, preset, "again." + file).sha256 == report.sha256)
    }

    @Test(arguments: [(Blend.throughBlack, 16.0), (Blend.throughWhite, 235.0)])
    func `a fade goes into its colour and out of it`(how: Blend, colour: Double) throws {
        let preset = try Cuts.preset("mp4-social")
        let one = try clip("one.mp4", "100+N")
        let two = try clip("two.mp4", "160-N")
        let found = try luma(try blend(one, 9..<12, two, 0..<4, how, preset, "fade.mp4").path)
        var expected: [Double] = []
        for i in 0..<3 { expected.append(mix(Double(109 + i), colour, Double(i + 1) / 3)) }
        for i in 0..<4 { expected.append(mix(Double(160 - i), colour, Double(4 - i) / 4)) }
        #expect(found.count == 7)
        for (i, (is_, shall)) in zip(found, expected).enumerated() {
            #expect(abs(is_ - shall) < 1.5, "frame \(i): \(is_) for \(shall)")
        }
    }

    private func mix(_ value: Double, _ colour: Double, _ share: Double) -> Double {
        value * (1 - share) + colour * share
    }

    @Test(arguments: ["mp4-social", "webm-vp9", "mov-prores"])
    func `what is blended joins with what is not`(name: String) throws {
        let preset = try Cuts.preset(name)
        let one = try Cuts.clip(folder, "one.mp4", seconds: 1, sound: 1)
        let two = try Cuts.clip(folder, "two.mp4", size: "128x128", seconds: 1, sound: 1, tone: 700)
        func own(_ clip: String, _ frames: Range<Int>, _ name: String) throws -> String {
            try Segments.render(
                SegmentJob(
                    source: clip, frames: frames, format: format,
                    outputs: [.init(preset: preset, path: folder.file(name))]), interrupt: Interrupt())[0]
                .path
        }
        let proof = try Join.run(
            JoinJob(
                segments: [
                    try own(one, 0..<16, "s1"),
                    try blend(one, 16..<24, two, 0..<8, .dissolve, preset, "s2").path,
                    try own(two, 8..<24, "s3"),
                ],
                sound: [
                    .init(source: one, frames: 0..<16, runsOn: 8), .init(source: two, frames: 0..<24),
                ], format: format, preset: preset, output: folder.file("film.\(preset.fileExtension)")),
            interrupt: Interrupt())
        #expect(proof.frames == 40 && proof.passed)
        #expect(proof.audioSamples == 80000)
        #expect(try Oracle.frameCount(proof.path) == 40)
        let errors = try Oracle.ffmpeg(["-i", proof.path, "-f", "null", "-"]).errors
        #expect(errors.isEmpty, "\(errors)")
    }

    @Test func `a join that a clip is too short for leaves nothing`() throws {
        let preset = try Cuts.preset("mp4-social")
        let one = try clip("one.mp4", "100+N")
        let two = try clip("two.mp4", "100+N", frames: 3)
        let fault = #expect(throws: MontageError.self) {
            try self.blend(one, 6..<12, two, 0..<6, .dissolve, preset, "blend.mp4")
        }
        #expect(fault?.code == .outOfRange)
        #expect(fault?.subject == two)
        #expect(try folder.names() == ["one.mp4", "two.mp4"])
    }
}
