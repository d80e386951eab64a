import Foundation
import Media

/// What lies in `spec.json`: a step whose files are named by what they are and where they lie, and by no path of the
/// machine that wrote it down.
///
/// In the step's document an object `{"$input":0}` stands for the path of a file that goes in, `{"$output":0}` for one
/// that is made. Whoever runs the step puts paths of its own there.
struct StepFile: Sendable, Codable {
    /// A file that goes in.
    struct Input: Sendable, Codable, Hashable {
        /// SHA-256 of the file.
        var digest: String
        /// Where it lies.
        var uri: URL
    }

    /// A file that was made, in the folder of the step.
    struct Output: Sendable, Codable {
        /// Which of the outputs.
        var name: String
        /// Which of the step's `$output`s it is, or lies in.
        var place: Int
        /// The path below that, for one of a folder's files; empty for the output itself.
        var below: String
        /// The file in the step's folder, named by its digest: two copies of a step cannot get into each other's way,
        /// though one made other bytes.
        var file: String
        /// SHA-256.
        var digest: String
        /// Size in bytes.
        var bytes: Int64
        /// What was measured about it, as JSON text.
        var facts: String
    }

    /// What became of a step: `result.json`.
    struct Result: Sendable, Codable {
        /// What was made; nil for a failure.
        var outputs: [Output]?
        /// What went wrong; nil where it was done.
        var failure: StepFailure?
        /// Where it was run.
        var machine: String?
    }

    /// The step's folder.
    var folder: URL
    /// The libraries of who wrote it down, by name. Who has others makes other bytes.
    var libraries: [String: String]
    /// The files that go in.
    var inputs: [Input]
    /// The endings of what is made, each without its dot.
    var outputs: [String]
    /// The step.
    var step: JSONDocument

    /// Writes a step down, all but its folder.
    ///
    /// - Parameter scratch: The folder in which the step's outputs were to be.
    /// - Returns: The file, and the paths that its outputs were to have.
    static func make(
        of spec: StepSpec, in steps: URL, scratch: String
    ) throws -> (file: StepFile, outputs: [String]) {
        var outputs: [String] = []
        var places: [String: Int] = [:]
        var inputs: [Input] = []
        for input in spec.inputs where places[input.path] == nil {
            places[input.path] = inputs.count
            inputs.append(Input(digest: input.digest, uri: URL(fileURLWithPath: input.path)))
        }
        func named(_ document: JSONDocument) -> JSONDocument {
            switch document {
            case .string(let text):
                if let place = places[text] { return .object([inputKey: .int(Int64(place))]) }
                guard text.hasPrefix(scratch + "/") else { return document }
                let place = outputs.firstIndex(of: text) ?? outputs.count
                if place == outputs.count { outputs.append(text) }
                return .object([outputKey: .int(Int64(place))])
            case .array(let items): return .array(items.map(named))
            case .object(var members):
                // In the order of their names, so that outputs have the same numbers each time.
                for key in members.keys.sorted() {
                    if let member = members[key] { members[key] = named(member) }
                }
                return .object(members)
            default: return document
            }
        }
        var bare = spec
        bare.inputs = []
        let step = named(try JSONDocument(encoding: bare))
        let file = StepFile(
            folder: steps, libraries: Self.libraries, inputs: inputs,
            outputs: outputs.map { ($0 as NSString).pathExtension }, step: step)
        return (file, outputs)
    }

    /// The step with paths of this machine.
    func spec(inputs: [String], outputs: [String]) throws -> StepSpec {
        func placed(_ document: JSONDocument) throws -> JSONDocument {
            switch document {
            case .array(let items): return .array(try items.map(placed))
            case .object(let members):
                if members.count == 1, let (key, value) = members.first, case .int(let place) = value,
                    let paths = [Self.inputKey: inputs, Self.outputKey: outputs][key]
                {
                    guard paths.indices.contains(Int(place)) else {
                        throw StepFailure(
                            message: "the step names a file that it does not list", hint: nil, isFinal: true)
                    }
                    return .string(paths[Int(place)])
                }
                return .object(try members.mapValues(placed))
            default: return document
            }
        }
        var spec = try JSONDecoder().decode(StepSpec.self, from: Data(placed(step).canonical.utf8))
        spec.inputs = zip(self.inputs, inputs).map { .init(digest: $0.digest, path: $1) }
        return spec
    }

    /// The libraries of this process.
    static let libraries = Dictionary(FFmpegVersions.libraries.map { ($0.name, $0.run) }) { first, _ in first
    }

    private static let inputKey = "$input"
    private static let outputKey = "$output"
}
