import Media

/// Output files while they are written: one encoder for the pictures, one for each kind of sound, and a muxer
/// a file. Belongs to one thread.
final class DeliveryWriter {
    let pictureFormat: VideoFormat
    /// The different sounds of all files.
    let sounds: [SoundLine]
    private(set) var frames = 0
    private let video: Encoder
    private let packet: Packet
    private let files: [File]

    private struct File {
        let muxer: DeliveryMuxer
        /// Its sound's place in `sounds`.
        let sound: Int?
    }

    /// Opens the encoders and writes the headers.
    ///
    /// - Parameter orders: The files; they share their pictures.
    init(_ orders: [DeliveryOrder], encoding: VideoEncoding, interrupt: Interrupt) throws {
        let format = try encoding.format()
        let video = try encoding.open()
        var sounds: [SoundLine] = []
        var owners: [DeliveryOrder] = []
        var files: [File] = []
        for order in orders {
            var place: Int?
            if let audio = order.audio {
                place = owners.firstIndex { $0.sharesSound(with: order) }
                if place == nil {
                    place = sounds.count
                    owners.append(order)
                    sounds.append(
                        try SoundLine(
                            AudioEncoding(preset: audio), rate: order.rate, gain: order.gain,
                            fades: order.fades))
                }
            }
            let muxer = try DeliveryMuxer(
                order, video: video.parameters, rate: encoding.rate, audio: place.map { sounds[$0].stream },
                interrupt: interrupt)
            files.append(File(muxer: muxer, sound: place))
        }
        pictureFormat = format
        packet = try Packet()
        self.video = video
        self.sounds = sounds
        self.files = files
    }

    var videoCodec: String { video.parameters.codecName }

    /// The sound of the file at this place.
    func sound(of file: Int) -> SoundLine? { files[file].sound.map { sounds[$0] } }

    /// Encodes one picture; its PTS counts frames.
    func write(_ frame: borrowing Frame) throws {
        while try !video.send(frame) { try drain() }
        frames += 1
        try drain()
    }

    /// Encodes the sound up to the end of slot `frames`.
    func advanceSound(toFrames frames: Int) throws {
        for (i, sound) in sounds.enumerated() {
            try sound.advance(toFrames: frames) { try self.share($0, sound: i) }
        }
    }

    /// Ends a clip's sound at the end of slot `frames`.
    func endSound(atFrames frames: Int) throws {
        for (i, sound) in sounds.enumerated() {
            try sound.end(atFrames: frames) { try self.share($0, sound: i) }
        }
    }

    /// Ends all streams and closes the files.
    func finish() throws {
        try video.sendEnd()
        try drain()
        for (i, sound) in sounds.enumerated() { try sound.finish { try self.share($0, sound: i) } }
        for file in files { try file.muxer.finish() }
    }

    private func drain() throws {
        while case .got = try video.receive(into: packet) {
            // A muxer empties the packet it gets and changes its times: all but the last get one of their own.
            for file in files.dropLast() { try file.muxer.writeVideo(packet.reference()) }
            try files.last?.muxer.writeVideo(packet)
            packet.clear()
        }
    }

    private func share(_ packet: borrowing Packet, sound: Int) throws {
        let takers = files.filter { $0.sound == sound }
        for file in takers.dropLast() { try file.muxer.writeAudio(packet.reference()) }
        try takers.last?.muxer.writeAudio(packet)
    }
}
