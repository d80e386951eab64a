/// The colours of one place at one hour.
struct Palette {
    var zenith: RGB
    var middle: RGB
    var horizon: RGB
    /// Sun or moon, and what it does to edges and water.
    var light: RGB
    var cloudLit: RGB
    var cloudDark: RGB
    /// The darkest, nearest silhouettes.
    var near: RGB
    var water: RGB
    /// Foliage, sand or snow, in full light.
    var ground: RGB

    static let night = Palette(
        zenith: RGB(0.02, 0.035, 0.11), middle: RGB(0.05, 0.09, 0.21), horizon: RGB(0.14, 0.20, 0.35),
        light: RGB(0.86, 0.90, 1.0), cloudLit: RGB(0.27, 0.32, 0.46), cloudDark: RGB(0.05, 0.07, 0.15),
        near: RGB(0.018, 0.024, 0.05), water: RGB(0.02, 0.05, 0.11), ground: RGB(0.10, 0.14, 0.20))
    static let dusk = Palette(
        zenith: RGB(0.12, 0.12, 0.31), middle: RGB(0.50, 0.26, 0.42), horizon: RGB(0.98, 0.56, 0.33),
        light: RGB(1.0, 0.78, 0.50), cloudLit: RGB(1.0, 0.58, 0.42), cloudDark: RGB(0.30, 0.18, 0.35),
        near: RGB(0.07, 0.05, 0.11), water: RGB(0.12, 0.10, 0.23), ground: RGB(0.45, 0.28, 0.26))
    static let dawn = Palette(
        zenith: RGB(0.25, 0.41, 0.67), middle: RGB(0.67, 0.66, 0.77), horizon: RGB(1.0, 0.79, 0.58),
        light: RGB(1.0, 0.90, 0.68), cloudLit: RGB(1.0, 0.83, 0.72), cloudDark: RGB(0.50, 0.49, 0.65),
        near: RGB(0.09, 0.12, 0.18), water: RGB(0.13, 0.27, 0.39), ground: RGB(0.48, 0.46, 0.36))
    static let day = Palette(
        zenith: RGB(0.15, 0.41, 0.77), middle: RGB(0.44, 0.67, 0.90), horizon: RGB(0.83, 0.91, 0.95),
        light: RGB(1.0, 0.97, 0.88), cloudLit: RGB(0.99, 0.99, 0.99), cloudDark: RGB(0.62, 0.70, 0.81),
        near: RGB(0.07, 0.16, 0.11), water: RGB(0.04, 0.27, 0.42), ground: RGB(0.40, 0.54, 0.28))
    static let storm = Palette(
        zenith: RGB(0.08, 0.10, 0.14), middle: RGB(0.20, 0.24, 0.29), horizon: RGB(0.43, 0.48, 0.50),
        light: RGB(0.80, 0.87, 0.92), cloudLit: RGB(0.46, 0.50, 0.54), cloudDark: RGB(0.07, 0.09, 0.12),
        near: RGB(0.028, 0.037, 0.05), water: RGB(0.05, 0.12, 0.15), ground: RGB(0.22, 0.25, 0.24))
    static let neon = Palette(
        zenith: RGB(0.03, 0.02, 0.11), middle: RGB(0.14, 0.05, 0.29), horizon: RGB(0.56, 0.15, 0.50),
        light: RGB(0.35, 0.93, 1.0), cloudLit: RGB(0.52, 0.18, 0.55), cloudDark: RGB(0.06, 0.03, 0.15),
        near: RGB(0.02, 0.016, 0.05), water: RGB(0.03, 0.02, 0.09), ground: RGB(0.12, 0.10, 0.24))

    /// Every colour changed by one rule.
    func map(_ change: (RGB) -> RGB) -> Palette {
        Palette(
            zenith: change(zenith), middle: change(middle), horizon: change(horizon), light: change(light),
            cloudLit: change(cloudLit), cloudDark: change(cloudDark), near: change(near),
            water: change(water), ground: change(ground))
    }

    /// The way from one palette to another.
    func mixed(_ o: Palette, _ t: Float) -> Palette {
        Palette(
            zenith: zenith.mixed(o.zenith, t), middle: middle.mixed(o.middle, t),
            horizon: horizon.mixed(o.horizon, t), light: light.mixed(o.light, t),
            cloudLit: cloudLit.mixed(o.cloudLit, t), cloudDark: cloudDark.mixed(o.cloudDark, t),
            near: near.mixed(o.near, t), water: water.mixed(o.water, t), ground: ground.mixed(o.ground, t))
    }
}
