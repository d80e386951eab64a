import Foundation
package import Media
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files named by their content: `store/ab/abcd….mp4`.
///
/// A file appears whole or not at all (temporary name, fsync, rename, fsync of the folder) and is read-only
/// from then on. Putting what is already there is a success. Nothing here knows what a file is for; the
/// journal does. All calls block; large files belong in a lane.
package struct ArtifactStore: Sendable {
    /// The folder `store`.
    package let root: String
    /// A folder of the same file system for work in progress; emptied when a run begins.
    package let scratch: String

    /// A file of the store.
    package struct Item: Sendable, Hashable, Codable {
        /// SHA-256 of the bytes, 64 hex digits.
        package var digest: String
        /// File name ending without the dot.
        package var ext: String
        /// Size in bytes.
        package var bytes: Int64
        /// `DIGEST.ext`
        package var name: String { "\(digest).\(ext)" }

        package init(digest: String, ext: String, bytes: Int64) {
            self.digest = digest
            self.ext = ext
            self.bytes = bytes
        }
    }

    package init(folder: String) {
        root = folder + "/store"
        scratch = folder + "/tmp"
    }

    /// Makes the folders and throws away what an earlier run left half-done. Only the lock's holder may.
    package func prepare() throws(FilmError) {
        try? FileManager.default.removeItem(atPath: scratch)
        try FileSync.makeFolder(root)
        try FileSync.makeFolder(scratch)
    }

    /// Where a file is, or would be.
    package func path(of item: Item) -> String { path(digest: item.digest, ext: item.ext) }

    package func path(digest: String, ext: String) -> String {
        "\(root)/\(digest.prefix(2))/\(digest).\(ext)"
    }

    /// Whether the file is there with the right size.
    package func contains(_ item: Item) -> Bool {
        var status = stat()
        return stat(path(of: item), &status) == 0 && Int64(status.st_size) == item.bytes
    }

    /// Whether the file is there and its bytes are those it is named by. Reads the whole file, once a process unless it
    /// was touched meanwhile.
    package func isSound(_ item: Item, interrupt: Interrupt) throws -> Bool {
        let path = path(of: item)
        guard let before = FileMark(path), before.bytes == item.bytes else { return false }
        if Self.known.withLock({ $0[path] == before }) { return true }
        guard try SHA256.hex(ofFile: path, interrupt: interrupt) == item.digest else { return false }
        // What was written within the clock's last ticks could be written to again and look the same.
        if before.age > 1, FileMark(path) == before { Self.known.withLock { $0[path] = before } }
        return true
    }

    /// Files whose bytes were found to be right, as they were then.
    private static let known = Mutex<[String: FileMark]>([:])

    /// Moves a damaged file out of the way, beside its place, for whoever wants to look at it.
    package func setAside(_ item: Item) {
        _ = try? FileSync.rename(path(of: item), to: path(of: item) + ".damaged")
    }

    /// The file of a digest, should it be there.
    package func item(digest: String, ext: String) -> Item? {
        var status = stat()
        guard stat(path(digest: digest, ext: ext), &status) == 0 else { return nil }
        return Item(digest: digest, ext: ext, bytes: Int64(status.st_size))
    }

    /// A fresh name to write to, to be handed to ``adopt(_:ext:interrupt:)``.
    package func scratchPath(ext: String) -> String { "\(scratch)/\(UUID().uuidString).\(ext)" }

    /// Moves a finished file of the scratch folder into the store; returns its digest and size.
    ///
    /// - Parameter known: Its digest, where it is known and the file need not be read for it.
    package func adopt(
        _ path: String, ext: String, digest known: String? = nil, interrupt: Interrupt
    ) throws -> Item {
        let digest = try known ?? SHA256.hex(ofFile: path, interrupt: interrupt)
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileSync.failure("has vanished", path) }
        let item = Item(digest: digest, ext: ext, bytes: Int64(status.st_size))
        let final = self.path(of: item)
        if try isSound(item, interrupt: interrupt) {
            unlink(path)
            return item
        }
        let folder = FileSync.folder(of: final)
        try FileSync.makeFolder(folder)
        try FileSync.flush(root)
        try FileSync.flush(path)
        chmod(path, 0o444)
        try FileSync.rename(path, to: final)
        return item
    }

    /// Puts bytes into the store.
    package func put(_ bytes: [UInt8], ext: String) throws -> Item {
        let path = scratchPath(ext: ext)
        try FileSync.write(bytes, to: path)
        return try adopt(path, ext: ext, interrupt: Interrupt())
    }

    /// Removes a file by its name (`DIGEST.ext`). Only the lock's holder may.
    package func remove(_ name: String) throws(FilmError) {
        let path = "\(root)/\(name.prefix(2))/\(name)"
        if unlink(path) != 0, errno != ENOENT { throw FileSync.failure("cannot be removed", path) }
    }

    /// The names (`DIGEST.ext`) and sizes of everything in the store.
    package func listing() -> [String: Int64] {
        var found: [String: Int64] = [:]
        let files = FileManager.default
        for shelf in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            for name in (try? files.contentsOfDirectory(atPath: "\(root)/\(shelf)")) ?? [] {
                var status = stat()
                if stat("\(root)/\(shelf)/\(name)", &status) == 0 { found[name] = Int64(status.st_size) }
            }
        }
        return found
    }
}

/// By what a file is seen not to have been written to.
private struct FileMark: Hashable {
    var bytes: Int64
    private var inode: UInt64
    private var seconds: Int
    private var nanoseconds: Int

    /// Nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        bytes = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
            (seconds, nanoseconds) = (status.st_ctimespec.tv_sec, status.st_ctimespec.tv_nsec)
        #else
            (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        #endif
    }

    /// Seconds since it was last written to, or since its mode or name last changed.
    var age: Double { Date().timeIntervalSince1970 - Double(seconds) - Double(nanoseconds) / 1e9 }
}
