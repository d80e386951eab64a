import Foundation
public import Media
import Montage

/// A step on its way to another process: a folder of its own in the state folder, with the step in `spec.json`, what it
/// makes beside it, and in the end `result.json`, which is the truth about it whatever else is said.
///
/// The folder's name is the digest of the step with the places of its outputs taken out, so a run that comes after a
/// crash looks into the same folder, and asks for the same job, as the one before.
public struct StepFolder: Sendable {
    /// `film-` and 16 hexadecimal digits: the name of the folder and of the job.
    public let name: String
    /// Where it is.
    public let path: String
    /// The step, with its outputs in the folder.
    let spec: StepSpec

    /// What became of a step.
    struct Result: Sendable, Codable {
        /// What was made; nil for a failure.
        var outcome: StepOutcome?
        /// What went wrong; nil for an outcome.
        var failure: Failure?
    }

    /// A failure as it comes back from another process.
    public struct Failure: Sendable, Codable, Error, Hashable {
        /// In words.
        public var message: String
        /// What to do.
        public var hint: String?
        /// Whether the same step will fail again: bad input, and no full disk.
        public var isFinal: Bool
    }

    /// Names the folder of a step.
    ///
    /// - Parameter scratch: The folder in which the step's outputs were to be.
    init(_ spec: StepSpec, in folder: String, scratch: String) throws {
        var outputs: [String] = []
        func moved(_ document: JSONDocument, to place: String) -> JSONDocument {
            switch document {
            case .string(let text) where text.hasPrefix(scratch + "/"):
                let ending = (text as NSString).pathExtension
                let number = outputs.firstIndex(of: text) ?? outputs.count
                if number == outputs.count { outputs.append(text) }
                return .string("\(place)out-\(number)" + (ending.isEmpty ? "" : "." + ending))
            case .array(let items): return .array(items.map { moved($0, to: place) })
            case .object(let members):
                // In the order of their names, so that outputs have the same numbers each time.
                var result = members
                for key in members.keys.sorted() {
                    if let member = members[key] { result[key] = moved(member, to: place) }
                }
                return .object(result)
            default: return document
            }
        }
        let document = try JSONDocument(encoding: spec)
        let digest = try SHA256.hex(of: Array(moved(document, to: "").canonical.utf8))
        name = "film-" + digest.prefix(16)
        path = folder + "/steps/" + name
        outputs = []
        self.spec = try JSONDecoder().decode(
            StepSpec.self, from: Data(moved(document, to: path + "/").canonical.utf8))
    }

    var specPath: String { path + "/spec.json" }
    var resultPath: String { path + "/result.json" }
    /// What the process of the step says.
    var logPath: String { path + "/log" }

    /// Writes the step down, for whoever runs it.
    func write() throws {
        try FileSync.makeFolder(path)
        try FileSync.write(Array(try JSONDocument(encoding: spec).canonical.utf8), to: specPath)
    }

    /// What became of it; nil while nothing is known.
    func result() -> Result? {
        guard let data = FileManager.default.contents(atPath: resultPath) else { return nil }
        return try? JSONDecoder().decode(Result.self, from: data)
    }

    /// Forgets what became of it, before it is tried again.
    func forgetResult() { unlink(resultPath) }

    /// Removes the folder of a step whose outputs are all in the store.
    static func sweep(after outcome: StepOutcome, in state: String) {
        for path in Set(outcome.outputs.map { FileSync.folder(of: $0.path) })
        where path.hasPrefix(state + "/steps/film-") {
            let left = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            if !left.contains(where: { $0.hasPrefix("out-") }) {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }
}

extension StepSpec {
    /// Runs the step that is written in a file, and writes what became of it into `result.json` beside it, under a
    /// temporary name first. Twice at once is harmless: both make the same bytes, and every file gets its name by a
    /// rename. Blocks.
    ///
    /// - Returns: What went wrong; nil where it was done.
    /// - Throws: ``FilmError`` where the file is no step, or the result cannot be written; `.cancelled`, and then
    ///   there is no result: whoever stopped it knows.
    public static func run(file: String, interrupt: Interrupt) throws -> StepFolder.Failure? {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FilmError(.fileInvalid, "cannot be read", subject: file, hint: "give the file of a step")
        }
        let spec: StepSpec
        do {
            spec = try JSONDecoder().decode(StepSpec.self, from: data)
        } catch {
            throw FilmError(
                .fileInvalid, "is no step of this version of reel", subject: file,
                hint: "use the same version here as where the film is made", underlying: error)
        }
        var result = StepFolder.Result()
        do {
            result.outcome = try spec.run(interrupt: interrupt)
        } catch {
            if FilmError.isCancellation(error) { throw error }
            result.failure = StepFolder.Failure(
                message: FilmError.message(of: error), hint: FilmError.hint(of: error),
                isFinal: !isTemporary(error))
        }
        let text = try JSONDocument(encoding: result).canonical
        try FileSync.write(Array(text.utf8), to: FileSync.folder(of: file) + "/result.json")
        return result.failure
    }

    /// Whether it may go better another time or elsewhere: it was the machine's fault, and not the file's.
    private static func isTemporary(_ error: any Error) -> Bool {
        let code = (error as? MediaError)?.code ?? (error as? MontageError)?.underlying?.code
        return code.map { [.diskFull, .io, .outOfMemory, .notFound, .permissionDenied].contains($0) } ?? false
    }
}
