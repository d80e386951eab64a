/// How alike two pictures are in their structure: SSIM of brightness, 1 for equal ones.
///
/// Source: Wang, Bovik, Sheikh, Simoncelli 2004; windows of 8x8 pixels, four apart, all weights in a window alike.
enum Structure {
    static func likeness(_ a: SeamPicture, _ b: SeamPicture) -> Double {
        let (width, height) = (a.width, a.height)
        guard width == b.width, height == b.height, width >= 8, height >= 8 else { return 0 }
        let (c1, c2) = (Float(6.5025), Float(58.5225))
        var (sum, count) = (0.0, 0)
        a.luma.withUnsafeBufferPointer { one in
            b.luma.withUnsafeBufferPointer { other in
                for top in stride(from: 0, through: height - 8, by: 4) {
                    for left in stride(from: 0, through: width - 8, by: 4) {
                        var (sx, sy, sxx, syy, sxy): (Float, Float, Float, Float, Float) = (0, 0, 0, 0, 0)
                        for y in top..<(top + 8) {
                            for at in (y * width + left)..<(y * width + left + 8) {
                                let (x, y) = (one[at], other[at])
                                sx += x
                                sy += y
                                sxx += x * x
                                syy += y * y
                                sxy += x * y
                            }
                        }
                        let (mx, my) = (sx / 64, sy / 64)
                        let vx = max(0, sxx / 64 - mx * mx)
                        let vy = max(0, syy / 64 - my * my)
                        let both = sxy / 64 - mx * my
                        let light = (2 * mx * my + c1) / (mx * mx + my * my + c1)
                        sum += Double(light * (2 * both + c2) / (vx + vy + c2))
                        count += 1
                    }
                }
            }
        }
        return sum / Double(max(1, count))
    }
}
