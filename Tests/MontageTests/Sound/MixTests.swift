import Foundation
import Media
import Montage
import TestSupport
import Testing

/// The film's sound as a whole: its loudness, and music under it. The films are tiny MOV files with PCM, so
/// that what is measured is no codec's doing.
@Suite(.blocking) struct MixTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 64, height: 48, rate: Rational(10, 1))
    init() throws { folder = try TempDirectory("mix") }

    /// A clip of `seconds` with this sound (a lavfi source).
    func clip(_ name: String, _ sound: String, seconds: Double = 3) throws -> String {
        let path = folder.file(name)
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:size=64x48:rate=10:duration=\(seconds)", "-f", "lavfi", "-i",
            sound, "-t", "\(seconds)", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le", "-ac",
            "2", path,
        ])
        return path
    }

    func film(_ clips: [String], frames: Int = 30, _ mix: FilmSound, _ name: String = "film.mov") throws
        -> Proof
    {
        let preset = try Cuts.preset("mov-prores")
        let segment = folder.file("segment")
        _ = try Segments.render(
            SegmentJob(
                source: clips[0], frames: 0..<frames, format: format,
                outputs: [.init(preset: preset, path: segment)]), interrupt: Interrupt())
        return try Join.run(
            JoinJob(
                segments: clips.map { _ in segment },
                sound: clips.map { SoundPiece(source: $0, frames: 0..<frames) }, format: format,
                preset: preset, output: folder.file(name), mix: mix), interrupt: Interrupt())
    }

    /// Loudness and true peak as the ffmpeg program's filter measures them.
    func measure(_ path: String) throws -> (integrated: Double, peak: Double) {
        try LoudnessTests().measure(path)
    }

    func rms(_ samples: ArraySlice<Int16>) -> Double {
        (samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))).squareRoot()
    }

    /// The level of one frequency in a part.
    func tone(_ frequency: Double, _ samples: ArraySlice<Int16>) -> Double {
        var (a, b) = (0.0, 0.0)
        for i in samples.indices {
            let turn = 2 * Double.pi * frequency * Double(i) / 48000
            a += Double(samples[i]) * cos(turn)
            b += Double(samples[i]) * sin(turn)
        }
        return (a * a + b * b).squareRoot() * 2.0.squareRoot() / Double(samples.count)
    }

    @Test func `a film's loudness is one gain over all its clips`() throws {
        let loud = try clip("loud.mov", "sine=frequency=997:sample_rate=48000,volume=2")
        let quiet = try clip("quiet.mov", "sine=frequency=997:sample_rate=48000,volume=1")
        let proof = try film(
            [loud, quiet], FilmSound(loudness: LoudnessTarget(integrated: -25, truePeak: -1)))
        let result = try measure(proof.path)
        #expect(abs(result.integrated + 25) < 0.15, "\(result)")
        let report = try #require(proof.loudness)
        #expect(report.limiter == nil && !report.isLimitedByPeak && report.finding == nil)
        let gain = pow(10, report.gain / 20)
        let samples = try Cuts.samples(proof.path)
        for (i, path) in [loud, quiet].enumerated() {
            let before = rms(try Cuts.samples(path)[24000..<96000])
            let after = rms(samples[i * 144_000 + 24000..<i * 144_000 + 96000])
            #expect(abs(after / before / gain - 1) < 0.01, "clip \(i)")
        }
    }

    @Test func `peaks are limited where loudness demands it, and only there`() throws {
        // A click every second, 18 dB above the rest.
        let path = try clip(
            "peaks.mov",
            "aevalsrc='0.1*sin(2*PI*997*t)+0.65*sin(2*PI*2500*t)*lt(mod(t,1),0.004)*gt(t,0.5)':s=48000")
        let proof = try film([path], FilmSound(loudness: LoudnessTarget(integrated: -16, truePeak: -1)))
        let report = try #require(proof.loudness)
        let taken = try #require(report.limiter)
        let peak = try #require(report.measuredTruePeak)
        #expect(abs(taken - (peak + report.gain + 1.3)) < 0.2, "\(report)")
        #expect(!report.isLimitedByPeak)
        #expect(report.finding?.contains("a limiter turned peaks down by up to") == true)
        let result = try measure(proof.path)
        #expect(result.peak <= -1 && result.peak > -1.8, "\(result)")
        #expect(abs(result.integrated - (report.result ?? 0)) < 0.15, "\(result) \(report)")
        // Between the clicks nothing is touched but by the gain.
        let before = rms(try Cuts.samples(path)[72000..<90000])
        let after = rms(try Cuts.samples(proof.path)[72000..<90000])
        #expect(abs(after / before / pow(10, report.gain / 20) - 1) < 0.01)
    }

    @Test func `a limiter takes no more than it may; the rest stays quieter, and that is said`() throws {
        let path = try clip(
            "spikes.mov",
            "aevalsrc='0.02*sin(2*PI*997*t)+0.9*sin(2*PI*2500*t)*lt(mod(t,1),0.004)*gt(t,0.5)':s=48000")
        let proof = try film([path], FilmSound(loudness: LoudnessTarget(integrated: -10, truePeak: -1)))
        let report = try #require(proof.loudness)
        #expect(report.isLimitedByPeak)
        #expect(report.finding?.contains("LU below -10.0 LUFS") == true)
        #expect(report.finding?.contains("by up to 6.0 dB") == true, "\(report)")
        #expect(abs((report.limiter ?? 0) - 6) < 0.1, "\(report)")
        #expect(try measure(proof.path).peak <= -1)
    }

    /// Silence, and from the second second on a tone.
    static let lateVoice = "aevalsrc='0.25*sin(2*PI*300*t)*between(t,1,2)':s=48000"

    @Test func `music gives way to the clips and comes back`() throws {
        let voice = try clip("voice.mov", Self.lateVoice, seconds: 4)
        let music = folder.file("music.wav")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "sine=frequency=1100:sample_rate=44100:duration=6,volume=2", music,
        ])
        let duck = Ducking(by: 12, attack: 0.05, release: 0.2)
        let mix = FilmSound(music: MusicUnder(file: music, gain: -6, duck: duck))
        let proof = try film([voice], frames: 40, mix)
        let samples = try Cuts.samples(proof.path)
        #expect(samples.count == 192_000)
        // An eighth, doubled, mono to both sides at -3 dB, six less.
        let level = 0.25 * 32768 / 2 * pow(10, -6.0 / 20)
        let before = tone(1100, samples[10000..<40000])
        #expect(abs(before / level - 1) < 0.03, "\(before / level)")
        let during = tone(1100, samples[67200..<91200])
        #expect(abs(20 * log10(during / before) + 12) < 0.4, "\(20 * log10(during / before)) dB")
        let after = tone(1100, samples[158_400..<187_200])
        #expect(abs(after / before - 1) < 0.03)
        // The voice is as it was.
        let own = tone(300, try Cuts.samples(voice)[60000..<90000])
        #expect(abs(tone(300, samples[60000..<90000]) / own - 1) < 0.01)
        // The same again, to the bit.
        #expect(try film([voice], frames: 40, mix, "again.mov").sha256 == proof.sha256)
    }

    @Test func `short music ends or begins again, and fades as it is told`() throws {
        let mute = try clip("mute.mov", "anullsrc=sample_rate=48000:channel_layout=stereo")
        let music = folder.file("music.wav")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "sine=frequency=1100:sample_rate=48000:duration=1.3,volume=2", music,
        ])
        let once = try film([mute], FilmSound(music: MusicUnder(file: music)), "once.mov")
        let samples = try Cuts.samples(once.path)
        #expect(rms(samples[55000..<59000]) > 3000)
        #expect(rms(samples[63000..<144_000]) == 0)

        let looped = try film(
            [mute], FilmSound(music: MusicUnder(file: music, fadeIn: 0.5, fadeOut: 1, loop: true)))
        let all = try Cuts.samples(looped.path)
        #expect(all.count == 144_000)
        let level = rms(all[30000..<55000])
        #expect(abs(rms(all[65000..<94000]) / level - 1) < 0.02)
        #expect(rms(all[0..<1200]) < 0.02 * level)
        #expect(abs(rms(all[11500..<12500]) / level - 0.5) < 0.03)
        #expect(abs(rms(all[119_500..<120_500]) / level - 0.5) < 0.03)
        #expect(rms(all[142_800..<144_000]) < 0.02 * level)
        // No click where it begins again, at 1.3 s.
        let steps = all.indices.dropFirst().map { abs(Int(all[$0]) - Int(all[$0 - 1])) }
        #expect(steps.max() ?? 0 <= 1 + (steps[30000..<55000].max() ?? 0))
    }

    @Test func `music without sound is refused by name`() throws {
        let picture = folder.file("picture.mp4")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "color=red:size=64x48:duration=0.2", picture])
        let fault = #expect(throws: MontageError.self) {
            try MusicUnder.check(picture, interrupt: Interrupt())
        }
        #expect(fault?.code == .noAudio)
        #expect(fault?.subject == picture)
    }

    @Test(arguments: ["mp4-social", "mov-prores", "webm-vp9"])
    func `ten clips of five seconds are fifty seconds of picture and of sound`(name: String) throws {
        let film = FilmFormat(width: 64, height: 48, rate: Rational(24, 1))
        let preset = try Cuts.preset(name)
        // Sound that is short by turns and long by turns, at 44.1 kHz.
        let clips = try [4.8, 5.3].enumerated().map { i, length in
            let path = folder.file("\(i).mp4")
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "color=gray:size=64x48:rate=24:duration=5", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=44100:duration=\(length)", "-c:v", "libx264", "-c:a", "aac",
                path,
            ])
            return path
        }
        let segment = try Segments.render(
            SegmentJob(
                source: clips[0], format: film,
                outputs: [.init(preset: preset, path: folder.file("segment"))]), interrupt: Interrupt())[0]
        let proof = try Join.run(
            JoinJob(
                segments: (0..<10).map { _ in segment.path },
                sound: (0..<10).map { SoundPiece(source: clips[$0 % 2], frames: 0..<120) }, format: film,
                preset: preset, output: folder.file("film.\(preset.fileExtension)")), interrupt: Interrupt())
        #expect(proof.frames == 1200 && proof.audioSamples == 2_400_000)
        #expect(try Oracle.frameCount(proof.path) == 1200)
        // AAC's last packet is decoded whole by the program; the container says where the sound ends.
        let decoded = try Cuts.samples(proof.path).count
        #expect(name == "mp4-social" ? 2_400_000..<2_401_024 ~= decoded : decoded == 2_400_000)
        let streams = try Oracle.ffprobe(proof.path)["streams"] as? [[String: Any]] ?? []
        for kind in ["video", "audio"] {
            let stream = try #require(streams.first { $0["codec_type"] as? String == kind })
            let start = try #require(Double(stream["start_time"] as? String ?? ""))
            if name == "webm-vp9", kind == "audio" {
                // Opus' lead-in of 6.5 ms stands before zero and is declared, so that it is not heard: above,
                // exactly 50 s were. WebM has no length of a stream.
                #expect(start == -0.007)
            } else {
                #expect(start == 0)
                if name != "webm-vp9" { #expect(Double(stream["duration"] as? String ?? "") == 50) }
            }
        }
    }
}
