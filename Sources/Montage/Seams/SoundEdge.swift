import Foundation
import Media

/// What is heard on both sides of a seam.
public struct SoundStep: Sendable, Codable, Equatable {
    /// Loudness of the last 40 ms that are heard of the clip before, in dB of full scale (root mean square of
    /// all channels); -120 for silence.
    public var before: Double
    /// Loudness of the first 40 ms of the clip after, in dB of full scale.
    public var after: Double
    /// How much louder it becomes, in dB; what is below -60 dB counts as -60.
    public var step: Double
    /// The step from the last sample to the first one, in shares of full scale, the greatest of all channels: a
    /// plain cut is heard as a click from about 0.05. The film fades over it.
    public var sampleStep: Double
}

/// Takes the sound at the edges of clips.
enum SoundEdge {
    private static let window = 40
    private static let rate = 48000

    /// - Parameters:
    ///   - end: Where the first clip ends to be heard, in seconds after its first picture.
    /// - Returns: nil if neither clip has sound.
    static func step(
        after first: String, end: Double, before second: String, interrupt: Interrupt
    ) throws -> SoundStep? {
        let stop = max(0, Int((end * 1000).rounded()))
        let tail = try samples(first, max(0, stop - window)..<stop, interrupt: interrupt)
        let head = try samples(second, 0..<window, interrupt: interrupt)
        guard tail != nil || head != nil else { return nil }
        let silence = [[Float]](repeating: [], count: 2)
        let (a, b) = (tail ?? silence, head ?? silence)
        let (before, after) = (level(a), level(b))
        let leap = zip(a, b).map { abs(Double(($0.last ?? 0) - ($1.first ?? 0))) }.max() ?? 0
        return SoundStep(
            before: before, after: after, step: max(-60, after) - max(-60, before), sampleStep: leap)
    }

    /// Samples of two channels; nil for a clip without sound. Short sound is followed by silence.
    private static func samples(
        _ path: String, _ span: Range<Int>, interrupt: Interrupt
    ) throws -> [[Float]]? {
        // A picture a millisecond: then the piece's frames are milliseconds.
        let grid = SampleGrid(rate: Rational(1000, 1), sampleRate: rate)
        let piece = SoundPiece(source: path, frames: span)
        guard
            let sound = try PieceSound.open(
                piece, grid: grid, layout: .stereo, accept: .media, interrupt: interrupt)
        else { return nil }
        let wanted = span.count * rate / 1000
        var taken = try sound.take(wanted)
        while taken.count < 2 { taken.append(taken.first ?? []) }
        return taken.map { $0 + [Float](repeating: 0, count: max(0, wanted - $0.count)) }
    }

    private static func level(_ channels: [[Float]]) -> Double {
        let count = channels.reduce(0) { $0 + $1.count }
        guard count > 0 else { return -120 }
        let squares = channels.reduce(0.0) { sum, samples in
            samples.reduce(sum) { $0 + Double($1) * Double($1) }
        }
        return max(-120, 10 * log10(max(1e-12, squares / Double(count))))
    }
}
