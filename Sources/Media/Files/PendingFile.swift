import CFFmpeg
import Foundation
import Synchronization

/// A file under a temporary name beside its final one, so that nobody sees half of it.
///
/// `publish()` renames it; a pending file that goes away unpublished is removed. The temporary name
/// begins with ".reel-" and ends in ".partial", short whatever the final name is; only a killed process leaves one
/// behind. `UnpublishedFiles` knows it as long as it has that name.
public struct PendingFile: ~Copyable {
    /// Where to write.
    public let path: String
    /// Where it will stand.
    public let finalPath: String
    private let state = Published()

    private final class Published { var value = false }
    private static let counter = Atomic<Int>(0)

    /// Chooses a name; creates nothing.
    ///
    /// - Throws: `.notFound` if the folder is missing, `.isDirectory` if the final path is a folder,
    ///   `.permissionDenied` if the folder cannot be written: known before any work is done.
    public init(for finalPath: String) throws(MediaError) {
        let folder = Self.folder(of: finalPath)
        var info = stat()
        if stat(finalPath, &info) == 0 {
            if info.st_mode & S_IFMT == S_IFDIR {
                throw MediaError(.isDirectory, operation: "stat", subject: finalPath)
            }
        } else if errno == ENAMETOOLONG || errno == ELOOP {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "stat", subject: finalPath)
        }
        if stat(folder, &info) != 0 {
            var error = MediaError(ffmpeg: reel_averror(errno), operation: "stat", subject: folder)
            if error.code == .notFound { error.hint = "make the folder first" }
            throw error
        }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw MediaError(
                .notFound, operation: "stat", subject: folder, hint: "this is a file; name a folder")
        }
        if access(folder, W_OK | X_OK) != 0 {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "access", subject: folder)
        }
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        // Other machines may write to this folder too, so process and number alone would not do.
        let chance = String(UInt32.random(in: 0 ... .max), radix: 36)
        let name = ".reel-\(getpid())-\(number)-\(chance).partial"
        path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        self.finalPath = finalPath
        UnpublishedFiles.add(path)
    }

    deinit {
        guard !state.value else { return }
        unlink(path)
        UnpublishedFiles.forget(path)
    }

    /// Makes the bytes durable and gives the file its final name, replacing what is there. Blocks.
    ///
    /// - Parameter sync: Whether file and folder are flushed to the disk first and after.
    public consuming func publish(sync: Bool = true) throws(MediaError) {
        if sync { try Self.flush(path, O_RDONLY) }
        guard UnpublishedFiles.rename(path, to: finalPath) == 0 else {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "rename", subject: finalPath)
        }
        state.value = true
        if sync {
            try Self.flush(Self.folder(of: finalPath), O_RDONLY | O_DIRECTORY)
        }
    }

    /// Writes bytes at hand and publishes them. Blocks.
    public static func write(_ bytes: [UInt8], to finalPath: String, sync: Bool = true) throws(MediaError) {
        let pending = try PendingFile(for: finalPath)
        try pending.fill(bytes)
        try pending.publish(sync: sync)
    }

    /// Writes bytes at hand under the temporary name; `publish()` is still to be called. Blocks.
    public func fill(_ bytes: [UInt8]) throws(MediaError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "open", subject: finalPath)
        }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let error = MediaError(ffmpeg: reel_averror(errno), operation: "write", subject: finalPath)
                close(file)
                throw error
            }
            written += count
        }
        guard close(file) == 0 else {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "close", subject: finalPath)
        }
    }

    /// By the words of the path: the folder that a relative one starts from may have a name that is not UTF-8.
    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func flush(_ path: String, _ flags: Int32) throws(MediaError) {
        let file = open(path, flags | O_CLOEXEC)
        guard file >= 0 else {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "open", subject: path)
        }
        defer { close(file) }
        // Some file systems cannot flush a folder; they answer EINVAL.
        if fsync(file) != 0 && errno != EINVAL {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "fsync", subject: path)
        }
    }
}
