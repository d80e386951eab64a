import Foundation
import Synchronization

/// The temporary files and folders that this process holds, so that a process that must end now takes them with it.
///
/// Usually a `PendingFile` removes its own file as it goes away. But a slow encoder call keeps it from going, and
/// then only somebody who knows all names can tidy up. A file is renamed under the same lock that guards the
/// names, so each one is published or removed, never both.
package enum UnpublishedFiles {
    private static let paths = Mutex<Set<String>>([])

    /// From now on `removeAll()` removes this path, whether or not something is there yet: a file, or a folder
    /// that is empty once all else is removed.
    package static func add(_ path: String) { _ = paths.withLock { $0.insert(path) } }

    /// The file is gone, or somebody else's.
    package static func forget(_ path: String) { _ = paths.withLock { $0.remove(path) } }

    /// Renames and forgets.
    ///
    /// - Returns: What `rename` returned; `errno` says more.
    static func rename(_ path: String, to finalPath: String) -> Int32 {
        paths.withLock { paths in
            let result = Foundation.rename(path, finalPath)
            if result == 0 { paths.remove(path) }
            return result
        }
    }

    /// Removes all of them. For the last act of a process: their writers are not asked, and go on writing into
    /// files without a name.
    ///
    /// Waits a twentieth of a second for the lock at most: a rename on a dead network disk never gives it back.
    package static func removeAll() {
        for _ in 0..<50 {
            let removed: Void? = paths.withLockIfAvailable { paths in
                // What lies in a folder has a longer name than the folder, so it goes first.
                for path in paths.sorted(by: { $0.utf8.count > $1.utf8.count }) { remove(path) }
            }
            if removed != nil { return }
            usleep(1000)
        }
    }
}
