import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few calls that make a file's bytes and its name survive a power cut.
enum FileSync {
    /// Waits until the bytes of a file, or the names in a folder, are on the disk.
    static func flush(_ path: String) throws(FilmError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot be written to the disk", path) }
    }

    /// Moves a file over another name of the same file system in one step, and makes the move last.
    static func rename(_ from: String, to path: String) throws(FilmError) {
        #if canImport(Glibc)
            let code = Glibc.rename(from, path)
        #else
            let code = Darwin.rename(from, path)
        #endif
        guard code == 0 else { throw failure("cannot be put in place", path) }
        try flush(folder(of: path))
    }

    /// Writes bytes under a temporary name beside `path`, then renames.
    static func write(_ bytes: [UInt8], to path: String) throws(FilmError) {
        let temporary = temporaryName(beside: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot be written", path) }
        var written = 0
        var fault: FilmError?
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                fault = failure("cannot be written", path)
                break
            }
            written += count
        }
        if fault == nil, fsync(descriptor) != 0 { fault = failure("cannot be written to the disk", path) }
        close(descriptor)
        if let fault {
            unlink(temporary)
            throw fault
        }
        do throws(FilmError) {
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Copies a file to `path` under a temporary name first; the copy is writable by its owner.
    static func copy(_ source: String, to path: String) throws(FilmError) {
        let temporary = temporaryName(beside: path)
        do {
            try FileManager.default.copyItem(atPath: source, toPath: temporary)
        } catch {
            let fault = failure("cannot be written", path)
            unlink(temporary)
            throw fault
        }
        do throws(FilmError) {
            chmod(temporary, 0o644)
            try flush(temporary)
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Makes a folder and those above it; its own name lasts, where the file system lets it.
    static func makeFolder(_ path: String) throws(FilmError) {
        let isNew = !FileManager.default.fileExists(atPath: path)
        defer { if isNew { try? flush(folder(of: path)) } }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FilmError(
                .io, "the folder cannot be made", subject: path, hint: "check its parent's permissions",
                underlying: error)
        }
    }

    static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func temporaryName(beside path: String) -> String {
        let name = (path as NSString).lastPathComponent
        return (folder(of: path) as NSString).appendingPathComponent(".\(name).\(UUID().uuidString).part")
    }

    /// The error for the last failed call.
    static func failure(_ what: String, _ path: String) -> FilmError {
        let number = errno
        let hint: String? =
            switch number {
            case ENOSPC, EDQUOT: "free some space and run again; nothing is lost"
            case EACCES, EPERM, EROFS: "check the permissions of the folder"
            default: nil
            }
        return FilmError(.io, "\(what): \(String(cString: strerror(number)))", subject: path, hint: hint)
    }
}

/// What killed runs left of their writing in the folders of one output. Each folder is looked through once: a film of five
/// hundred shots publishes fifteen hundred files.
final class Leftovers: Sendable {
    private let names = Mutex<[String: [String]]>([:])

    /// Removes what was left of the writing of `path`. Only for a name that no one else writes now.
    func sweep(beside path: String) {
        let name = (path as NSString).lastPathComponent
        let folder = FileSync.folder(of: path)
        let left = names.withLock { names in
            let known =
                names[folder]
                ?? ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
                    $0.hasPrefix(".") && $0.hasSuffix(".part")
                }
            names[folder] = known.filter { !$0.hasPrefix(".\(name).") }
            return known.filter { $0.hasPrefix(".\(name).") }
        }
        for part in left { unlink((folder as NSString).appendingPathComponent(part)) }
    }
}
