import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Pictures of high dynamic range and wide gamut, on their way to a screen of today.
@Suite(.blocking) struct `A picture in another light` {
    /// A grey ramp from left to right as HEVC of 10 bits, its samples from 64 to 940, with these tags.
    private func ramp(_ folder: TempDirectory, transfer: String, primaries: String) throws -> String {
        let path = folder.file("\(transfer)-\(primaries).mp4")
        let matrix = primaries == "bt2020" ? "bt2020nc" : "bt709"
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "color=black:size=256x64:rate=24:duration=0.25"]
                + ["-vf", "format=yuv420p10le,geq=lum='64+876*X/255':cb=512:cr=512", "-c:v", "libx265"]
                + ["-preset", "ultrafast", "-x265-params", "log-level=none:lossless=1", "-tag:v", "hvc1"]
                + ["-colorspace", matrix, "-color_primaries", primaries, "-color_trc", transfer, path])
        return path
    }

    /// The samples of the red channel of the middle row, in 255ths.
    private func row(_ picture: Picture) -> [Double] {
        let at = picture.height / 2 * picture.width * picture.bytesPerPixel
        return (0..<picture.width).map { x in
            let place = at + x * picture.bytesPerPixel
            guard picture.bitDepth == 16 else { return Double(picture.bytes[place]) }
            return Double(Int(picture.bytes[place]) | Int(picture.bytes[place + 1]) << 8) / 257
        }
    }

    @Test(arguments: ["smpte2084", "arib-std-b67"])
    func `is mapped as the ffmpeg program maps it, and says so`(_ transfer: String) throws {
        let folder = try TempDirectory("light")
        let path = try ramp(folder, transfer: transfer, primaries: "bt2020")
        let found = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
        #expect(found.note?.contains("mapped to BT.709") == true)
        #expect(found.picture.colour == .sRGB)
        let light = row(found.picture)
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 <= $1 + 0.01 })
        #expect(light[0] < 2 && light[255] > 253)
        if transfer == "smpte2084" {
            // 203 nits, the white of a page, are 58 % of PQ's scale: bright, and not yet white.
            #expect((140...235).contains(light[148]), "\(light[148])")
        }
        let chain =
            "zscale=tin=\(transfer):min=bt2020nc:pin=bt2020:rin=limited:t=linear:npl=100,format=gbrpf32le,"
            + "zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:p=bt709:r=limited,format=yuv444p10le"
        let frames = try Oracle.frames(of: path, matrix: "bt709", before: chain).output
        let theirs = (0..<256).map { Double(frames[(32 * 256 + $0) * 3]) }
        #expect(zip(light, theirs).allSatisfy { abs($0 - $1) <= 2 })
    }

    @Test func `keeps its samples when they are asked for`() throws {
        let folder = try TempDirectory("light")
        let path = try ramp(folder, transfer: "smpte2084", primaries: "bt2020")
        let stored = try FrameExtraction.frame(of: path, at: .last, light: .asStored, interrupt: Interrupt())
        #expect(stored.picture.colour.transfer == "smpte2084")
        let values = row(stored.picture)
        let worst = (0..<256).map { abs(values[$0] - Double($0)) }.max() ?? 256
        // The rounding of the encoder and of 10 bits; mapped values are dozens away.
        #expect(worst < 2, "\(worst)")
    }

    @Test func `of a wide gamut changes its colours and keeps its greys`() throws {
        let folder = try TempDirectory("light")
        let grey = try ramp(folder, transfer: "bt709", primaries: "smpte432")
        let light = try row(FrameExtraction.frame(of: grey, at: .first, interrupt: Interrupt()).picture)
        #expect((0..<256).allSatisfy { abs(light[$0] - Double($0)) < 1.5 })
        let red = folder.file("red.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "color=0xc04040:size=64x64:rate=24:duration=0.25", "-vf"]
                + ["scale=out_color_matrix=bt709,format=yuv420p", "-c:v", "libx264", "-colorspace", "bt709"]
                + ["-color_primaries", "smpte432", "-color_trc", "bt709", red])
        let mapped = try FrameExtraction.frame(of: red, at: .first, interrupt: Interrupt())
        #expect(mapped.note?.contains("smpte432") == true)
        let raw = try FrameExtraction.frame(of: red, at: .first, light: .asStored, interrupt: Interrupt())
        // The same light needs more of BT.709's paler red.
        #expect(mapped.picture.bytes[0] > raw.picture.bytes[0] + 3)
        #expect(mapped.picture.bytes[1] < raw.picture.bytes[1])
    }

    @Test func `is mapped for posters and small pictures alike`() throws {
        let folder = try TempDirectory("light")
        let path = try ramp(folder, transfer: "smpte2084", primaries: "bt2020")
        let set = try Thumbnails.make(from: path, into: folder.file("out"), interrupt: Interrupt())
        let frame = try row(FrameExtraction.frame(of: path, at: .first, interrupt: Interrupt()).picture)
        let poster = try row(Picture.load(path: set.poster))
        #expect(abs(poster[128] - frame[128]) < 4 && abs(poster[200] - frame[200]) < 4)
        let sheet = try row(Picture.load(path: set.sprites))
        #expect(abs(sheet[100] - frame[160]) < 8)
    }
}
