import Media

/// Chooses a poster among the pictures that pass by: the first one after a tenth of the clip that is not
/// dark, or else the brightest seen. Belongs to the reading thread.
final class PosterSeeker: @unchecked Sendable {
    /// Mean luma, of 255, below which a picture counts as dark.
    private static let darkness = 32.0

    /// The kinds of picture file that a poster may be.
    enum Kind {
        case jpeg, png

        /// - Throws: `MontageError` with code `invalidArgument` for another ending.
        init(forFile path: String) throws(MontageError) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let ending = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
            switch ending {
            case "jpg", "jpeg": self = .jpeg
            case "png": self = .png
            default:
                throw MontageError(
                    .invalidArgument,
                    operation: "no picture file has the ending '\(ending.map { "." + $0 } ?? "")'",
                    subject: path, hint: "End the poster in .jpg or .png.")
            }
        }
    }

    private let path: String
    private let kind: Kind
    private let wanted: Int
    private var start: ClipStart?
    private var best: (box: FrameBox, luma: Double)?
    private var isFound = false

    init(path: String, kind: Kind, expectedFrames: Int?) {
        self.path = path
        self.kind = kind
        wanted = (expectedFrames ?? 0) / 10
    }

    func look(at event: ClipEvent) throws {
        switch event {
        case .begin(let clip): start = clip
        case .picture(let box, let slots):
            guard !isFound else { return }
            // Before the wanted place every twelfth picture is enough of a stand-in.
            guard slots.upperBound > wanted || slots.lowerBound % 12 == 0 else { return }
            let luma = Self.meanLuma(box.frame)
            if luma > (best?.luma ?? -1) || slots.upperBound > wanted && luma >= Self.darkness {
                best = (box, luma)
            }
            if slots.upperBound > wanted, luma >= Self.darkness { isFound = true }
        default: break
        }
    }

    func finish() throws {
        guard let best, let start else { return }
        // Turned, squared and mapped to standard range by the same plan as the deliveries.
        let rate = start.picture.format.rate ?? Rational(25, 1)
        let plan = PicturePlan(start.picture, size: nil, rate: rate, pixelFormat: .yuv420p, demanded: nil)
        var conformer = try PictureConformer(start.picture, target: plan.target, rate: rate)
        var bytes: [UInt8] = []
        try conformer.conform(best.box.frame, pts: 0) { frame throws in
            let picture = try Picture(frame)
            bytes = try kind == .png ? picture.png() : picture.jpeg(quality: 90)
        }
        try PendingFile.write(bytes, to: path, sync: false)
    }

    /// The mean of the first plane in 255ths, by every eighth line and pixel.
    private static func meanLuma(_ frame: borrowing Frame) -> Double {
        let isDeep = frame.pixelFormat.bitDepth > 8
        let depth = frame.pixelFormat.bitDepth
        let (width, height) = (frame.width, frame.height)
        var sum = 0.0
        var count = 0.0
        frame.withPlane(0) { plane, stride in
            for y in Swift.stride(from: 0, to: height, by: 8) {
                for x in Swift.stride(from: 0, to: width, by: 8) {
                    let at = y * stride + x * (isDeep ? 2 : 1)
                    guard at + 1 < plane.count else { continue }
                    if isDeep {
                        let value = Int(plane[at]) | Int(plane[at + 1]) << 8
                        sum += Double(value) * 255 / Double((1 << depth) - 1)
                    } else {
                        sum += Double(plane[at])
                    }
                    count += 1
                }
            }
        }
        return count > 0 ? sum / count : 0
    }
}
