/// A display colour, gamma-encoded, each part 0 to 1.
struct RGB {
    var r: Float
    var g: Float
    var b: Float

    init(_ r: Float, _ g: Float, _ b: Float) {
        self.r = r
        self.g = g
        self.b = b
    }

    /// The way from one colour to another.
    func mixed(_ other: RGB, _ t: Float) -> RGB {
        RGB(mix(r, other.r, t), mix(g, other.g, t), mix(b, other.b, t))
    }

    /// Lighter or darker, hue kept.
    func scaled(_ k: Float) -> RGB { RGB(r * k, g * k, b * k) }

    /// More (above 1) or less (below 1) vivid.
    func saturated(_ k: Float) -> RGB {
        let grey = 0.2126 * r + 0.7152 * g + 0.0722 * b
        return RGB(mix(grey, r, k), mix(grey, g, k), mix(grey, b, k))
    }
}

/// A colour in Y'CbCr code values (BT.709, limited range), or a difference of two such colours.
struct YUV {
    var y: Float
    var u: Float
    var v: Float

    init(y: Float, u: Float, v: Float) {
        self.y = y
        self.u = u
        self.v = v
    }

    /// A colour.
    init(_ c: RGB) {
        self.init(light: c)
        y += 16
        u += 128
        v += 128
    }

    /// What this light adds to a colour.
    init(light c: RGB) {
        let luma = 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b
        y = 219 * luma
        u = 224 * (c.b - luma) / 1.8556
        v = 224 * (c.r - luma) / 1.5748
    }

    /// The way from one colour to another.
    @inline(__always) func mixed(_ o: YUV, _ t: Float) -> YUV {
        YUV(y: mix(y, o.y, t), u: mix(u, o.u, t), v: mix(v, o.v, t))
    }
}
