import Media

/// Corrects the colours of a clip's first pictures, by a `ColourMatch`.
///
/// The correction is one of red, green and blue; carried over to luma and colour differences it is a matrix and an
/// offset, so nothing is converted there and back. What it adds is computed in whole numbers with 14 bits behind the
/// point and rounded once, with one ordered dither: the same bytes on every machine. Luma needs the colour
/// differences where it lies, and they need luma where they lie: both are interpolated, and only for what is added.
struct PictureMatch {
    private let match: ColourMatch
    private let format: VideoFormat
    /// Kr and Kb of the matrix.
    private let weights: (red: Double, blue: Double)

    /// - Parameter format: What the encoder takes.
    /// - Throws: `MontageError` (`incompatible`) for pictures that are not planar luma and colour differences.
    init(_ match: ColourMatch, format: VideoFormat) throws(MontageError) {
        self.match = match
        self.format = format
        let pixels = format.pixelFormat
        guard !pixels.isRGB, !pixels.isPalette, pixels.name.hasPrefix("yuv"), pixels.log2ChromaWidth <= 1,
            pixels.log2ChromaHeight <= 1
        else {
            throw MontageError(
                .incompatible, operation: "colours cannot be matched in \(pixels.name) pictures",
                subject: "seams",
                hint: "Deliver by a preset with planar YUV pixels, or leave out match-colour.")
        }
        weights =
            switch format.colour.matrix {
            case "bt709": (0.2126, 0.0722)
            case "bt2020nc", "bt2020c": (0.2627, 0.0593)
            case "smpte240m": (0.212, 0.087)
            case "fcc": (0.30, 0.11)
            default: (0.299, 0.114)
            }
    }

    /// The corrected picture, or nil where it stays as it is. The frame is shared with others and left alone.
    func apply(to frame: borrowing Frame, slot: Int) throws -> Frame? {
        let weight = match.weight(of: slot)
        guard weight > 0, frame.planeCount >= 3 else { return nil }
        let terms = terms(weight: weight)
        let made = try frame.reference()
        try made.makeWritable()
        let (width, height) = (frame.width, frame.height)
        let planes = Planes(frame, width: width, height: height)
        for (plane, term) in terms.enumerated() {
            let isLuma = plane == 0
            let columns = isLuma ? width : planes.chromaWidth
            var sums = [Int32](repeating: 0, count: columns)
            made.withMutablePlane(plane) { bytes, stride in
                for row in 0..<(isLuma ? height : planes.chromaHeight) {
                    let y = isLuma ? planes.luma(row) : planes.lumaAtChroma(row)
                    let u = isLuma ? planes.chromaAtLuma(1, row) : planes.chroma(1, row)
                    let v = isLuma ? planes.chromaAtLuma(2, row) : planes.chroma(2, row)
                    term.add(y, u, v, row: row, into: &sums)
                    let line = UnsafeMutableRawBufferPointer(
                        rebasing: bytes[row * stride..<(row + 1) * stride])
                    planes.store(sums, line)
                }
            }
        }
        return made
    }

    /// What is added to one plane: three factors and a constant, 14 bits behind the point.
    private struct Term {
        var y: Int32
        var u: Int32
        var v: Int32
        var constant: Int32
        var plane: Int

        /// The new samples of a row, with 14 bits behind the point and the dither that rounds them.
        func add(_ ys: [Int32], _ us: [Int32], _ vs: [Int32], row: Int, into sums: inout [Int32]) {
            let own = plane == 0 ? ys : plane == 1 ? us : vs
            let dither = (row & 7) * 8
            for i in sums.indices {
                sums[i] =
                    own[i] &<< 14 &+ y &* ys[i] &+ u &* us[i] &+ v &* vs[i] &+ constant
                    &+ Self.dither[dither | i & 7]
            }
        }

        /// The ordered pattern of 8x8 (Bayer), spread evenly over one step.
        private static let dither: [Int32] = (0..<64).map { place in
            let (x, y) = (place & 7, place >> 3)
            var value = 0
            for bit in 0..<3 {
                value = value << 2 | ((x ^ y) >> bit & 1) << 1 | y >> bit & 1
            }
            return Int32(value * 256 + 128)
        }
    }

