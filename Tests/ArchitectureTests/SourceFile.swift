import Foundation

/// One source file of the repository, as the architecture rules see it.
struct SourceFile {
    /// Relative to the repository, with `/`: `Sources/Media/Packet.swift`.
    let path: String
    let text: String

    /// The folder under `Sources` or `Tests`: the target.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Line number (from 1) and text without comments, so that prose may name what code must not.
    var code: [(number: Int, line: String)] {
        text.components(separatedBy: "\n").enumerated().map {
            ($0.offset + 1, Self.withoutComment($0.element))
        }
    }

    /// The modules this file imports, whatever the access level, attribute or kind of import.
    var imports: [(number: Int, module: String)] {
        code.compactMap { number, line in
            // A regular expression over every line of the house takes seconds.
            guard line.contains("import"), let match = line.firstMatch(of: Self.importLine) else {
                return nil
            }
            return (number, String(match.output.1))
        }
    }

    /// How many comment lines the file opens with; imports may stand before them.
    var essayLength: Int {
        text.components(separatedBy: "\n")
            .drop { $0.isEmpty || $0.firstMatch(of: Self.importLine) != nil }
            .prefix { $0.hasPrefix("//") || $0.hasPrefix(" *") || $0.hasPrefix("/*") }
            .count
    }

    private static var importLine: Regex<(Substring, Substring)> {
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)/#
    }

    /// Cuts `//` and what follows, except inside a string literal of the same line (`"https://…"`).
    private static func withoutComment(_ line: String) -> String {
        guard line.utf8.contains(UInt8(ascii: "/")), line.contains("//") else { return line }
        var quoted = false
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if character == "\"", previous != "\\" { quoted.toggle() }
            if !quoted, character == "/", previous == "/" {
                return String(line[..<line.index(before: index)])
            }
            previous = character
        }
        return line
    }
}

/// The working copy these tests were compiled from.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func files(under folder: String, endings: Set<String> = ["swift", "c", "h"]) throws -> [SourceFile]
    {
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.subpaths(atPath: base.path) ?? []
        return try names.sorted()
            .filter { endings.contains(($0 as NSString).pathExtension) }
            .map { name in
                let text = try String(contentsOf: base.appendingPathComponent(name), encoding: .utf8)
                return SourceFile(path: "\(folder)/\(name)", text: text)
            }
    }
}
