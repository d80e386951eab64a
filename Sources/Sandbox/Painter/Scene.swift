/// What a prompt asks to see, as far as the painter understands words.
///
/// The rules are a word list, not a language model: the hour whose word comes first wins, places and
/// weathers add up, and the seed decides what the words leave open. The same prompt, style and seed
/// always give the same scene.
struct Scene: Sendable {
    enum Hour: Sendable { case night, dusk, dawn, day }
    enum Place: Sendable { case sea, lake, city, forest, desert, mountains, hills }

    var hour: Hour
    var place: Place
    var isStormy: Bool
    var rain: Float
    var snow: Float
    var mist: Float
    var hasLighthouse: Bool
    var lanterns: Int
    var embers: Int
    var stars: Bool
    var fireflies: Int
    var hasWalker: Bool
    /// The colour of the walker's coat, where the prompt names one.
    var coat: RGB?
    var look: Look
    var seed: UInt64

    /// Reads a prompt.
    init(prompt: String, style: String?, seed: UInt64) {
        let words = Words(prompt)
        look = Look(style: style)
        self.seed = seed
        var dice = Dice(seed: seed, salt: 1)

        isStormy = words.has(
            "storm", "stormy", "thunder", "tempest", "lightning", "monsoon", "hurricane", "gale")
        let hours: [(Hour, [String])] = [
            (.night, ["night", "midnight", "moon", "moonlit", "moonlight", "stars", "starry", "nocturnal"]),
            (.dusk, ["dusk", "sunset", "twilight", "evening", "golden"]),
            (.dawn, ["dawn", "sunrise", "morning", "daybreak"]),
            (.day, ["day", "noon", "sunny", "afternoon", "daylight", "blue", "bright", "summer"]),
        ]
        let named = hours.compactMap { hour, list in words.first(of: list).map { (hour, $0) } }
            .min { $0.1 < $1.1 }?.0
        let isNeon = look == .cyberpunk || words.has("neon", "cyberpunk", "holographic", "megacity")
        hour = named ?? (isNeon ? .night : [.dusk, .dawn, .day, .dusk][dice.below(4)])

        let places: [(Place, [String])] = [
            (
                .sea,
                [
                    "sea", "ocean", "waves", "surf", "coast", "cliff", "lighthouse", "harbour", "harbor",
                    "ship", "boat", "beach", "seaside", "shore",
                ]
            ),
            (
                .city,
                [
                    "city", "megacity", "street", "rooftop", "rooftops", "skyline", "neon", "skyscraper",
                    "alley", "bazaar", "town", "metropolis", "tower", "market",
                ]
            ),
            (.lake, ["lake", "river", "bridge", "pond", "canal", "fjord"]),
            (.forest, ["forest", "wood", "woods", "jungle", "trees", "pine", "pines"]),
            (.desert, ["desert", "dune", "dunes", "sand", "sahara", "mars", "canyon"]),
            (.mountains, ["mountain", "mountains", "peak", "alpine", "glacier", "summit", "valley"]),
            (
                .hills,
                ["hill", "hills", "meadow", "field", "fields", "village", "farm", "grass", "countryside"]
            ),
        ]
        place =
            places.compactMap { place, list in words.first(of: list).map { (place, $0) } }
            .min { $0.1 < $1.1 }?.0
            ?? (isNeon ? .city : [.hills, .mountains, .lake, .sea, .desert][dice.below(5)])

        let isRainy = words.has(
            "rain", "rainy", "downpour", "drizzle", "monsoon", "raindrops", "raincoat", "wet")
        rain = isRainy ? (isStormy ? 1 : 0.6) : (isStormy ? 0.7 : 0)
        snow = words.has("snow", "snowy", "winter", "blizzard", "ice", "frozen", "glacier") ? 1 : 0
        if words.has("dry", "clear") || words.has("calm") && !isRainy { rain = 0 }
        mist = words.has("mist", "misty", "fog", "foggy", "haze", "hazy", "smoke", "steam") ? 1 : 0.3
        hasLighthouse = words.has("lighthouse", "beacon")
        lanterns = words.has("lantern", "lanterns") ? (words.has("hundreds", "festival") ? 46 : 18) : 0
        embers =
            words.has("ember", "embers", "spark", "sparks", "fire", "bonfire", "volcano", "forge") ? 70 : 0
        fireflies = words.has("firefly", "fireflies", "magic", "magical", "fairy") ? 40 : 0
        stars = hour == .night && !isStormy || words.has("stars", "starry")
        coat =
            Self.coats.compactMap { coat in words.first(of: coat.words).map { ($0, coat.colour) } }
            .min { $0.0 < $1.0 }?.1
        hasWalker = words.has(
            "woman", "man", "girl", "boy", "courier", "figure", "traveller", "traveler", "keeper", "child",
            "walker", "person", "raincoat", "monk", "captain", "sailor", "hero", "detective", "she", "he")
    }

