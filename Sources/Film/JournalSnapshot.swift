import Foundation

/// One file that a step made: the journal's line from a work key to a digest.
package struct Artifact: Sendable, Hashable, Codable {
    /// The key of the step that made it.
    package var workKey: String
    /// Which of the step's outputs: `clip`, `frame`, a preset's name, `poster.jpg`.
    package var name: String
    /// Digest, ending and size.
    package var item: ArtifactStore.Item
    /// What was measured about it, as JSON: a clip's size and frame count, a film's proof.
    package var facts: String

    package init(workKey: String, name: String, item: ArtifactStore.Item, facts: String = "{}") {
        self.workKey = workKey
        self.name = name
        self.item = item
        self.facts = facts
    }

    /// The facts as a value.
    func fact<T: Decodable>(_ type: T.Type) -> T? {
        try? JSONDecoder().decode(type, from: Data(facts.utf8))
    }
}

/// A step as the journal remembers it, so that the next plan can say what changed.
package struct StepEntry: Sendable {
    /// Name of the storyboard.
    package var storyboard: String
    /// The step's name in it: `shot:storm`.
    package var step: String
    /// What its key was made of; nil leaves the last one standing.
    package var document: JSONDocument?

    package init(storyboard: String, step: String, document: JSONDocument?) {
        self.storyboard = storyboard
        self.step = step
        self.document = document
    }
}

/// What the journal said at one moment: the second of the three things a plan is computed from.
package struct JournalSnapshot: Sendable, Equatable {
    package private(set) var takes: [String: [Take]] = [:]
    /// All takes, oldest first.
    package private(set) var takesInOrder: [Take] = []
    package private(set) var artifacts: [String: [String: Artifact]] = [:]
    /// What was chosen, by storyboard and shot.
    package private(set) var choices: Set<Choice> = []
    private var documents: [String: String] = [:]

    /// A step of a storyboard, with what its key was made of when it last ran.
    package struct Step: Sendable, Hashable {
        package var storyboard: String
        package var name: String
        /// Canonical; its digest is the work key.
        package var document: String
    }

    package init() {}

    /// All steps, in no order.
    package var steps: [Step] {
        documents.compactMap { place, document in
            let parts = place.split(separator: "\n", maxSplits: 1).map(String.init)
            return parts.count == 2 ? Step(storyboard: parts[0], name: parts[1], document: document) : nil
        }
    }

    /// Takes are added oldest first.
    package mutating func add(_ take: Take) {
        takes[take.workKey, default: []].append(take)
        takesInOrder.append(take)
    }

    /// All artifacts, by work key and name.
    package var artifactsInOrder: [Artifact] {
        artifacts.sorted { $0.key < $1.key }.flatMap { $0.value.sorted { $0.key < $1.key }.map(\.value) }
    }

    package mutating func add(_ artifact: Artifact) {
        artifacts[artifact.workKey, default: [:]][artifact.name] = artifact
    }

    package mutating func add(_ choice: Choice) { choices.insert(choice) }

    package mutating func add(storyboard: String, step: String, document: String) {
        documents["\(storyboard)\n\(step)"] = document
    }

    /// The document of the step's key when it last ran, if it ever did.
    func document(storyboard: String, step: String) -> JSONDocument? {
        documents["\(storyboard)\n\(step)"].flatMap { try? JSONDocument(parsing: $0) }
    }
}
