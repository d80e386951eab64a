import Media

/// A conversion that is kept from frame to frame: to prepare one takes as long as to use it.
final class KeptScaler {
    private final class Prepared {
        let from: VideoFormat
        let scaler: Scaler
        init(_ from: VideoFormat, _ to: VideoFormat) throws {
            self.from = from
            scaler = try Scaler(from: from, to: to, algorithm: .area)
        }
    }
    private let target: (VideoFormat) -> VideoFormat
    private var prepared: Prepared?

    /// - Parameter target: What frames of a format become.
    init(to target: @escaping (VideoFormat) -> VideoFormat) { self.target = target }

    /// The frame, converted.
    ///
    /// - Parameter colour: What its colour is taken for; nil believes the frame.
    func scale(_ frame: borrowing Frame, colour: ColourTags? = nil) throws -> Frame {
        var from = frame.videoFormat(timeBase: Rational(1, 25))
        if let colour { from.colour = colour }
        let ready: Prepared
        if let prepared, prepared.from == from {
            ready = prepared
        } else {
            ready = try Prepared(from, target(from))
            prepared = ready
        }
        return try ready.scaler.scale(frame)
    }
}