    private static let coats: [(words: [String], colour: RGB)] = [
        (["yellow", "golden", "amber"], RGB(0.95, 0.76, 0.12)),
        (["red", "crimson", "scarlet"], RGB(0.78, 0.12, 0.14)),
        (["blue", "teal"], RGB(0.10, 0.40, 0.55)), (["white", "silver"], RGB(0.86, 0.86, 0.84)),
        (["green"], RGB(0.18, 0.45, 0.24)), (["orange"], RGB(0.93, 0.45, 0.10)),
    ]

    /// True when the ground is water.
    var isWatery: Bool { place == .sea || place == .lake }

    /// True for the glowing city.
    var isNeon: Bool { look == .cyberpunk }

    /// The scene's colours: hour, weather, style, and a breath of the seed.
    var palette: Palette {
        var palette: Palette =
            switch hour {
            case .night: .night
            case .dusk: .dusk
            case .dawn: .dawn
            case .day: .day
            }
        if isStormy { palette = palette.mixed(.storm, hour == .night ? 0.45 : 0.72) }
        if hour == .night && isStormy { palette = palette.map { $0.scaled(0.9) } }
        if isNeon { palette = palette.mixed(.neon, 0.85) }
        switch place {
        case .desert: palette.ground = palette.ground.mixed(RGB(0.87, 0.60, 0.35), hour == .night ? 0.2 : 0.7)
        case .forest: palette.ground = palette.ground.mixed(RGB(0.16, 0.30, 0.18), hour == .night ? 0.2 : 0.6)
        default: break
        }
        if snow > 0 {
            let white = RGB(0.86, 0.90, 0.97).scaled(hour == .night ? 0.45 : 0.95)
            palette.ground = palette.ground.mixed(white, 0.85)
        }
        var dice = Dice(seed: seed, salt: 2)
        let warm = dice.between(-0.05, 0.05)
        let lift = dice.between(0.94, 1.06)
        return palette.map { RGB($0.r * (1 + warm) * lift, $0.g * lift, $0.b * (1 - warm) * lift) }.map {
            switch look {
            case .anime: $0.saturated(1.32).scaled(1.06)
            case .clay: $0.saturated(0.78).mixed(RGB(0.62, 0.47, 0.36), 0.14)
            case .comic: $0.saturated(1.35)
            case .cyberpunk: $0.saturated(1.25)
            case .threeD: $0.saturated(1.12).scaled(1.04)
            case .plain: $0
            }
        }
    }
}

/// A prompt as words with their places.
private struct Words {
    private let positions: [String: Int]

    init(_ text: String) {
        var found: [String: Int] = [:]
        let parts = text.lowercased().split { !$0.isLetter }
        for (i, part) in parts.enumerated() where found[String(part)] == nil { found[String(part)] = i }
        positions = found
    }

    func has(_ words: String...) -> Bool { words.contains { positions[$0] != nil } }

    func first(of words: [String]) -> Int? { words.compactMap { positions[$0] }.min() }
}
