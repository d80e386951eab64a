public import Foundation
public import Media

/// Whether a film's folder holds what its journal says: every file read again, every charge held against a clip.
public struct Audit: Sendable, Codable, Equatable {
    /// Something that is not as the journal says.
    public struct Problem: Sendable, Codable, Equatable {
        /// What kind: `missing`, `damaged`, `noClip`, `noTake`, `chargedTwice`.
        public var kind: String
        /// A file of the store, or a task's UUID.
        public var subject: String
        /// In words.
        public var detail: String
    }

    /// Files of the store that were read.
    public var files = 0
    /// Their bytes.
    public var bytes: Int64 = 0
    /// Takes, by state.
    public var takes: [String: Int] = [:]
    /// What they cost together, by provider, in USD.
    public var spent: [String: Decimal] = [:]
    /// What is wrong.
    public var problems: [Problem] = []
    /// What is worth knowing and not wrong: files that no step names, takes whose end is not known.
    public var notes: [String] = []

    /// Whether everything is as the journal says.
    public var passed: Bool { problems.isEmpty }
}

extension Film {
    /// Reads every file of a state folder's store again and holds the journal's takes against them. Writes nothing,
    /// takes no lock. Blocks for as long as the files take to read.
    ///
    /// - Throws: ``FilmError`` where the journal cannot be read, or there is none.
    public static func verify(
        stateDirectory: String, interrupt: Interrupt, progress: ((Double) -> Void)? = nil
    ) throws -> Audit {
        let journal = try snapshot(stateDirectory)
        let store = ArtifactStore(folder: stateDirectory)
        var audit = Audit()
        let artifacts = journal.artifactsInOrder
        try audit.readFiles(of: artifacts, in: store, interrupt: interrupt, progress: progress)
        let listing = store.listing()
        audit.judge(
            journal.takesInOrder, clips: artifacts.filter { $0.name == "clip" }, files: Set(listing.keys))
        audit.look(for: artifacts, in: listing)
        return audit
    }
}

extension Audit {
    /// Hashes each file once, however many steps name it.
    fileprivate mutating func readFiles(
        of artifacts: [Artifact], in store: ArtifactStore, interrupt: Interrupt, progress: ((Double) -> Void)?
    ) throws {
        var users: [ArtifactStore.Item: [Artifact]] = [:]
        for artifact in artifacts { users[artifact.item, default: []].append(artifact) }
        let items = users.keys.sorted { $0.name < $1.name }
        let all = max(1, items.reduce(0) { $0 + $1.bytes })
        var done: Int64 = 0
        for item in items {
            try interrupt.check()
            defer {
                done += item.bytes
                progress?(Double(done) / Double(all))
            }
            let names = Set(users[item, default: []].map(\.name)).sorted().joined(separator: ", ")
            guard store.contains(item) else {
                let isThere = store.item(digest: item.digest, ext: item.ext) != nil
                problems.append(
                    Problem(
                        kind: isThere ? "damaged" : "missing", subject: store.path(of: item),
                        detail: isThere
                            ? "has another size than the journal says (\(names))" : "is gone (\(names))"))
                continue
            }
            files += 1
            bytes += item.bytes
            if try !store.isSound(item, interrupt: interrupt) {
                problems.append(
                    Problem(
                        kind: "damaged", subject: store.path(of: item),
                        detail: "its bytes are not those it is named by (\(names))"))
            }
        }
    }

    /// Every stored take has its clip, every clip its take, and no request has two charges without a reason.
    fileprivate mutating func judge(_ all: [Take], clips: [Artifact], files: Set<String>) {
        var digests: [String: Set<String>] = [:]
        for clip in clips { digests[clip.workKey, default: []].insert(clip.item.digest) }
        var charged: [String: [Take]] = [:]
        for take in all {
            takes[take.state.rawValue, default: 0] += 1
            spent[take.generator, default: 0] += take.cost ?? 0
            if take.cost ?? 0 > 0 { charged[take.workKey, default: []].append(take) }
            let name = "\(take.storyboard)/\(take.shot), take \(take.number)"
            if take.state == .stored, digests[take.workKey] == nil, take.droppedAt == nil {
                problems.append(
                    Problem(
                        kind: "noClip", subject: take.taskUUID,
                        detail: "is stored, and no clip is in the journal for it (\(name))"))
            }
            if take.state.isPending {
                notes.append(
                    "task \(take.taskUUID) (\(name)) is \(take.state.rawValue): the next run asks for it")
            }
        }
        let stored = Set(all.filter { $0.state == .stored }.map(\.workKey))
        for clip in clips where !stored.contains(clip.workKey) {
            problems.append(
                Problem(
                    kind: "noTake", subject: clip.item.name,
                    detail: "is a clip that no take of the journal paid for")
            )
        }
        for takes in charged.values.sorted(by: { $0[0].taskUUID < $1[0].taskUUID }) where takes.count > 1 {
            let list = takes.map { "\($0.taskUUID) \($0.state.rawValue) $\($0.cost ?? 0)" }
            // Where the first clip was lost, here and at the service, a second one had to be bought.
            let isPaidTwice =
                takes.count { take in
                    take.state == .stored && (take.digest.map { files.contains($0 + ".mp4") } ?? false)
                } > 1
            let words = "\(takes[0].storyboard)/\(takes[0].shot) was charged \(takes.count) times: "
            if isPaidTwice {
                problems.append(
                    Problem(
                        kind: "chargedTwice", subject: takes[0].taskUUID,
                        detail: words + list.joined(separator: "; ")))
            } else {
                notes.append(words + list.joined(separator: "; "))
            }
        }
    }

    /// Files that no step names: of runs that died between the file and the journal, or put there by somebody.
    fileprivate mutating func look(for artifacts: [Artifact], in listing: [String: Int64]) {
        let known = Set(artifacts.map(\.item.name))
        let strange = listing.filter { !known.contains($0.key) }
        guard !strange.isEmpty else { return }
        let size = strange.values.reduce(0, +)
        let names = strange.keys.sorted().prefix(3).joined(separator: ", ")
        let words =
            strange.count == 1
            ? "1 file of the store (\(size) bytes) belongs"
            : "\(strange.count) files of the store (\(size) bytes) belong"
        notes.append(
            "\(words) to no step: \(names)"
                + (strange.count > 3 ? ", …" : ""))
    }
}
