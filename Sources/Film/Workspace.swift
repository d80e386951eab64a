import Foundation

/// The state folder of a storyboard, opened for one run: lock, journal, store. Closing it gives the lock back.
package final class Workspace: Sendable {
    /// The folder, usually `.reel`.
    package let folder: String
    /// What was meant and what happened.
    package let journal: Journal
    /// The files.
    package let store: ArtifactStore
    private let lock: FolderLock

    /// Takes the lock (exit code 10 when another run has it), then opens everything.
    package init(folder: String) throws(FilmError) {
        self.folder = folder
        try FileSync.makeFolder(folder)
        lock = try FolderLock(path: folder + "/lock")
        store = ArtifactStore(folder: folder)
        try store.prepare()
        journal = try Journal(path: Self.journalPath(in: folder))
    }

    /// Where the journal of a state folder is.
    package static func journalPath(in folder: String) -> String { folder + "/journal.sqlite" }

    /// An artifact of a work key whose file is in the store.
    func artifact(_ key: WorkKey, _ name: String) throws(FilmError) -> Artifact? {
        try journal.artifacts(workKey: key.digest)[name].flatMap { store.contains($0.item) ? $0 : nil }
    }

    func path(of artifact: Artifact) -> String { store.path(of: artifact.item) }
}
