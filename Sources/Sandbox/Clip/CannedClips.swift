import Foundation
import Media
import Synchronization

/// One clip for each size, length, container and sound, painted when first asked for and from then on only
/// linked to: thousands of tasks cost the painting of one. Several sandboxes may share a folder.
struct CannedClips: Sendable {
    let folder: String
    let lanes: Lanes

    /// What is being painted or has been, by path, for all sandboxes of this process.
    private static let made = Mutex<[String: Task<Void, any Error>]>([:])

    /// Puts the clip that belongs to a task at `path`, as a hard link where the file system allows it.
    func place(_ task: VideoTask, at path: String) async throws {
        let source = try await clip(for: task)
        // What a killed process left under this name is the same clip.
        if link(source, path) == 0 || errno == EEXIST { return }
        // Another file system, or too many links to one file.
        try FileManager.default.copyItem(atPath: source, toPath: path)
    }

    private func clip(for task: VideoTask) async throws -> String {
        let sound = task.audio ? "sound" : "silent"
        let name = "\(task.width)x\(task.height)-\(task.seconds)s-\(sound).\(task.format.fileExtension)"
        let path = "\(folder)/\(name)"
        let making = Self.made.withLock { made in
            if let known = made[path] { return known }
            let new = Task { try await paint(task, at: path) }
            made[path] = new
            return new
        }
        do {
            try await making.value
            if FileManager.default.fileExists(atPath: path) { return path }
            // The folder was removed since.
            try await paint(task, at: path)
        } catch {
            Self.made.withLock { $0[path] = nil }
            throw error
        }
        return path
    }

    private func paint(_ task: VideoTask, at path: String) async throws {
        if FileManager.default.fileExists(atPath: path) { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var plain = task
        plain.prompt = "a lighthouse by the sea at dusk"
        plain.style = nil
        plain.first = nil
        plain.last = nil
        plain.multiClip = false
        plain.quality = 95
        let order = ClipOrder(task: plain, seed: 7, imageFolder: folder)
        let own = "\(folder)/\(UUID().uuidString).\(task.format.fileExtension)"
        defer { unlink(own) }
        try await lanes.run { interrupt in
            try ClipMaker.make(order, path: own, interrupt: interrupt) { _ in }
        }
        // Another process may have been quicker; its clip stays, for others may be linked to it.
        guard link(own, path) == 0 || errno == EEXIST else {
            throw SandboxError(
                message: "the canned clip \(path) cannot be made",
                hint: "name another cannedFolder, or take painted clips")
        }
    }
}
