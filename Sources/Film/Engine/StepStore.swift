import Foundation
import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where machines that share no disk find the files of steps and leave them, each by a URI.
///
/// A file appears whole or not at all, and is never written to again. A step works on copies of its own: it fetches what
/// goes in, and publishes what it made. All calls block.
protocol StepStore: Sendable {
    /// Copies a file to a path of this machine.
    ///
    /// - Returns: SHA-256 of what came.
    func fetch(_ uri: URL, to path: String, interrupt: Interrupt) throws -> String

    /// The bytes of a small file; nil where there is none.
    func read(_ uri: URL) -> Data?

    /// Puts a small file in place.
    func write(_ bytes: [UInt8], to uri: URL) throws

    /// Moves a finished file of this machine into a folder that is there, and names it by its digest. A folder that is
    /// gone is wanted no more.
    func publish(_ path: String, into folder: URL, interrupt: Interrupt) throws -> Published

    /// The size of a file in bytes; nil where there is none.
    func size(of uri: URL) -> Int64?

    /// Moves a file to a path of this machine.
    func take(_ uri: URL, to path: String) throws

    /// Removes a file, or a folder with all that is in it.
    func remove(_ uri: URL)
}

/// A file as it was put into a store.
struct Published {
    /// Its name in its folder: `DIGEST.ext`.
    var file: String
    /// SHA-256.
    var digest: String
    /// Size in bytes.
    var bytes: Int64

    init(_ path: String, _ content: (digest: String, bytes: Int64)) {
        let ending = (path as NSString).pathExtension
        file = content.digest + (ending.isEmpty ? "" : "." + ending)
        (digest, bytes) = content
    }
}

/// The stores there are.
enum StepStores {
    /// The store of a URI.
    ///
    /// - Throws: ``StepFailure`` for a kind of store that there is not.
    static func store(of uri: URL) throws -> any StepStore {
        guard uri.scheme == "file" else {
            throw StepFailure(
                message: "\(uri.absoluteString.prefix(200)): there is no store for \(uri.scheme ?? "this"):",
                hint: "steps are read from file: only, a folder that all machines share", isFinal: true)
        }
        return FileStepStore()
    }
}

/// A folder that all machines have at the same path: `file:///films/harbour/.reel/steps`.
///
/// Some of them, NFS above all, show a new name late to who has asked for it in vain. To list its folder is to ask again.
struct FileStepStore: StepStore {
    func fetch(_ uri: URL, to path: String, interrupt: Interrupt) throws -> String {
        // Not flushed: it is gone with the step.
        try FileCopy.copy(uri.path, to: path, isFlushed: false, interrupt: interrupt).digest
    }

    func read(_ uri: URL) -> Data? { FileManager.default.contents(atPath: uri.path) }

    func write(_ bytes: [UInt8], to uri: URL) throws {
        try FileSync.makeFolder(FileSync.folder(of: uri.path))
        try FileSync.write(bytes, to: uri.path)
    }

    func publish(_ path: String, into folder: URL, interrupt: Interrupt) throws -> Published {
        var (own, theirs) = (stat(), stat())
        guard stat(path, &own) == 0 else { throw FileSync.failure("has vanished", path) }
        guard stat(folder.path, &theirs) == 0 else { throw FileSync.failure("is gone", folder.path) }
        let published: Published
        if own.st_dev == theirs.st_dev {
            published = Published(
                path, (try SHA256.hex(ofFile: path, interrupt: interrupt), Int64(own.st_size)))
            try FileSync.flush(path)
            try FileSync.rename(path, to: folder.path + "/" + published.file)
        } else {
            // From a disk of this machine's own.
            let passing = "\(folder.path)/.\(UUID().uuidString).part"
            published = Published(
                path, try FileCopy.copy(path, to: passing, isFlushed: true, interrupt: interrupt))
            do {
                try FileSync.rename(passing, to: folder.path + "/" + published.file)
            } catch {
                unlink(passing)
                throw error
            }
            unlink(path)
        }
        return published
    }

    func size(of uri: URL) -> Int64? {
        var status = stat()
        return stat(uri.path, &status) == 0 ? Int64(status.st_size) : nil
    }

    func take(_ uri: URL, to path: String) throws { try FileSync.rename(uri.path, to: path) }

    func remove(_ uri: URL) { try? FileManager.default.removeItem(atPath: uri.path) }
}

extension StepStore {
    /// Copies a file whose digest is known, and waits where it is not there yet, or not the file it is named.
    ///
    /// - Parameter patience: Seconds that a shared folder has to show a new file.
    func fetch(
        _ input: StepFile.Input, to path: String, patience: Double, interrupt: Interrupt
    ) throws {
        let begun = ContinuousClock.now
        var pause: UInt32 = 100_000
        while true {
            var fault: any Error
            do {
                if try fetch(input.uri, to: path, interrupt: interrupt) == input.digest { return }
                fault = StepFailure(
                    message: "\(input.uri.path): its bytes are not those of its name",
                    hint: "run again where the film is made: it is made anew", isFinal: false)
            } catch {
                if FilmError.isCancellation(error) { throw error }
                fault = error
            }
            guard ContinuousClock.now - begun < .seconds(patience) else { throw fault }
            _ = try? FileManager.default.contentsOfDirectory(atPath: FileSync.folder(of: input.uri.path))
            usleep(pause)
            pause = min(pause * 2, 3_000_000)
        }
    }
}
