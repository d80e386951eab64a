import Foundation

/// What a settings file says of who encodes and joins.
///
///     executor: slurm
///     slurm:
///       partition: media
///       sbatch-args: [--account=film, --qos=low]
///       max-queued: 500
///       poll: 5
///       scratch: /local
public struct EngineConfiguration: Sendable, Hashable {
    /// Who encodes and joins.
    public enum Executor: String, Sendable, CaseIterable {
        /// This machine.
        case local
        /// A Slurm cluster.
        case slurm
    }

    /// Who encodes and joins; nil where the file does not say.
    public var executor: Executor?
    /// The partition.
    public var partition: String?
    /// Further words for `sbatch`.
    public var arguments: [String] = []
    /// How many jobs may be with the cluster at a time.
    public var mostJobs: Int?
    /// Seconds between two looks at the queue.
    public var pause: Double?
    /// A folder on a disk of each machine's own.
    public var scratch: String?

    /// What is said where there is no file: nothing.
    public init() {}

    /// Reads a file. Unknown keys are refused, with the place.
    public init(file: String) throws(FilmError) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw FilmError(
                .settingsInvalid, "cannot be read", subject: file, hint: "name a settings file, as UTF-8 text"
            )
        }
        do throws(FilmError) {
            try read(YAMLCursor.root(of: text, file: file))
        } catch {
            var error = error
            error.code = .settingsInvalid
            if error.message == "is empty" { error.hint = "docs/CLUSTER.md has an example" }
            throw error
        }
    }

    private mutating func read(_ root: YAMLCursor) throws(FilmError) {
        let entries = try root.entries(known: ["executor", "slurm"])
        if let cursor = entries["executor"] {
            executor = Executor(rawValue: try cursor.word(Executor.allCases.map(\.rawValue)))
        }
        guard let slurm = entries["slurm"] else { return }
        let keys = try slurm.entries(known: ["partition", "sbatch-args", "max-queued", "poll", "scratch"])
        partition = try keys["partition"]?.text()
        if let cursor = keys["sbatch-args"] {
            for item in try cursor.items() { arguments.append(try item.text()) }
        }
        if let cursor = keys["max-queued"] { mostJobs = Int(try cursor.int(1...1_000_000)) }
        pause = try keys["poll"]?.number(0.05...3600, "seconds")
        if let cursor = keys["scratch"] {
            let path = try cursor.text()
            guard path.hasPrefix("/") else {
                throw cursor.error("must begin with /", hint: "it is a path of the cluster's machines")
            }
            scratch = path
        }
    }

    /// The file that is read where none is named: `reel.yaml` beside the storyboard, or else
    /// `reel/reel.yaml` in the user's folder of settings. Nil where there is neither.
    ///
    /// - Parameter storyboard: The storyboard's path; nil for the current folder.
    public static func usualFile(beside storyboard: String?) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let own = URL(fileURLWithPath: storyboard ?? "./x").deletingLastPathComponent()
        var places = [own.appendingPathComponent("reel.yaml").path]
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            places.append(folder + "/reel/reel.yaml")
        } else if let home = environment["HOME"] {
            places.append(home + "/.config/reel/reel.yaml")
        }
        let film = storyboard.map { URL(fileURLWithPath: $0).path }
        return places.first { $0 != film && FileManager.default.fileExists(atPath: $0) }
    }
}
