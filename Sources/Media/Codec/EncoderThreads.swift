/// How many threads an encoder gets where nothing else is said: numbers that do not depend on the machine.
///
/// Several encoders write other bytes with another number of threads, and left to themselves they take as
/// many as there are cores. So the number is fixed here. It is chosen such that two cores lose nothing and
/// eight are busy; more threads than cores cost next to nothing.
public enum EncoderThreads {
    /// The number for an encoder by FFmpeg's name; 0 for those whose bytes do not depend on it.
    ///
    /// - libx264 looks ahead and searches less far the more pictures are under way. Four is what it would take
    ///   on three cores.
    /// - libx265's picture threads change what a picture may refer to; its pool of row threads, which switches
    ///   on another layout of the stream, is fixed in `ForeignEncoders`.
    /// - libvpx writes the same for any number but one, with rows coded side by side; with one it searches
    ///   otherwise.
    public static func fixed(for codec: String) -> Int {
        switch codec {
        case "libx264", "libx264rgb": 4
        case "libx265": 2
        case "libvpx-vp9", "libvpx": 8
        default: 0
        }
    }
}
