import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct SoundBedTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 160, height: 96, rate: Rational(24000, 1001))
    init() throws { folder = try TempDirectory("bed") }

    /// The left channel of the whole bed.
    func bed(_ pieces: [SoundPiece], limit: Int = 4096) throws -> [Float] {
        let bed = try SoundBed(pieces, format: format, interrupt: Interrupt())
        var samples: [Float] = []
        while let frame = try bed.next(limit) {
            #expect(frame.pts == Int64(samples.count))
            frame.withSamples(0, as: Float.self) { samples.append(contentsOf: $0) }
        }
        #expect(Int64(samples.count) == bed.sampleCount)
        return samples
    }

    /// A clip with 16-bit sound, so that a step in the bed is not one of a codec.
    func clip(_ name: String, tone: Int, seconds: Double = 1.1) throws -> String {
        try Cuts.clip(
            folder, name, rate: "24000/1001", seconds: seconds, sound: seconds, tone: tone,
            "-c:a pcm_s16le")
    }

    @Test func `pieces of any length never drift`() throws {
        let pieces = (0..<100).map { _ in SoundPiece(source: nil, frames: 0..<7) }
        // 700 frames at 24000/1001: 1401400 samples; a hundred rounded pieces would be 1401400 by luck only
        // where 7 frames are whole.
        #expect(try bed(pieces).count == 1_401_400)
        let odd = (0..<999).map { _ in SoundPiece(source: nil, frames: 0..<1) }
        #expect(try bed(odd).count == 999 * 2002)
    }

    @Test func `the sound of a piece is where its pictures are`() throws {
        let one = try clip("one.mov", tone: 440)
        let whole = try Cuts.samples(one)
        let part = try bed([.init(source: one, frames: 6..<18)])
        #expect(part.count == 24024)
        for at in stride(from: 0, to: part.count, by: 997) {
            #expect(abs(part[at] * 32768 - Float(whole[6 * 2002 + at])) < 3, "at \(at)")
        }
    }

    @Test func `a chained seam keeps its level and makes no step`() throws {
        let one = try clip("one.mov", tone: 440)
        let two = try clip("two.mov", tone: 550)
        let samples = try bed([
            .init(source: one, frames: 0..<23, chainedToNext: true), .init(source: two, frames: 0..<24),
        ])
        let seam = 23 * 2002
        let inside = step(samples, 10000..<20000)
        #expect(step(samples, seam - 2000..<seam + 2000) < 2 * inside)
        let level = rms(samples, 10000..<20000)
        for start in stride(from: seam - 1440, to: seam + 1440, by: 480) {
            #expect(rms(samples, start..<start + 480) > 0.6 * level, "at \(start - seam)")
        }
    }

    @Test func `a plain cut fades instead of clicking`() throws {
        let one = try clip("one.mov", tone: 440)
        let samples = try bed([
            .init(source: one, frames: 3..<20), .init(source: nil, frames: 0..<5),
            .init(source: one, frames: 5..<20),
        ])
        let inside = step(samples, 10000..<20000)
        #expect(step(samples, 1..<samples.count) < 2 * inside)
    }

    @Test func `how much is asked for at a time changes nothing`() throws {
        let one = try clip("one.mov", tone: 440)
        let two = try clip("two.mov", tone: 550)
        let pieces: [SoundPiece] = [
            .init(source: one, frames: 0..<20, chainedToNext: true), .init(source: two, frames: 0..<10),
            .init(source: nil, frames: 0..<3), .init(source: one, frames: 4..<9),
        ]
        #expect(try bed(pieces, limit: 4096) == bed(pieces, limit: 333))
    }

    @Test func `the encoder's priming is not heard`() throws {
        // A click at half a second, through AAC, must come out at half a second.
        let path = folder.file("click.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24000/1001:duration=1", "-f", "lavfi", "-i",
            "aevalsrc=if(eq(n\\,24000)\\,1\\,0):s=48000:d=1", "-c:v", "libx264", "-c:a", "aac", "-b:a",
            "256k",
            path,
        ])
        let samples = try bed([.init(source: path, frames: 0..<23)])
        let loudest = samples.indices.max { abs(samples[$0]) < abs(samples[$1]) }
        #expect(abs((loudest ?? 0) - 24000) < 4, "\(loudest ?? 0)")
    }

    @Test(arguments: [("mono", 0.7071), ("5.1", 0.7071), ("stereo", 1)])
    func `loudspeakers are folded to two at levels that are known`(layout: String, level: Double) throws {
        // At another rate too. Mono goes to both sides at -3 dB, and so does the middle of 5.1.
        let path = folder.file("\(layout).mov")
        let channel = layout == "5.1" ? "FC" : "c0"
        let channels = layout == "stereo" ? "c0=c0|c1=c0" : "\(channel)=c0"
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24000/1001:duration=1", "-f", "lavfi", "-i",
            "sine=frequency=440:sample_rate=44100:duration=1,pan=\(layout)|\(channels)", "-c:v", "libx264",
            "-c:a", "pcm_s16le", path,
        ])
        let samples = try bed([.init(source: path, frames: 0..<20)])
        #expect(samples.count == 40040)
        // The sine filter's amplitude is an eighth.
        let expected = Float(level / 8 / 2.0.squareRoot())
        #expect(abs(rms(samples, 9600..<28800) / expected - 1) < 0.01, "\(rms(samples, 9600..<28800))")
        // 440 Hz stay 440 Hz: a crossing upwards every 109 samples.
        let crossings = (9600..<28800).filter { samples[$0] <= 0 && samples[$0 + 1] > 0 }.count
        #expect(abs(crossings - 176) <= 1, "\(crossings)")
    }

    @Test func `at a dissolve both sounds are heard as long as both pictures are seen`() throws {
        let one = try clip("one.mov", tone: 440)
        let two = try clip("two.mov", tone: 550)
        let samples = try bed([
            .init(source: one, frames: 0..<12, runsOn: 10), .init(source: two, frames: 0..<22),
        ])
        #expect(samples.count == 34 * 2002)
        let (start, end) = (12 * 2002, 22 * 2002)
        let level = rms(samples, 2000..<start - 2000)
        for at in stride(from: start, to: end - 2002, by: 2002) {
            let share = (Double(at - start) + 1001) / Double(end - start)
            let gains = (cos(Double.pi / 2 * share), sin(Double.pi / 2 * share))
            #expect(abs(tone(440, samples, at..<at + 2002) / Double(level) - gains.0) < 0.12, "at \(share)")
            #expect(abs(tone(550, samples, at..<at + 2002) / Double(level) - gains.1) < 0.12, "at \(share)")
        }
        #expect(tone(440, samples, end + 2002..<end + 12000) < 0.02 * Double(level))
        #expect(step(samples, start - 4000..<end + 4000) < 2 * step(samples, 2000..<start - 2000))
    }

    @Test func `a dissolve from or to silence is as long as its pictures`() throws {
        let one = try clip("one.mov", tone: 440)
        for pieces: [SoundPiece] in [
            [.init(source: one, frames: 0..<12, runsOn: 10), .init(source: nil, frames: 0..<22)],
            [.init(source: nil, frames: 0..<12, runsOn: 10), .init(source: one, frames: 0..<22)],
        ] {
            let samples = try bed(pieces)
            let middle = 17 * 2002
            let loud = pieces[0].source == nil ? 25 * 2002..<30 * 2002 : 2 * 2002..<10 * 2002
            let share = rms(samples, middle - 1001..<middle + 1001) / rms(samples, loud)
            #expect(abs(share - 0.707) < 0.06, "\(share)")
        }
    }

    @Test func `a fade takes the sound down and up again over its frames`() throws {
        let one = try clip("one.mov", tone: 440)
        let samples = try bed([
            .init(source: one, frames: 0..<20, fadeOut: 6), .init(source: one, frames: 0..<20, fadeIn: 6),
        ])
        let (cut, frame) = (20 * 2002, 2002)
        let level = rms(samples, 3 * frame..<10 * frame)
        #expect(rms(samples, cut - 400..<cut + 400) < 0.02 * level)
        #expect(abs(rms(samples, cut - 7 * frame..<cut - 6 * frame) / level - 1) < 0.03)
        #expect(abs(rms(samples, cut + 6 * frame..<cut + 7 * frame) / level - 1) < 0.03)
        for side in [cut - 3 * frame, cut + 3 * frame] {
            #expect(abs(rms(samples, side - 500..<side + 500) / level - 0.5) < 0.05)
        }
        // As for the plain cut: no step anywhere.
        #expect(step(samples, 4000..<samples.count - 4000) < 2 * step(samples, 3 * frame..<10 * frame))
    }

    /// The level of one frequency in a part, as RMS.
    func tone(_ frequency: Double, _ samples: [Float], _ range: Range<Int>) -> Double {
        var (a, b) = (0.0, 0.0)
        for i in range {
            let turn = 2 * Double.pi * frequency * Double(i) / 48000
            a += Double(samples[i]) * cos(turn)
            b += Double(samples[i]) * sin(turn)
        }
        return (a * a + b * b).squareRoot() * 2.0.squareRoot() / Double(range.count)
    }

    func step(_ samples: [Float], _ range: Range<Int>) -> Float {
        range.dropFirst().reduce(0) { max($0, abs(samples[$1] - samples[$1 - 1])) }
    }

    func rms(_ samples: [Float], _ range: Range<Int>) -> Float {
        (range.reduce(0) { $0 + samples[$1] * samples[$1] } / Float(range.count)).squareRoot()
    }
}
