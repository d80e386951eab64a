/// One setting of a preset changed for one run: `--set video.crf=20`.
public struct PresetOverride: Sendable, Equatable {
    /// The key as it was written: `video.crf`.
    public let key: String
    /// The value as it was written; `null` removes the key.
    public let value: String

    /// Reads `KEY=VALUE`; the value may hold further equal signs.
    ///
    /// - Throws: `MontageError` with code `invalidArgument` where there is no key or no equal sign.
    public init(parsing text: String) throws(MontageError) {
        guard let at = text.firstIndex(of: "="), at > text.startIndex else {
            throw MontageError(
                .invalidArgument, operation: "is no KEY=VALUE", subject: "--set \(text)",
                hint: "Write it like --set video.crf=20.")
        }
        key = String(text[..<at])
        value = String(text[text.index(after: at)...])
    }

    /// The place that errors name.
    var origin: PresetTree.Origin { .init(file: "--set \(key)=\(value)") }

    /// The full key. What is no key of the section itself is an option of its encoder or muxer.
    var path: [String] {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let known = PresetFile.sections[parts[0]], !known.contains(parts[1]) else {
            return parts
        }
        return [parts[0], "options", parts[1]]
    }
}
