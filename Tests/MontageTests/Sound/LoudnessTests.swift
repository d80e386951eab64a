import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct LoudnessTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("loudness") }

    /// Loudness and true peak as the ffmpeg program's filter measures them.
    func measure(_ path: String) throws -> (integrated: Double, peak: Double) {
        try #require(try Oracle.loudness(of: path))
    }

    func clip(_ sound: String, _ name: String = "in.mkv", seconds: Double = 6) throws -> String {
        let path = folder.file(name)
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:size=64x48:rate=10:duration=\(seconds)", "-f", "lavfi", "-i",
            sound,
            "-t", "\(seconds)", "-c:v", "ffv1", "-c:a", "pcm_s16le", path,
        ])
        return path
    }

    func run(_ clip: String, _ target: LoudnessTarget, _ name: String = "mov-prores") throws
        -> TranscodeReport
    {
        let preset = try Cuts.preset(name)
        return try Transcode.run(
            input: clip, outputs: [.init(path: folder.file("out.\(preset.fileExtension)"), preset: preset)],
            settings: TranscodeSettings(loudness: target), interrupt: Interrupt())
    }

    static let sounds = [
        "sine=frequency=997:sample_rate=48000,volume=0.3,aformat=channel_layouts=stereo",
        "anoisesrc=color=pink:amplitude=0.2:seed=7:sample_rate=48000,aformat=channel_layouts=stereo",
        // Bursts with silence between them: the gates decide.
        "aevalsrc='0.4*sin(2*PI*220*t)*lt(mod(t,1.5),0.5)|0.2*sin(2*PI*1900*t)*lt(mod(t,1.5),0.7)':s=48000",
        "aevalsrc='0.2*sin(2*PI*300*t)*(0.05+0.95*lt(t,2.5))':s=44100,aformat=channel_layouts=stereo",
    ]

    @Test(arguments: sounds) func `what is measured is what the ffmpeg program measures`(sound: String) throws
    {
        let clip = try clip(sound)
        let theirs = try measure(clip)
        let report = try run(clip, LoudnessTarget(integrated: -30))
        let ours = try #require(report.outputs[0].loudness)
        #expect(abs((ours.measured ?? 0) - theirs.integrated) <= 0.15, "\(ours.measured ?? 0) \(theirs)")
        #expect(
            abs((ours.measuredTruePeak ?? 0) - theirs.peak) <= 0.3, "\(ours.measuredTruePeak ?? 0) \(theirs)")
        let result = try measure(report.outputs[0].path)
        #expect(abs(result.integrated + 30) <= 0.15, "\(result)")
    }

    @Test func `a coder keeps loudness and peak`() throws {
        let clip = try clip(Self.sounds[1])
        let report = try run(clip, LoudnessTarget(integrated: -16, truePeak: -1), "mp4-web")
        let result = try measure(report.outputs[0].path)
        #expect(abs(result.integrated + 16) <= 0.5, "\(result)")
        #expect(result.peak <= -0.5)
    }

    @Test func `peaks keep the sound down, and that is said`() throws {
        let clip = try clip(
            "aevalsrc='0.05*sin(2*PI*300*t)+0.8*sin(2*PI*1000*t)*between(t,2,2.01)':s=48000")
        let report = try run(clip, LoudnessTarget(integrated: -14, truePeak: -2))
        #expect(report.outputs[0].loudness?.isLimitedByPeak == true)
        #expect(report.findings.contains { $0.contains("dBTP") })
        let result = try measure(report.outputs[0].path)
        #expect(result.peak <= -1.9)
        #expect(result.integrated < -15)
    }

    @Test func `silence is left alone, and that is said`() throws {
        let clip = try clip("anullsrc=sample_rate=48000:channel_layout=stereo", seconds: 1)
        let report = try run(clip, LoudnessTarget(integrated: -14))
        #expect(report.outputs[0].loudness?.measured == nil)
        #expect(report.findings.contains { $0.contains("quiet") })
        #expect(try Cuts.samples(report.outputs[0].path).allSatisfy { $0 == 0 })
    }

    @Test func `only the part that is made is measured`() throws {
        let clip = try clip(
            "aevalsrc='if(lt(t,3),0.5,0.05)*sin(2*PI*500*t)':s=48000,aformat=channel_layouts=stereo")
        let preset = try Cuts.preset("mov-prores")
        let report = try Transcode.run(
            input: clip, outputs: [.init(path: folder.file("out.mov"), preset: preset)],
            settings: TranscodeSettings(from: .seconds(3), loudness: LoudnessTarget(integrated: -20)),
            interrupt: Interrupt())
        let result = try measure(report.outputs[0].path)
        #expect(abs(result.integrated + 20) <= 0.3, "\(result)")
    }

    @Test func `sound beyond the picture is not measured`() throws {
        let path = folder.file("long.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:size=64x48:rate=10:duration=3", "-f", "lavfi", "-i",
            "aevalsrc='if(lt(t,3),0.05,0.5)*sin(2*PI*500*t)':s=48000:d=6,aformat=channel_layouts=stereo",
            "-c:v",
            "ffv1", "-c:a", "pcm_s16le", path,
        ])
        let report = try run(path, LoudnessTarget(integrated: -20))
        let result = try measure(report.outputs[0].path)
        #expect(abs(result.integrated + 20) <= 0.3, "\(result)")
    }
}
