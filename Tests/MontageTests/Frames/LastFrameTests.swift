import Foundation
import Media
import Montage
import Testing
import TestSupport

/// The last frame against a full decode by the ffmpeg program, pixel for pixel.
@Suite struct `The last frame` {
    @Test(arguments: Recipe.awkward)
    func `is the one a full decode ends with`(_ recipe: Recipe) throws {
        let folder = try TempDirectory("last")
        let path = try recipe.make(in: folder)
        let found = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
        try expectLast(of: path, recipe.matrix, recipe.range, is: found)
    }

    private func expectLast(
        of path: String, _ matrix: String, _ range: String, is found: ExtractedFrame
    ) throws {
        let picture = found.picture
        let format = (picture.bitDepth == 16 ? (picture.hasAlpha ? "rgba64le" : "rgb48le") : (picture.hasAlpha ? "rgba" : "rgb24"))
        let decoded = try Oracle.frames(of: path, matrix: matrix, range: range, format: format).output
        let size = picture.bytes.count
        try #require(decoded.count >= size && decoded.count % size == 0)
        let last = Array(decoded.suffix(size))
        #expect(worst(picture.bytes, last) == 0, "difference of samples; \(found.note ?? "")")
    }
}

/// The largest difference between two samples at the same place.
func worst(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } : 256
}
