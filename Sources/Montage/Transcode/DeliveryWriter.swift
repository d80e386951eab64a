import Media

/// One output file while it is written: the picture's encoder, the sound's, and the muxer. Belongs to one
/// thread.
final class DeliveryWriter {
    let pictureFormat: VideoFormat
    let sound: SoundLine?
    private(set) var frames = 0
    private let video: Encoder
    private let packet: Packet
    private let muxer: DeliveryMuxer

    /// Opens the encoders and writes the header.
    ///
    /// - Parameters:
    ///   - path: Where to write, usually a pending file's.
    ///   - audio: Nil for an output without sound.
    init(
        path: String, container: String, options: [String: String], encoding: VideoEncoding,
        audio: AudioEncoding?, title: String? = nil, interrupt: Interrupt
    ) throws {
        pictureFormat = try encoding.format()
        video = try encoding.open()
        packet = try Packet()
        sound = try audio.map { try SoundLine($0, rate: encoding.rate) }
        muxer = try DeliveryMuxer(
            path: path, container: container, options: options, video: video.parameters,
            rate: encoding.rate, audio: sound?.stream, title: title, interrupt: interrupt)
    }

    var videoCodec: String { video.parameters.codecName }

    /// Encodes one picture; its PTS counts frames.
    func write(_ frame: borrowing Frame) throws {
        while try !video.send(frame) { try drain() }
        frames += 1
        try drain()
    }

    func writeSound(_ packet: borrowing Packet) throws { try muxer.writeAudio(packet) }

    /// Ends both streams and closes the file.
    func finish() throws {
        try video.sendEnd()
        try drain()
        try sound?.finish { try self.writeSound($0) }
        try muxer.finish()
    }

    private func drain() throws {
        while case .got = try video.receive(into: packet) {
            try muxer.writeVideo(packet)
            packet.clear()
        }
    }
}
