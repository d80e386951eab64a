import Foundation

/// How many threads an encoder gets where nothing else is said: numbers that never show in its bytes.
///
/// Several encoders write other bytes with another number of threads, and left to themselves they take as
/// many as there are cores. So their number is fixed here, chosen such that two cores lose nothing and eight
/// are busy. Where the bytes are the same for all numbers the machine may have a word.
public enum EncoderThreads {
    /// The number for an encoder by FFmpeg's name; 0 for those whose bytes do not depend on it and that choose
    /// well by themselves.
    ///
    /// - libx264 looks ahead and searches less far the more pictures are under way. Four is what it would take
    ///   on three cores.
    /// - libx265's picture threads change what a picture may refer to; its pool of row threads, which switches
    ///   on another layout of the stream, is fixed in `ForeignEncoders`.
    /// - libvpx writes the same for any number but one, with rows coded side by side; with one it searches
    ///   otherwise. Its rows wait for each other, so two threads leave two cores idle at times that eight do not:
    ///   the processor time is the same (26.6 and 27.0 s for 48 pictures of 720p), the time on the clock a tenth
    ///   less.
    public static func number(for codec: String) -> Int {
        number(for: codec, cores: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The number for an encoder on a machine that lets this process use `cores`.
    public static func number(for codec: String, cores: Int) -> Int {
        switch codec {
        case "libx264", "libx264rgb": 4
        case "libx265": 2
        case "libvpx-vp9", "libvpx": min(16, max(8, cores))
        default: 0
        }
    }
}
