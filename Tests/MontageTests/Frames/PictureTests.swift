import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Pictures as values and as files.
@Suite(.blocking) struct `A picture` {
    /// A picture whose every sample is different from its neighbours.
    private func sample(_ width: Int, _ height: Int, bits: Int = 8, alpha: Bool = false) throws -> Picture {
        let count = width * height * (alpha ? 4 : 3) * bits / 8
        return try Picture(
            width: width, height: height, bitDepth: bits, hasAlpha: alpha,
            bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 251) })
    }

    /// Pixels of one colour.
    private func plain(_ count: Int, _ pixel: [UInt8]) -> [UInt8] {
        Array(repeating: pixel, count: count).flatMap { $0 }
    }

    @Test(arguments: [(8, false), (8, true), (16, false), (16, true)])
    func `goes through PNG without loss`(_ bits: Int, _ alpha: Bool) throws {
        let picture = try sample(33, 17, bits: bits, alpha: alpha)
        let back = try Picture.decode(picture.png())
        #expect(back.bytes == picture.bytes)
        #expect(back.bitDepth == bits && back.hasAlpha == alpha && back.width == 33)
    }

    @Test func `as PNG is read alike by the ffmpeg program`() throws {
        let folder = try TempDirectory("png")
        let picture = try sample(40, 30, bits: 16)
        let path = try folder.write("p.png", picture.png())
        let read = try Oracle.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb48le", "-"]).output
        #expect(read == picture.bytes)
    }

    @Test func `as PNG declares its colour and its pixels' shape`() throws {
        var picture = try sample(16, 16)
        picture.pixelAspect = Rational(4, 3)
        let bytes = try Data(picture.png())
        for chunk in ["sRGB", "gAMA", "cHRM", "pHYs"] {
            #expect(bytes.range(of: Data(chunk.utf8)) != nil, "\(chunk)")
        }
    }

    @Test func `as JPEG stays close, at any size`() throws {
        for (width, height) in [(64, 48), (33, 17), (1, 1)] {
            let bytes = plain(width * height, [200, 120, 40])
            let picture = try Picture(width: width, height: height, bytes: bytes)
            let back = try Picture.decode(picture.jpeg(quality: 95))
            #expect(worst(back.bytes, picture.bytes) <= 4)
        }
    }

    @Test(arguments: [false, true])
    func `goes through WebP without loss, and comes close with`(_ alpha: Bool) throws {
        var picture = try sample(33, 17, alpha: alpha)
        // What cannot be seen at all has no colour in WebP.
        if alpha { for at in stride(from: 3, to: picture.bytes.count, by: 4) { picture.bytes[at] |= 1 } }
        let back = try Picture.decode(picture.webp())
        #expect(back.bytes == picture.bytes && back.hasAlpha == alpha)
        for height in [48, 720] {
            let bytes = plain(64 * height, [200, 120, 40] + (alpha ? [128] : []))
            let plain = try Picture(width: 64, height: height, hasAlpha: alpha, bytes: bytes)
            #expect(try worst(Picture.decode(plain.webp(quality: 95)).bytes, bytes) <= 4)
        }
        let small = try sample(64, 64).webp(quality: 5), large = try sample(64, 64).webp(quality: 95)
        #expect(small.count < large.count)
    }

    @Test func `of 16 bits becomes 8 bits in WebP, to the nearest`() throws {
        let bytes: [UInt8] = [0xff, 0x7f, 0x00, 0x80, 0x80, 0x00] + [0x7f, 0x00, 0xff, 0xff, 0x81, 0xff]
        let picture = try Picture(width: 2, height: 1, bitDepth: 16, bytes: bytes)
        #expect(try Picture.decode(picture.webp()).bytes == [127, 128, 0, 0, 255, 255])
    }

    @Test func `as JPEG keeps its colours at 720 lines, where video would be BT.709`() throws {
        let bytes = plain(64 * 720, [220, 30, 60])
        let picture = try Picture(width: 64, height: 720, bytes: bytes)
        #expect(try worst(Picture.decode(picture.jpeg(quality: 95)).bytes, bytes) <= 4)
    }

    @Test(arguments: ["png", "jpg", "webp", "bmp", "gif"])
    func `is read from every common kind of file`(_ ending: String) throws {
        let folder = try TempDirectory("kinds")
        let path = folder.file("p.\(ending)")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "color=0x3070c0:size=48x32", "-frames:v", "1", path])
        let picture = try Picture.load(path: path)
        #expect(picture.width == 48 && picture.height == 32 && !picture.hasAlpha)
        #expect(worst(picture.bytes.prefix(3), [0x30, 0x70, 0xc0]) <= (ending == "gif" ? 32 : 12))
    }

    @Test func `that is damaged or none is refused in words`() throws {
        let folder = try TempDirectory("bad")
        let png = try sample(64, 64).png()
        for bytes in [Array("not a picture".utf8), Array(png.prefix(20)), []] {
            let error = #expect(throws: MontageError.self) { try Picture.decode(bytes) }
            #expect(error?.code == .pictureInvalid)
        }
        #expect(throws: MediaError.self) { try Picture.load(path: folder.path) }
        #expect(throws: MediaError.self) { try Picture.load(path: folder.file("none.png")) }
        #expect(throws: MediaError.self) { try Picture.load(path: folder.write("empty.png", [])) }
    }

    @Test func `of a camera held upright is turned`() throws {
        let row = plain(16, [250, 250, 250]) + plain(16, [5, 5, 5])
        let picture = try Picture(
            width: 32, height: 16, bytes: Array(repeating: row, count: 16).flatMap { $0 })
        let jpeg = try picture.jpeg(quality: 95)
        let tiff: [UInt8] = [
            0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ]
        let block = Array("Exif".utf8) + [0, 0] + tiff
        let segment: [UInt8] = [0xff, 0xe1, 0, UInt8(block.count + 2)] + block
        let turned = try Picture.decode(Array(jpeg.prefix(2)) + segment + Array(jpeg.dropFirst(2)))
        #expect(turned.width == 16 && turned.height == 32)
        #expect(turned.bytes[0] > 200 && turned.bytes[turned.bytes.count - 1] < 50)
    }

    @Test func `turned four times is itself, and mirrored twice too`() throws {
        let picture = try sample(7, 5, bits: 16)
        let once = picture.turned(clockwise: 90)
        #expect(once.width == 5 && once.height == 7)
        // The lower left pixel comes to the upper left.
        #expect(Array(once.bytes.prefix(6)) == Array(picture.bytes[(4 * 7 * 6)..<(4 * 7 * 6 + 6)]))
        #expect(once.turned(clockwise: 90) == picture.turned(clockwise: 180))
        #expect(once.turned(clockwise: 270) == picture)
        #expect(picture.turned(clockwise: 0, mirrored: true).turned(clockwise: 0, mirrored: true) == picture)
    }

    @Test(arguments: [Fit.crop, .pad, .stretch])
    func `is brought to any size without a change of colour`(_ how: Fit) throws {
        for bits in [8, 16] {
            let pixel: [UInt8] = bits == 8 ? [40, 100, 160] : [40, 40, 100, 100, 160, 160]
            let picture = try Picture(
                width: 60, height: 40, bitDepth: bits, bytes: plain(60 * 40, pixel))
            let fitted = try picture.fitted(width: 101, height: 37, how: how)
            #expect(fitted.width == 101 && fitted.height == 37 && fitted.bitDepth == bits)
            let centre = (18 * 101 + 50) * pixel.count
            #expect(worst(fitted.bytes[centre..<(centre + pixel.count)], pixel) <= 1)
            let corner = Array(fitted.bytes.prefix(pixel.count))
            #expect(how == .pad ? corner.allSatisfy { $0 == 0 } : worst(corner, pixel) <= 1)
        }
    }

    @Test func `of the right size is left alone`() throws {
        let picture = try sample(64, 36)
        #expect(try picture.fitted(width: 64, height: 36, how: .crop) == picture)
    }
}
