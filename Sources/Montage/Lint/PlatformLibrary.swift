import Foundation

/// The platforms of one or more folders, the first folder that has a name winning.
public struct PlatformLibrary: Sendable {
    /// Every good platform found, sorted by name.
    public private(set) var platforms: [Platform] = []
    private var faults: [String: MontageError] = [:]
    private let directories: [String]

    /// Reads `platforms/*.yaml` inside the folders of presets; those that do not exist are passed over. Blocks.
    public init(searching presets: [String]) {
        directories = presets.map { URL(fileURLWithPath: $0).appending(path: "platforms").path }
        var taken: Set<String> = []
        for directory in directories {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") {
                let path = directory + "/" + name
                let stem = String(name.dropLast(5))
                do throws(MontageError) {
                    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                        throw MontageError(
                            .presetInvalid, operation: "cannot be read as text", subject: path,
                            hint: "Check its permissions.")
                    }
                    let platform = try Platform(yaml: text, file: path)
                    if taken.insert(platform.name).inserted { platforms.append(platform) }
                } catch {
                    if taken.insert(stem).inserted { faults[stem] = error }
                }
            }
        }
        platforms.sort { $0.name < $1.name }
    }

    /// The platform of this name.
    ///
    /// - Throws: `MontageError`: `presetUnknown` with the known names; `presetInvalid` with place and key where its
    ///   file is wrong.
    public func platform(named name: String) throws(MontageError) -> Platform {
        if let found = platforms.first(where: { $0.name == name }) { return found }
        if let fault = faults[name] { throw fault }
        let known = platforms.map(\.name).joined(separator: ", ")
        throw MontageError(
            .presetUnknown, operation: "no platform has this name", subject: name,
            hint: known.isEmpty
                ? "No platforms were found in \(directories.joined(separator: ", "))."
                : "Known: \(known). docs/LINT.md says how to write your own.")
    }
}
