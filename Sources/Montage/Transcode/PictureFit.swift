/// What becomes of a picture in a box of another shape.
public enum PictureFit: String, Sendable, Codable, CaseIterable {
    /// All of it is seen; bars fill the rest.
    case pad
    /// The box is full; what stands over is cut off on both sides equally.
    case crop
    /// The box is full; the shape is lost.
    case stretch
    /// All of it is seen, and the output is as large as that and no larger.
    case inside

    /// The even size the picture is scaled to; with `crop` it may stand over the box.
    ///
    /// Bars thinner than one part in a hundred are not worth drawing, there the picture is stretched to the
    /// edge.
    func size(of own: (width: Int, height: Int), in box: (width: Int, height: Int), upscales: Bool)
        -> (width: Int, height: Int)
    {
        let across = Double(box.width) / Double(own.width)
        let down = Double(box.height) / Double(own.height)
        var scale: Double
        switch self {
        case .stretch: return box
        case .pad, .inside: scale = min(across, down)
        case .crop: scale = max(across, down)
        }
        if !upscales { scale = min(scale, 1) }
        func side(_ value: Int, _ limit: Int) -> Int {
            let wanted = Double(value) * scale
            if wanted >= Double(limit) * 0.99, wanted <= Double(limit) * 1.01 { return limit }
            let even = max(2, Int((wanted / 2).rounded()) * 2)
            return self == .crop ? even : min(limit, even)
        }
        return (side(own.width, box.width), side(own.height, box.height))
    }
}
