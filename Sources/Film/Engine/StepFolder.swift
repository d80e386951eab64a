import Foundation
import Media

/// A step on its way to another machine, as the head sees it: a folder with the step in `spec.json`, what was made of it,
/// and in the end `result.json`, which is the truth about it whatever else is said.
///
/// The folder's name is the digest of the step without the places of its outputs, so a run that comes after a crash looks
/// into the same folder, and asks for the same job, as the one before.
struct StepFolder: Sendable {
    /// `film-` and 16 hexadecimal digits: the name of the folder and of the job.
    let name: String
    /// The step.
    let spec: StepSpec
    /// Where it is.
    private let folder: URL
    /// What `spec.json` holds. The text and not the value: thousands of steps wait at the same time.
    private let text: [UInt8]
    /// Where the head wants what is made.
    private let outputs: [String]
    private let store: any StepStore

    /// Names the folder of a step. Touches no file.
    ///
    /// - Parameters:
    ///   - steps: Where the folders of steps are.
    ///   - scratch: The folder in which the step's outputs are to be.
    init(_ spec: StepSpec, in steps: URL, scratch: String) throws {
        self.spec = spec
        store = try StepStores.store(of: steps)
        var (file, outputs) = try StepFile.make(of: spec, in: steps, scratch: scratch)
        let unnamed = Array(try JSONDocument(encoding: file).canonical.utf8)
        name = "film-" + (try SHA256.hex(of: unnamed)).prefix(16)
        folder = steps.appendingPathComponent(name, isDirectory: true)
        file.folder = folder
        text = Array(try JSONDocument(encoding: file).canonical.utf8)
        self.outputs = outputs
    }

    var path: String { folder.path }
    var specPath: String { path + "/spec.json" }
    /// What the process of the step says.
    var logPath: String { path + "/log" }
    private var resultURI: URL { folder.appendingPathComponent("result.json") }

    /// Writes the step down, for whoever runs it.
    func write() throws {
        try store.write(text, to: folder.appendingPathComponent("spec.json"))
    }

    /// What became of it; nil while nothing is known, and while a shared folder does not show all of it.
    func result() -> StepFile.Result? {
        guard let data = store.read(resultURI),
            let result = try? JSONDecoder().decode(StepFile.Result.self, from: data)
        else { return nil }
        let isThere = (result.outputs ?? []).allSatisfy {
            store.size(of: folder.appendingPathComponent($0.file)) == $0.bytes
        }
        return isThere ? result : nil
    }

    /// Forgets what became of it, before it is tried again.
    func forgetResult() { store.remove(resultURI) }

    /// Moves what was made to where the head wants it, and removes the folder.
    func take(_ made: [StepFile.Output]) throws -> StepOutcome {
        var outcome = StepOutcome(outputs: [])
        for output in made {
            guard outputs.indices.contains(output.place) else {
                throw FilmError(.stepFailed, "made what nobody asked for", subject: spec.id)
            }
            var path = outputs[output.place]
            if !output.below.isEmpty {
                path += "/" + output.below
                try FileSync.makeFolder(FileSync.folder(of: path))
            }
            try store.take(folder.appendingPathComponent(output.file), to: path)
            var taken = StepOutcome.Output(name: output.name, path: path, facts: output.facts)
            taken.digest = output.digest
            outcome.outputs.append(taken)
        }
        store.remove(folder)
        return outcome
    }
}
