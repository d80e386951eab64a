import Media

/// An opened picture encoder that can be closed at any time.
///
/// SVT-AV1 1.4 waits for ever when it is closed before its first picture: its threads wait for one. So a
/// picture nobody asked for is given to it then; its packet is never fetched.
final class PictureEncoder {
    private let encoder: Encoder
    private let format: VideoFormat
    private let codec: String
    private var count = 0

    init(_ encoder: consuming Encoder, format: VideoFormat, codec: String) {
        self.encoder = encoder
        self.format = format
        self.codec = codec
    }

    deinit {
        guard codec == "libsvtav1", count == 0 else { return }
        guard
            let frame = try? Frame(
                videoWidth: format.width, height: format.height, format: format.pixelFormat)
        else { return }
        for i in 0..<frame.planeCount {
            frame.withMutablePlane(i) { plane, _ in plane.initializeMemory(as: UInt8.self, repeating: 0) }
        }
        frame.pts = 0
        _ = try? encoder.send(frame)
        _ = try? encoder.sendEnd()
    }

    var parameters: CodecParameters { encoder.parameters }
    var timeBase: Rational { encoder.timeBase }

    func send(_ frame: borrowing Frame) throws(MediaError) -> Bool {
        count += 1
        return try encoder.send(frame)
    }

    func sendEnd() throws(MediaError) { try encoder.sendEnd() }

    func receive(into packet: borrowing Packet) throws(MediaError) -> Pull {
        try encoder.receive(into: packet)
    }
}
