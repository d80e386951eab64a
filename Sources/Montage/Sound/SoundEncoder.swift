import Media

/// Cuts planar float samples into an encoder's frames and hands out its packets.
final class SoundEncoder {
    let encoder: Encoder
    let format: AudioFormat
    private var waiting: SampleStore
    /// Samples given to the encoder.
    private(set) var count: Int64 = 0
    private let packet: Packet

    init(_ encoding: AudioEncoding) throws {
        format = try encoding.format()
        encoder = try encoding.open()
        waiting = SampleStore(channelCount: format.layout.count)
        packet = try Packet()
    }

    /// All samples taken so far, those that wait for a full frame among them.
    var accepted: Int64 { count + Int64(waiting.count) }

    func encode(_ samples: [[Float]], emit: (borrowing Packet) throws -> Void) throws {
        waiting.append(samples)
        let size = encoder.frameSize > 0 ? encoder.frameSize : 1024
        while waiting.count >= size { try send(size, emit) }
    }

    /// Silence in pieces, so that an hour of it takes no more memory than a second.
    func encodeSilence(_ length: Int64, emit: (borrowing Packet) throws -> Void) throws {
        var left = length
        while left > 0 {
            let piece = Int(min(left, 4096))
            try encode(
                Array(repeating: Array(repeating: 0, count: piece), count: format.layout.count), emit: emit)
            left -= Int64(piece)
        }
    }

    func finish(emit: (borrowing Packet) throws -> Void) throws {
        if waiting.count > 0 { try send(waiting.count, emit) }
        try encoder.sendEnd()
        try drain(emit)
    }

    private func send(_ size: Int, _ emit: (borrowing Packet) throws -> Void) throws {
        let frame = try Frame(
            audioSamples: size, sampleRate: format.sampleRate, layout: format.layout,
            format: format.sampleFormat)
        waiting.take(size).write(into: frame)
        frame.pts = count
        count += Int64(size)
        try encoder.send(frame)
        try drain(emit)
    }

    private func drain(_ emit: (borrowing Packet) throws -> Void) throws {
        while case .got = try encoder.receive(into: packet) {
            try emit(packet)
            packet.clear()
        }
    }
}

extension [[Float]] {
    /// Writes planar floats into a frame of any of the formats that encoders take. Integers are rounded to
    /// the nearest and clipped.
    func write(into frame: borrowing Frame) {
        let name = frame.sampleFormat.name
        switch name {
        case "fltp", "flt": fill(frame, as: Float.self) { $0 }
        case "dblp", "dbl": fill(frame, as: Double.self) { Double($0) }
        case "s32p", "s32":
            fill(frame, as: Int32.self) {
                Int32(
                    Swift.max(
                        -2_147_483_648, Swift.min(2_147_483_647, (Double($0) * 2_147_483_648).rounded())))
            }
        case "s16p", "s16":
            fill(frame, as: Int16.self) { Int16(Swift.max(-32768, Swift.min(32767, ($0 * 32768).rounded()))) }
        default: frame.silence()
        }
    }

    private func fill<T>(_ frame: borrowing Frame, as type: T.Type, _ convert: (Float) -> T) {
        let isPlanar = frame.sampleFormat.isPlanar
        for (channel, samples) in enumerated() {
            frame.withSamples(isPlanar ? channel : 0, as: type) { target in
                let step = isPlanar ? 1 : count
                var at = isPlanar ? 0 : channel
                for sample in samples where at < target.count {
                    target[at] = convert(sample)
                    at += step
                }
            }
        }
    }
}
