/// Repeatable random numbers: the same seed and the same salt give the same row on every machine.
struct Dice {
    private var state: UInt64

    init(seed: UInt64, salt: UInt64 = 0) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ (salt &* 0xD1B5_4A32_D192_ED03 &+ 0x2545_F491_4F6C_DD1D)
        _ = next()
    }

    /// The next 64 bits (the SplitMix64 sequence).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0 ..< 1.
    mutating func unit() -> Float { Float(next() >> 40) / 16_777_216 }

    /// A number in `low ..< high`.
    mutating func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

    /// A whole number in 0 ..< count.
    mutating func below(_ count: Int) -> Int { count <= 1 ? 0 : Int(next() % UInt64(count)) }

    /// True once in a while: with the given chance.
    mutating func chance(_ p: Float) -> Bool { unit() < p }
}
