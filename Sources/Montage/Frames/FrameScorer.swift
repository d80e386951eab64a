import Media

/// How well a frame stands for a clip: sharp, and neither black nor white.
///
/// Sharpness is the root of the mean square of the Laplacian of brightness, light is how far the mean is from
/// the ends, and contrast is the spread; their product ranks the frames. Measured on a grey picture 320 wide,
/// where grain and block edges weigh little.
final class FrameScorer {
    private let scaler = KeptScaler { from in
        let width = min(320, max(8, from.width))
        let height = max(8, width * from.height / max(1, from.width))
        return VideoFormat(width: width, height: height, pixelFormat: .gray8, timeBase: Rational(1, 25))
    }

    /// The score; 0 for black, white and flat frames.
    func score(_ frame: borrowing Frame) throws -> Double {
        let grey = try scaler.scale(frame)
        let (width, height) = (grey.width, grey.height)
        return grey.withPlane(0) { plane, pitch in
            var (sum, squares, edges) = (0.0, 0.0, 0.0)
            for y in 1..<(height - 1) {
                for x in 1..<(width - 1) {
                    let at = y * pitch + x
                    let here = Int(plane[at])
                    let around =
                        Int(plane[at - 1]) + Int(plane[at + 1]) + Int(plane[at - pitch])
                        + Int(plane[at + pitch])
                    sum += Double(here)
                    squares += Double(here * here)
                    edges += Double((4 * here - around) * (4 * here - around))
                }
            }
            let count = Double((width - 2) * (height - 2))
            let mean = sum / count
            let spread = max(0, squares / count - mean * mean).squareRoot()
            // 1 between 60 and 190 of 255, falling to 0 at the ends.
            let light = max(0, min(1, (mean - 16) / 44, (240 - mean) / 50))
            return light * spread * (1 + (edges / count).squareRoot())
        }
    }
}
