import Foundation
import Media

/// Still pictures that a clip starts from or ends on.
enum Still {
    /// Decodes a PNG, JPEG, WEBP or BMP file held in memory. Blocks.
    static func decode(_ bytes: Data) throws(MediaError) -> Frame {
        let decoder = try Decoder(codecNamed: try codec(of: bytes))
        let packet = try Packet(copying: bytes)
        let frame = try Frame()
        try decoder.send(packet)
        try decoder.sendEnd()
        guard try decoder.receive(into: frame) == .got, frame.width > 0 else {
            throw MediaError(.decodeFailed, operation: "decoding", subject: "a still picture")
        }
        return frame
    }

    private static func codec(of bytes: Data) throws(MediaError) -> String {
        let head = [UInt8](bytes.prefix(12))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "png" }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "mjpeg" }
        if head.starts(with: Array("RIFF".utf8)), head.count == 12, head[8...] == Array("WEBP".utf8)[...] {
            return "webp"
        }
        if head.starts(with: Array("BM".utf8)) { return "bmp" }
        throw MediaError(.notMedia, operation: "reading", subject: "a still picture")
    }

    /// The picture as the encoder will see it: BT.709, limited range, 4:2:0, cut to the frame's shape.
    static func planar(_ frame: borrowing Frame, width: Int, height: Int) throws(MediaError) -> PlanarFrame {
        // Large enough to cover the frame, even on both sides; the middle is taken.
        let cover = max(Double(width) / Double(frame.width), Double(height) / Double(frame.height))
        let wide = max(width, Int((Double(frame.width) * cover / 2).rounded()) * 2)
        let tall = max(height, Int((Double(frame.height) * cover / 2).rounded()) * 2)
        let scaler = try Scaler(
            from: frame.videoFormat(timeBase: Rational(1, 24)),
            to: VideoFormat(
                width: wide, height: tall, pixelFormat: .yuv420p, colour: .bt709, timeBase: Rational(1, 24)))
        let scaled = try scaler.scale(frame)
        let result = PlanarFrame(width: width, height: height)
        let dx = (wide - width) / 4 * 2
        let dy = (tall - height) / 4 * 2
        copy(scaled, 0, dx, dy, width, height, into: result.y)
        copy(scaled, 1, dx / 2, dy / 2, width / 2, height / 2, into: result.u)
        copy(scaled, 2, dx / 2, dy / 2, width / 2, height / 2, into: result.v)
        return result
    }

    private static func copy(
        _ frame: borrowing Frame, _ plane: Int, _ dx: Int, _ dy: Int, _ width: Int, _ height: Int,
        into out: UnsafeMutablePointer<UInt8>
    ) {
        frame.withPlane(plane) { bytes, stride in
            guard let base = bytes.baseAddress else { return }
            for row in 0..<height {
                let line = (base + (row + dy) * stride + dx).assumingMemoryBound(to: UInt8.self)
                (out + row * width).update(from: line, count: width)
            }
        }
    }

    /// The still of an order, whether it was sent or has to be imagined.
    static func load(_ source: StillSource, order: ClipOrder) throws -> PlanarFrame {
        switch source {
        case .stored(let id):
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(order.imageFolder)/\(id)"))
            return try planar(try decode(bytes), width: order.width, height: order.height)
        case .elsewhere(let url):
            return imagined(url, order: order)
        }
    }

    /// A painted stand-in for a picture that lies elsewhere; the same for the same URL.
    private static func imagined(_ url: String, order: ClipOrder) -> PlanarFrame {
        let seed = url.utf8.reduce(UInt64(1_469_598_103_934_665_603)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        let scene = Scene(prompt: order.prompt, style: order.style, seed: seed)
        let tiles = Tiles(seed: seed)
        let stage = Stage(scene: scene, width: order.width, height: order.height, angle: 0, tiles: tiles)
        let finish = Finish(
            width: order.width, height: order.height, look: scene.look, seed: seed, tiles: tiles)
        let canvas = Canvas(width: order.width, height: order.height)
        let frame = PlanarFrame(width: order.width, height: order.height)
        stage.paint(canvas, time: 1, progress: 0)
        finish.style(canvas, frame: 0)
        finish.round(canvas, into: frame, number: 0, drifted: 0, grainy: 1)
        return frame
    }
}
