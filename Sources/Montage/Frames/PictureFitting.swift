import Media

/// How a picture of one shape comes into another.
public enum Fit: String, Sendable, Codable {
    /// Fills it; what stands over at two sides is cut off.
    case crop
    /// Stands in it whole, with black at two sides.
    case pad
    /// Fills it, distorted.
    case stretch
}

extension Picture {
    /// The picture at exactly this size, with square pixels. Blocks.
    ///
    /// Scaling is by Lanczos' kernel, each channel by itself, so that no colour matrix touches the values; a
    /// picture that has the size already is returned as it is.
    ///
    /// - Parameters:
    ///   - width: Pixels a row of the result.
    ///   - height: Rows of the result.
    ///   - how: What happens where the shapes differ.
    public func fitted(width: Int, height: Int, how: Fit = .crop) throws -> Picture {
        guard width > 0, height > 0, width <= 16384, height <= 16384 else {
            throw MontageError(
                .invalidArgument, operation: "a picture cannot be \(width)x\(height)", subject: "picture",
                hint: "give sizes between 1 and 16384")
        }
        let isSquare = pixelAspect == Rational(1, 1)
        if isSquare, width == self.width, height == self.height { return self }
        let shape = Double(self.width) * pixelAspect.believableAspect.value / Double(self.height)
        let wanted = Double(width) / Double(height)
        switch how {
        case .stretch:
            return try scaled(width, height)
        case .crop:
            let columns = shape > wanted ? Double(self.width) * wanted / shape : Double(self.width)
            let rows = shape > wanted ? Double(self.height) : Double(self.height) * shape / wanted
            let (w, h) = (clamp(columns, self.width), clamp(rows, self.height))
            return try cut(x: (self.width - w) / 2, y: (self.height - h) / 2, w, h).scaled(width, height)
        case .pad:
            let columns = shape > wanted ? Double(width) : Double(height) * shape
            let rows = shape > wanted ? Double(width) / shape : Double(height)
            let (w, h) = (clamp(columns, width), clamp(rows, height))
            return try scaled(w, h).framed(width, height)
        }
    }

    private func clamp(_ value: Double, _ limit: Int) -> Int { min(limit, max(1, Int(value.rounded()))) }

    /// A part of the picture.
    private func cut(x: Int, y: Int, _ width: Int, _ height: Int) throws -> Picture {
        if width == self.width, height == self.height { return self }
        let size = bytesPerPixel
        var part: [UInt8] = []
        part.reserveCapacity(width * height * size)
        for row in y..<(y + height) {
            let start = (row * self.width + x) * size
            part += bytes[start..<(start + width * size)]
        }
        return try Picture(
            width: width, height: height, bitDepth: bitDepth, hasAlpha: hasAlpha, bytes: part,
            pixelAspect: pixelAspect, colour: colour)
    }

    /// The picture in the middle of a black one, opaque at the sides.
    private func framed(_ width: Int, _ height: Int) throws -> Picture {
        if width == self.width, height == self.height { return self }
        let size = bytesPerPixel
        let alpha = 3 * bitDepth / 8
        let black = (0..<size).map { UInt8(hasAlpha && $0 >= alpha ? 255 : 0) }
        let left = Array(repeating: black, count: (width - self.width) / 2).flatMap { $0 }
        let right = Array(repeating: black, count: width - self.width - (width - self.width) / 2).flatMap {
            $0
        }
        let line = Array(repeating: black, count: width).flatMap { $0 }
        let above = (height - self.height) / 2
        var whole: [UInt8] = []
        whole.reserveCapacity(width * height * size)
        for _ in 0..<above { whole += line }
        for row in 0..<self.height {
            whole += left
            whole += bytes[(row * self.width * size)..<((row + 1) * self.width * size)]
            whole += right
        }
        for _ in 0..<(height - self.height - above) { whole += line }
        return try Picture(
            width: width, height: height, bitDepth: bitDepth, hasAlpha: hasAlpha, bytes: whole, colour: colour
        )
    }

    /// Scaled channel by channel: to libswscale a grey plane is only numbers, while RGB would pass through
    /// Y'CbCr and come back changed.
    private func scaled(_ width: Int, _ height: Int) throws -> Picture {
        var result = self
        (result.width, result.height, result.pixelAspect) = (width, height, Rational(1, 1))
        if width == self.width, height == self.height { return result }
        let sample = bitDepth / 8
        guard let grey = bitDepth == 8 ? .gray8 : PixelFormat(named: "gray16le") else { return self }
        let from = VideoFormat(
            width: self.width, height: self.height, pixelFormat: grey, timeBase: Rational(1, 25))
        let to = VideoFormat(width: width, height: height, pixelFormat: grey, timeBase: Rational(1, 25))
        let scaler = try Scaler(from: from, to: to, algorithm: .lanczos)
        let plane = try Frame(videoWidth: self.width, height: self.height, format: grey)
        result.bytes = [UInt8](repeating: 0, count: width * height * bytesPerPixel)
        for channel in 0..<channels {
            plane.withMutablePlane(0) { target, pitch in
                for y in 0..<self.height {
                    var from = (y * self.width) * bytesPerPixel + channel * sample
                    for x in 0..<self.width {
                        for byte in 0..<sample { target[y * pitch + x * sample + byte] = bytes[from + byte] }
                        from += bytesPerPixel
                    }
                }
            }
            let smaller = try scaler.scale(plane)
            smaller.withPlane(0) { source, pitch in
                for y in 0..<height {
                    var to = (y * width) * bytesPerPixel + channel * sample
                    for x in 0..<width {
                        for byte in 0..<sample {
                            result.bytes[to + byte] = source[y * pitch + x * sample + byte]
                        }
                        to += bytesPerPixel
                    }
                }
            }
        }
        return result
    }
}
