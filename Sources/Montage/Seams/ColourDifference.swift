import Foundation

/// The difference of two colours as people see it: ΔE of 2000. 1 is just seen side by side, 10 is another colour.
///
/// Source: CIE 142-2001, with all three weights 1; Lab for the light D65 from sRGB (IEC 61966-2-1).
package enum ColourDifference {
    /// A colour by its lightness and its two oppositions.
    package struct Lab: Equatable {
        package var l: Double
        package var a: Double
        package var b: Double

        package init(l: Double, a: Double, b: Double) { (self.l, self.a, self.b) = (l, a, b) }

        /// - Parameters: red, green and blue of sRGB, 0 to 255.
        init(red: Double, green: Double, blue: Double) {
            func linear(_ value: Double) -> Double {
                let c = min(1, max(0, value / 255))
                return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
            }
            let (r, g, b) = (linear(red), linear(green), linear(blue))
            func root(_ t: Double) -> Double {
                t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116
            }
            let x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
            let y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
            let z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
            self.init(l: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
        }
    }

    /// The mean difference of two pictures over a grid of fields, each by its mean colour: grain and small
    /// motion weigh nothing, a shift of colour everything.
    static func mean(_ a: SeamPicture, _ b: SeamPicture, fit: ColourFit = .none) -> Double {
        let (columns, rows) = (16, 9)
        let (one, other) = (fields(a, columns, rows), fields(b, columns, rows))
        let sum = zip(one, other).reduce(0.0) { sum, pair in
            let (c, d) = pair
            let from = Lab(red: c[0], green: c[1], blue: c[2])
            let to = (0..<3).map { d[$0] * fit.gain[$0] + fit.offset[$0] }
            return sum + between(from, Lab(red: to[0], green: to[1], blue: to[2]))
        }
        return sum / Double(max(1, one.count))
    }

    private static func fields(_ picture: SeamPicture, _ columns: Int, _ rows: Int) -> [[Double]] {
        var found: [[Double]] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let x =
                    (column * picture.coarseWidth / columns)..<((column + 1) * picture.coarseWidth / columns)
                let y = (row * picture.coarseHeight / rows)..<((row + 1) * picture.coarseHeight / rows)
                guard !x.isEmpty, !y.isEmpty else { continue }
                found.append(
                    (0..<3).map { channel in
                        var sum = 0.0
                        for line in y {
                            for place in x {
                                sum += Double(
                                    picture.coarse[
                                        channel * picture.area + line * picture.coarseWidth + place])
                            }
                        }
                        return sum / Double(x.count * y.count)
                    })
            }
        }
        return found
    }

    /// ΔE of 2000.
    package static func between(_ one: Lab, _ other: Lab) -> Double {
        let degrees = Double.pi / 180
        let chroma = (hypot(one.a, one.b) + hypot(other.a, other.b)) / 2
        let seventh = pow(chroma, 7)
        let stretch = 1 + 0.5 * (1 - (seventh / (seventh + pow(25, 7))).squareRoot())
        let (a1, a2) = (one.a * stretch, other.a * stretch)
        let (c1, c2) = (hypot(a1, one.b), hypot(a2, other.b))
        func hue(_ a: Double, _ b: Double) -> Double {
            guard a != 0 || b != 0 else { return 0 }
            let angle = atan2(b, a) / degrees
            return angle < 0 ? angle + 360 : angle
        }
        let (h1, h2) = (hue(a1, one.b), hue(a2, other.b))
        let isGrey = c1 * c2 == 0
        var turn = h2 - h1
        if isGrey { turn = 0 } else if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        let deltaL = other.l - one.l
        let deltaC = c2 - c1
        let deltaH = 2 * (c1 * c2).squareRoot() * sin(turn / 2 * degrees)
        let (meanL, meanC) = ((one.l + other.l) / 2, (c1 + c2) / 2)
        var meanH = h1 + h2
        if !isGrey {
            if abs(h1 - h2) <= 180 {
                meanH /= 2
            } else {
                meanH = meanH < 360 ? (meanH + 360) / 2 : (meanH - 360) / 2
            }
        }
        let t =
            1 - 0.17 * cos((meanH - 30) * degrees) + 0.24 * cos(2 * meanH * degrees)
            + 0.32 * cos((3 * meanH + 6) * degrees) - 0.20 * cos((4 * meanH - 63) * degrees)
        let far = pow(meanL - 50, 2)
        let weightL = 1 + 0.015 * far / (20 + far).squareRoot()
        let weightC = 1 + 0.045 * meanC
        let weightH = 1 + 0.015 * meanC * t
        let blue = 30 * exp(-pow((meanH - 275) / 25, 2))
        let powerC = pow(meanC, 7)
        let rotation = -2 * (powerC / (powerC + pow(25, 7))).squareRoot() * sin(2 * blue * degrees)
        let (l, c, h) = (deltaL / weightL, deltaC / weightC, deltaH / weightH)
        return max(0, l * l + c * c + h * h + rotation * c * h).squareRoot()
    }
}