    /// The matrix of a correction of this weight, for samples as they are coded.
    private func terms(weight: Int) -> [Term] {
        let share = Double(weight) / 65536
        let (kr, kb) = weights
        let kg = 1 - kr - kb
        // Luma and colour differences, each between 0 and 1 or -0.5 and 0.5, of red, green and blue, and back.
        let to = [
            [kr, kg, kb],
            [-kr / (2 * (1 - kb)), -kg / (2 * (1 - kb)), 0.5],
            [0.5, -kg / (2 * (1 - kr)), -kb / (2 * (1 - kr))],
        ]
        let back = [
            [1, 0, 2 * (1 - kr)], [1, -2 * kb * (1 - kb) / kg, -2 * kr * (1 - kr) / kg],
            [1, 2 * (1 - kb), 0],
        ]
        let depth = Double(1 << (format.pixelFormat.bitDepth - 8))
        let isFull = format.colour.range == "pc"
        let top = Double(1 << format.pixelFormat.bitDepth - 1)
        // How many steps of the samples one is, and where zero lies.
        let scale = isFull ? [top, top, top] : [219 * depth, 224 * depth, 224 * depth]
        let zero = [isFull ? 0 : 16 * depth, 128 * depth, 128 * depth]
        return (0..<3).map { row in
            var factors = [0.0, 0.0, 0.0]
            var constant = 0.0
            for channel in 0..<3 {
                let gain = share * (match.fit.gain[channel] - 1) * to[row][channel]
                for column in 0..<3 { factors[column] += gain * back[channel][column] }
                constant += share * match.fit.offset[channel] / 255 * to[row][channel]
            }
            constant *= scale[row]
            for column in 0..<3 {
                factors[column] *= scale[row] / scale[column]
                constant -= factors[column] * zero[column]
            }
            func fixed(_ value: Double) -> Int32 { Int32((value * 16384).rounded()) }
            return Term(
                y: fixed(factors[0]), u: fixed(factors[1]), v: fixed(factors[2]), constant: fixed(constant),
                plane: row)
        }
    }
}

/// The samples of a picture's first three planes, row by row as whole numbers.
private struct Planes {
    let chromaWidth: Int
    let chromaHeight: Int
    private let width: Int
    private let height: Int
    private let isDeep: Bool
    private let top: Int32
    private let isNarrow: Bool
    private let isLow: Bool
    private let samples: [[Int32]]

    init(_ frame: borrowing Frame, width: Int, height: Int) {
        let format = frame.pixelFormat
        (self.width, self.height) = (width, height)
        isDeep = format.bitDepth > 8
        top = Int32(1 << format.bitDepth - 1)
        (isNarrow, isLow) = (format.log2ChromaWidth == 1, format.log2ChromaHeight == 1)
        chromaWidth = isNarrow ? (width + 1) / 2 : width
        chromaHeight = isLow ? (height + 1) / 2 : height
        var samples: [[Int32]] = []
        for plane in 0..<3 {
            let (columns, rows) = plane == 0 ? (width, height) : (chromaWidth, chromaHeight)
            var values = [Int32](repeating: 0, count: columns * rows)
            let isDeep = isDeep
            frame.withPlane(plane) { bytes, stride in
                for row in 0..<rows {
                    let line = UnsafeRawBufferPointer(rebasing: bytes[row * stride..<(row + 1) * stride])
                    if isDeep {
                        let from = line.bindMemory(to: UInt16.self)
                        for i in 0..<columns { values[row * columns + i] = Int32(from[i]) }
                    } else {
                        for i in 0..<columns { values[row * columns + i] = Int32(line[i]) }
                    }
                }
            }
            samples.append(values)
        }
        self.samples = samples
    }

    func luma(_ row: Int) -> [Int32] { Array(samples[0][row * width..<(row + 1) * width]) }

    func chroma(_ plane: Int, _ row: Int) -> [Int32] {
        Array(samples[plane][row * chromaWidth..<(row + 1) * chromaWidth])
    }

    /// Colour differences where the luma of a row lies. In a row they lie on every second sample, between rows in
    /// the middle: where H.264 and its kin put them.
    func chromaAtLuma(_ plane: Int, _ row: Int) -> [Int32] {
        var near = chroma(plane, isLow ? row / 2 : row)
        if isLow {
            let other = min(chromaHeight - 1, max(0, row / 2 + (row & 1 == 0 ? -1 : 1)))
            let far = chroma(plane, other)
            for i in near.indices { near[i] = (3 &* near[i] &+ far[i] &+ 2) &>> 2 }
        }
        guard isNarrow else { return near }
        return (0..<width).map { x in
            let place = x / 2
            return x & 1 == 0
                ? near[place] : (near[place] &+ near[min(place + 1, chromaWidth - 1)] &+ 1) &>> 1
        }
    }

    /// Luma where the colour differences of a row lie.
    func lumaAtChroma(_ row: Int) -> [Int32] {
        var line = luma(isLow ? min(height - 1, 2 * row) : row)
        if isLow {
            let other = luma(min(height - 1, 2 * row + 1))
            for i in line.indices { line[i] = (line[i] &+ other[i] &+ 1) &>> 1 }
        }
        guard isNarrow else { return line }
        return (0..<chromaWidth).map { x in
            let place = min(width - 1, 2 * x)
            return (line[max(0, place - 1)] &+ 2 &* line[place] &+ line[min(width - 1, place + 1)] &+ 2) &>> 2
        }
    }

    /// Rounds a row of sums down, the dither is in them already, and writes it.
    func store(_ sums: [Int32], _ line: UnsafeMutableRawBufferPointer) {
        if isDeep {
            let to = line.bindMemory(to: UInt16.self)
            for i in sums.indices { to[i] = UInt16(truncatingIfNeeded: min(top, max(0, sums[i] &>> 14))) }
        } else {
            for i in sums.indices { line[i] = UInt8(truncatingIfNeeded: min(top, max(0, sums[i] &>> 14))) }
        }
    }
}
