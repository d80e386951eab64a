import Foundation
public import Media
import Montage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StepSpec {
    /// Runs the step that is written in a file, on copies of its files, and leaves what it made and `result.json` beside
    /// it. Twice at once is harmless: each copy has a folder of its own, and what they publish is named by its bytes.
    /// Blocks.
    ///
    /// - Parameters:
    ///   - file: `spec.json`, at a path of this machine.
    ///   - scratch: A folder on a disk of this machine, for the copies; what killed steps left in it is removed.
    ///   - patience: Seconds that a shared folder has to show the files that go in.
    /// - Returns: What went wrong; nil where it was done.
    /// - Throws: ``FilmError`` where the file is no step, or the result cannot be written; `.cancelled`, and then
    ///   there is no result: whoever stopped it knows.
    public static func run(
        file: String, scratch: String? = nil, patience: Double = 30, interrupt: Interrupt
    ) throws -> StepFailure? {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FilmError(.fileInvalid, "cannot be read", subject: file, hint: "give the file of a step")
        }
        let step: StepFile
        do {
            step = try JSONDecoder().decode(StepFile.self, from: data)
        } catch {
            throw FilmError(
                .fileInvalid, "is no step of this version of reel", subject: file,
                hint: "use the same version here as where the film is made", underlying: error)
        }
        var result = StepFile.Result(machine: ProcessInfo.processInfo.hostName)
        do {
            result.outputs = try step.run(
                scratch: scratch ?? NSTemporaryDirectory(), patience: patience, interrupt: interrupt)
        } catch {
            if FilmError.isCancellation(error) { throw error }
            result.failure =
                error as? StepFailure
                ?? StepFailure(
                    message: FilmError.message(of: error), hint: FilmError.hint(of: error),
                    isFinal: !isTemporary(error))
        }
        let text = try JSONDocument(encoding: result).canonical
        try FileSync.write(Array(text.utf8), to: FileSync.folder(of: file) + "/result.json")
        return result.failure
    }

    /// Whether it may go better another time or elsewhere: it was the machine's fault, and not the file's.
    private static func isTemporary(_ error: any Error) -> Bool {
        if let error = error as? FilmError { return error.code == .io }
        let code = (error as? MediaError)?.code ?? (error as? MontageError)?.underlying?.code
        return code.map { [.diskFull, .io, .outOfMemory, .notFound, .permissionDenied].contains($0) } ?? false
    }
}

extension StepFile {
    /// Fetches, works, publishes.
    fileprivate func run(scratch: String, patience: Double, interrupt: Interrupt) throws -> [Output] {
        for (name, version) in libraries.sorted(by: { $0.key < $1.key }) {
            let here = Self.libraries[name] ?? "missing"
            guard here == version else {
                throw StepFailure(
                    message:
                        "\(name) is \(here) on \(ProcessInfo.processInfo.hostName), and \(version) where "
                        + "the film is made",
                    hint:
                        "install the same FFmpeg on all machines; `reel doctor --executor slurm` looks at them",
                    isFinal: false)
            }
        }
        let own = try StepScratch(in: scratch)
        let copies = try inputs.enumerated().map { number, input in
            let copy = "\(own.path)/in-\(number).\(input.uri.pathExtension)"
            try StepStores.store(of: input.uri).fetch(
                input, to: copy, patience: patience, interrupt: interrupt)
            return copy
        }
        let places = outputs.enumerated().map { number, ending in
            "\(own.path)/out-\(number)" + (ending.isEmpty ? "" : "." + ending)
        }
        let outcome = try spec(inputs: copies, outputs: places).run(interrupt: interrupt)
        let store = try StepStores.store(of: folder)
        return try outcome.outputs.map { made in
            guard let place = places.firstIndex(where: { made.path == $0 || made.path.hasPrefix($0 + "/") })
            else {
                throw StepFailure(
                    message: "\(made.name) was not made where it was asked for", hint: nil, isFinal: true)
            }
            let published = try store.publish(made.path, into: folder, interrupt: interrupt)
            return Output(
                name: made.name, place: place,
                below: made.path == places[place]
                    ? "" : String(made.path.dropFirst(places[place].count + 1)),
                file: published.file, digest: published.digest, bytes: published.bytes, facts: made.facts)
        }
    }
}

/// A folder of this machine for one step, gone with it.
///
/// What a killed step left is removed by the next one: the kernel drops a dead process' lock on its folder.
private struct StepScratch: ~Copyable {
    let path: String
    private let lock: Int32

    /// Makes the folder in `parent`.
    init(in parent: String) throws {
        Self.sweep(parent)
        let path = "\(parent)/reel-step-\(UUID().uuidString)"
        lock = try Self.locked(path, parent)
        self.path = path
    }

    /// Makes a folder that has its name when it has its lock.
    private static func locked(_ path: String, _ parent: String) throws -> Int32 {
        let unnamed = "\(parent)/reel-new-\(UUID().uuidString)"
        try FileSync.makeFolder(unnamed)
        let lock = open(unnamed, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(unnamed, path) == 0 else {
            let fault = FileSync.failure("the folder cannot be locked", unnamed)
            if lock >= 0 { close(lock) }
            rmdir(unnamed)
            throw fault
        }
        return lock
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    private static func sweep(_ parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        where name.hasPrefix("reel-step-") {
            let path = "\(parent)/\(name)"
            let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: path) }
            close(lock)
        }
    }
}
