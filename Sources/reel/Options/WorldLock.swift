import Foundation

/// Keeps a sandbox's world to one process: two of them would paint, and charge, the same tasks. The lock goes
/// with the process, however it ends.
final class WorldLock: Sendable {
    private let descriptor: Int32

    /// Takes the world in `folder`, which must exist.
    init(folder: String) throws {
        let path = (folder as NSString).appendingPathComponent("lock")
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw Complaint(
                .failed, code: "permissionDenied", "the sandbox's folder may not be written", at: folder,
                hint: "choose a folder you may write to")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw Complaint(
                .inUse, code: "inUse", "another run works with this sandbox", at: folder,
                hint: "wait for it to end, or stop it")
        }
        descriptor = file
    }

    deinit { close(descriptor) }
}
