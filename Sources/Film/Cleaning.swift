public import Foundation
import Media

/// What of a store no film needs any more: what would be freed, or what was.
public struct Cleaning: Sendable, Codable, Equatable {
    /// So many files of one kind.
    public struct Heap: Sendable, Codable, Equatable {
        /// `segment`, `film`, `frame`, `clip`, `seam`, `seams`, `thumbnails`, `slate`; `step` for what killed runs left on
        /// its way to a cluster and back; `other` for what belongs to no step.
        public var kind: String
        /// How many.
        public var files: Int
        /// Their bytes.
        public var bytes: Int64
    }

    /// What is freed, the largest heap first.
    public var freed: [Heap] = []
    /// Clips that no film needs and that were paid for: kept, unless they were asked for too.
    public var paid = Heap(kind: "clip", files: 0, bytes: 0)
    /// What those clips cost, in USD, by provider.
    public var paidFor: [String: Decimal] = [:]
    /// What stays: files that the films need.
    public var kept = Heap(kind: "kept", files: 0, bytes: 0)
    /// Whether it was done, and not only looked up.
    public var isDone = false

    /// Files freed together.
    public var files: Int { freed.reduce(0) { $0 + $1.files } }
    /// Bytes freed together.
    public var bytes: Int64 { freed.reduce(0) { $0 + $1.bytes } }
}

extension Film {
    /// Looks up, and on request removes, what of a state folder's store no film needs any more.
    ///
    /// Needed is what the last run of each storyboard's steps made. What is removed can be made again from the clips;
    /// clips that were paid for stay unless `paid` says otherwise, and then the journal remembers that they were
    /// given up on purpose: `reel plan` says so before one of them would be bought again. Blocks.
    ///
    /// - Parameters:
    ///   - storyboard: Its shots and deliveries are the only ones of that film that are still needed; nil takes
    ///     all that the journal knows.
    ///   - paid: Whether clips that no film needs go too, though they were paid for.
    ///   - remove: Whether it is done; takes the folder's lock.
    /// - Throws: ``FilmError``; exit code 10 where a film is being made in the folder.
    public static func clean(
        stateDirectory: String, storyboard: Storyboard? = nil, paid: Bool = false, remove: Bool = false
    ) throws -> Cleaning {
        let workspace = remove ? try Workspace(folder: stateDirectory) : nil
        let journal = try snapshot(stateDirectory)
        let store = ArtifactStore(folder: stateDirectory)
        var search = CleaningSearch(journal, storyboard: storyboard, takesPaid: paid)
        for (name, bytes) in store.listing() { search.judge(name, bytes) }
        let steps = stateDirectory + "/steps"
        for bytes in sizes(below: steps) { search.free(bytes, kind: "step") }
        guard let workspace else { return search.found }
        // First the journal forgets them, then they go: should this run die between, files are left that nobody
        // names, and the next one takes them.
        try workspace.journal.drop(search.items)
        for name in search.names { try store.remove(name) }
        try? FileManager.default.removeItem(atPath: steps)
        search.found.isDone = true
        return search.found
    }

    /// The sizes of the files in a folder and in those below it.
    private static func sizes(below folder: String) -> [Int64] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).compactMap { name in
            let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            guard facts?[.type] as? FileAttributeType == .typeRegular else { return nil }
            return (facts?[.size] as? NSNumber)?.int64Value ?? 0
        }
    }
}

/// The judgement over each file of a store.
private struct CleaningSearch {
    private(set) var names: [String] = []
    private(set) var items: [ArtifactStore.Item] = []
    var found = Cleaning()

    private let takesPaid: Bool
    private var artifacts: [String: [Artifact]] = [:]
    private var kinds: [String: String] = [:]
    private var needed: Set<String> = []
    private var takes: [String: [Take]] = [:]

    init(_ journal: JournalSnapshot, storyboard: Storyboard?, takesPaid: Bool) {
        self.takesPaid = takesPaid
        for artifact in journal.artifactsInOrder {
            artifacts[artifact.item.name, default: []].append(artifact)
        }
        for take in journal.takesInOrder {
            if let digest = take.digest { takes[digest, default: []].append(take) }
        }
        for step in journal.steps {
            guard let key = try? SHA256.hex(of: Array(step.document.utf8)) else { continue }
            kinds[key] = step.kind
            if storyboard.map({ step.isOf($0) }) ?? true { needed.insert(key) }
        }
    }

    /// Most outputs are named for what they are; what is made for a delivery has that one's name.
    private func kind(_ artifact: Artifact) -> String {
        if let kind = kinds[artifact.workKey] { return kind }
        if ["clip", "frame", "film", "seam", "slate"].contains(artifact.name) { return artifact.name }
        if artifact.name == StepSpec.seamSheetName { return "seams" }
        return StepSpec.thumbnailNames.contains(artifact.name) ? "thumbnails" : "segment"
    }

    mutating func judge(_ name: String, _ bytes: Int64) {
        let users = artifacts[name] ?? []
        if users.contains(where: { needed.contains($0.workKey) }) {
            found.kept.files += 1
            found.kept.bytes += bytes
            return
        }
        let digest = String(name.prefix { $0 != "." })
        let bought = name == digest + ".mp4" ? takes[digest] ?? [] : []
        let isClip = !bought.isEmpty && (users.isEmpty || users.contains { $0.name == "clip" })
        if isClip {
            found.paid.files += 1
            found.paid.bytes += bytes
            for take in bought { found.paidFor[take.generator, default: 0] += take.cost ?? 0 }
            guard takesPaid else { return }
        }
        names.append(name)
        if let item = users.first?.item { items.append(item) }
        free(bytes, kind: users.first.map(kind) ?? (isClip ? "clip" : "other"))
    }

    /// Counts a file among what is freed.
    mutating func free(_ bytes: Int64, kind: String) {
        let place = found.freed.firstIndex { $0.kind == kind }
        if let place {
            found.freed[place].files += 1
            found.freed[place].bytes += bytes
        } else {
            found.freed.append(.init(kind: kind, files: 1, bytes: bytes))
        }
        found.freed.sort { ($0.bytes, $1.kind) > ($1.bytes, $0.kind) }
    }
}

extension JournalSnapshot.Step {
    /// What kind of step it is: `segment` of `segment:storm:mp4-web`.
    fileprivate var kind: String { String(name.prefix { $0 != ":" }) }

    /// Whether the storyboard still has the shot and the delivery that the step is of; a step of another film is.
    fileprivate func isOf(_ film: Storyboard) -> Bool {
        guard storyboard == film.name || storyboard.hasPrefix(film.name + " (") else { return true }
        let parts = name.split(separator: ":").map(String.init)
        guard parts.count > 1 else { return true }
        if parts[0] == "film" { return film.film.deliver.contains(parts[1]) }
        let shot = parts[1].prefix { $0 != "#" }
        return film.shots.contains { $0.id == shot }
            && (parts.count < 3 || film.film.deliver.contains(parts[2]))
    }
}
