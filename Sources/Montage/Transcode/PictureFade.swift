import Media

/// Fades pictures from and to black. The first picture of a fade in is black, and so is the last of a fade
/// out; values between are rounded to the nearest.
struct PictureFade {
    private let fades: DeliveryOrder.Fades
    private let format: VideoFormat

    /// - Parameter format: What the encoder takes: planar, or packed RGB of 8 bits.
    init(_ fades: DeliveryOrder.Fades, format: VideoFormat) {
        self.fades = fades
        self.format = format
    }

    /// How much of the picture in this slot is seen, in 65536ths.
    func share(of slot: Int) -> Int {
        var share = 65536
        if slot < fades.inSlots { share = min(share, 65536 * slot / fades.inSlots) }
        if let total = fades.total, fades.outSlots > 0, slot >= total - fades.outSlots {
            share = min(share, 65536 * max(0, total - 1 - slot) / fades.outSlots)
        }
        return share
    }

    /// The faded picture, or nil where it stays as it is. The frame is shared with others and left alone.
    func apply(to frame: borrowing Frame, slot: Int) throws -> Frame? {
        let share = share(of: slot)
        guard share < 65536 else { return nil }
        let faded = try frame.reference()
        try faded.makeWritable()
        let format = faded.pixelFormat
        let isDeep = format.bitDepth > 8
        // Limited range puts black at 16 of 8 bits; colour differences are zero in the middle.
        let black =
            format.isRGB || self.format.colour.range == "pc" ? 0 : 16 << (format.bitDepth - 8)
        let middle = 1 << (format.bitDepth - 1)
        for plane in 0..<faded.planeCount {
            // Opacity is no light.
            if plane == 3 { continue }
            let target = !format.isRGB && (plane == 1 || plane == 2) ? middle : black
            faded.withMutablePlane(plane) { bytes, _ in
                if isDeep {
                    let samples = bytes.bindMemory(to: UInt16.self)
                    for i in samples.indices {
                        samples[i] = UInt16(clamping: Self.mix(Int(samples[i]), target, share))
                    }
                } else {
                    for i in bytes.indices {
                        bytes[i] = UInt8(clamping: Self.mix(Int(bytes[i]), target, share))
                    }
                }
            }
        }
        return faded
    }

    private static func mix(_ value: Int, _ target: Int, _ share: Int) -> Int {
        target + ((value - target) * share + 32768) >> 16
    }
}
