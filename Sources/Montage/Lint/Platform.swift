/// A place that takes films, and what it asks of them: `presets/platforms/NAME.yaml`.
public struct Platform: Sendable, Equatable {
    /// One thing it asks for.
    public struct Rule: Sendable, Equatable {
        /// What is asked for.
        public var requirement: Requirement
        /// Words that are good; empty where it is a number or a flag.
        public var words: [String]
        /// The bound, in the requirement's unit: seconds, pixels, frames a second, Mb/s, MB, Hz, LUFS.
        public var number: Double
        /// Whether files are refused without it; else it is advice.
        public var isRequired: Bool
    }

    /// What it is called on the command line.
    public var name: String
    /// One line for people.
    public var note: String
    /// Where its requirements were found.
    public var source: String
    /// The day on which they were looked up there, as 2026-11-27.
    public var checked: String
    /// The preset that makes what it asks for.
    public var preset: String
    /// What it asks for, in the order of `Requirement`, what it requires first.
    public var rules: [Rule]

    private static let keys = ["name", "note", "source", "checked", "preset", "required", "recommended"]

    /// Reads a platform's file.
    ///
    /// - Throws: `MontageError` with code `presetInvalid`, naming the place and the key.
    init(yaml: String, file: String) throws(MontageError) {
        let fields = PresetFields(try PresetTree(yaml: yaml, file: file))
        try fields.allow(only: Self.keys)
        name = try fields.string("name")
        note = try fields.string("note")
        source = try fields.string("source")
        checked = try fields.string("checked")
        preset = try fields.string("preset")
        rules = []
        for (section, isRequired) in [("required", true), ("recommended", false)] {
            guard let inner = try fields.optionalFields(section) else { continue }
            try inner.allow(only: Requirement.allCases.map(\.rawValue))
            for requirement in Requirement.allCases {
                let key = requirement.rawValue
                guard let text = try inner.optionalString(key) else { continue }
                var rule = Rule(requirement: requirement, words: [], number: 0, isRequired: isRequired)
                switch requirement.kind {
                case .words: rule.words = text.split(separator: " ").map(String.init)
                case .number:
                    let bounds = requirement == .loudness ? -70.0...0 : 1e-6...1e12
                    rule.number =
                        try inner.optionalNumber(
                            key, bounds, requirement == .loudness ? "a number of LUFS" : "a number above 0")
                        ?? 0
                case .flag:
                    guard try inner.optionalBool(key) == true else {
                        throw inner.fault(key, "must be true; what is not asked for is left out")
                    }
                }
                rules.append(rule)
            }
        }
        guard !rules.isEmpty else { throw fields.fault("required", "asks for nothing") }
    }
}
