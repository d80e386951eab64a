import Media
import Testing

@Suite struct TimeTests {
    @Test func `a time is rescaled with the rounding asked for`() {
        let film = Rational(1, 24), sound = Rational(1, 48000)
        #expect(rescale(121, from: film, to: sound) == 242_000)
        #expect(rescale(1, from: sound, to: film, rounding: .down) == 0)
        #expect(rescale(1, from: sound, to: film, rounding: .up) == 1)
        #expect(rescale(-1, from: sound, to: film, rounding: .down) == -1)
        #expect(rescale(-1, from: sound, to: film, rounding: .towardZero) == 0)
        // 10 hours at a 90 kHz clock, into nanoseconds and back: over 64 bits in between.
        let long: Int64 = 36000 * 90000
        let nano = rescale(long, from: Rational(1, 90000), to: Rational(1, 1_000_000_000))
        #expect(rescale(nano, from: Rational(1, 1_000_000_000), to: Rational(1, 90000)) == long)
    }

    @Test(arguments: [
        ("24", Rational(24, 1)), ("24000/1001", Rational(24000, 1001)), ("23.976", Rational(24000, 1001)),
        ("29.97", Rational(30000, 1001)), ("16:9", Rational(16, 9)), ("12.5", Rational(25, 2)),
    ])
    func `a rate is read as people write it`(text: String, expected: Rational) {
        #expect(Rational(parsing: text) == expected)
    }

    @Test(arguments: ["", "0", "-1", "a", "1/0", "1/2/3", "inf", "nan"])
    func `what is no rate is refused`(text: String) {
        #expect(Rational(parsing: text) == nil)
    }

    @Test func `equal fractions are equal and hash alike`() {
        #expect(Rational(48, 2) == Rational(24, 1))
        #expect(Set([Rational(48, 2), Rational(24, 1)]).count == 1)
        #expect(Rational(24000, 1001) < Rational(24, 1))
        #expect(Rational(24000, 1001).description == "24000/1001")
    }
}
