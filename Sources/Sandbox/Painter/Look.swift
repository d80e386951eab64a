/// The five named styles of the model, and the plain one.
enum Look: String, Sendable, CaseIterable {
    case plain
    case anime
    case threeD = "3d_animation"
    case clay
    case comic
    case cyberpunk

    /// The look for a style of a request; anything unknown is plain.
    init(style: String?) { self = style.flatMap(Look.init(rawValue:)) ?? .plain }
}
