import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Holds a folder for one run at a time. The kernel drops the lock when its process ends, however it ends.
///
/// The file names its owner so that the second run can say who is at work.
package struct FolderLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, or throws ``FilmError/Code/inUse`` (exit code 10) at once.
    package init(path: String) throws(FilmError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileSync.failure("the lock file cannot be opened", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let owner = (try? String(contentsOfFile: path, encoding: .utf8))?
                .trimmingCharacters(in: .whitespacesAndNewlines)
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw FilmError(
                    .io, "cannot be locked: \(String(cString: strerror(number)))", subject: path,
                    hint: "the folder's file system must know locks")
            }
            let who = owner.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
            throw FilmError(
                .inUse, "another run is at work here\(who)", subject: FileSync.folder(of: path),
                hint: "wait until it is done, or stop it; its work is kept")
        }
        let text = "pid \(getpid()) on \(ProcessInfo.processInfo.hostName)\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = descriptor
    }

    deinit {
        ftruncate(descriptor, 0)
        close(descriptor)
    }
}
