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
    func fetch(_ uri: URL, to path: String) throws

    /// The bytes of a small file; nil where there is none.
    func read(_ uri: URL) -> Data?

    /// Puts a small file in place.
    func write(_ bytes: [UInt8], to uri: URL) throws

    /// Moves a finished file of this machine into a folder that is there. A folder that is gone is wanted no more.
    func publish(_ path: String, as uri: URL) throws

    /// The size of a file in bytes; nil where there is none.
    func size(of uri: URL) -> Int64?

    /// Moves a file to a path of this machine.
    func take(_ uri: URL, to path: String) throws

    /// Removes a file, or a folder with all that is in it.
    func remove(_ uri: URL)
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
    func fetch(_ uri: URL, to path: String) throws {
        unlink(path)
        do {
            // Not flushed: it is gone with the step.
            try FileManager.default.copyItem(atPath: uri.path, toPath: path)
        } catch {
            throw FileSync.failure("cannot be copied to \(path)", uri.path)
        }
    }

    func read(_ uri: URL) -> Data? { FileManager.default.contents(atPath: uri.path) }

    func write(_ bytes: [UInt8], to uri: URL) throws {
        try FileSync.makeFolder(FileSync.folder(of: uri.path))
        try FileSync.write(bytes, to: uri.path)
    }

    func publish(_ path: String, as uri: URL) throws {
        let place = uri.path
        try FileSync.flush(path)
        if rename(path, place) == 0 {
            try FileSync.flush(FileSync.folder(of: place))
        } else {
            // From a disk of this machine's own.
            try FileSync.copy(path, to: place)
            unlink(path)
        }
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
        while true {
            try interrupt.check()
            var fault: any Error
            do {
                try fetch(input.uri, to: path)
                if try SHA256.hex(ofFile: path, interrupt: interrupt) == input.digest { return }
                fault = StepFailure(
                    message: "\(input.uri.path): its bytes are not those of its name",
                    hint: "run again where the film is made: it is made anew", isFinal: false)
            } catch {
                if FilmError.isCancellation(error) { throw error }
                fault = error
            }
            guard ContinuousClock.now - begun < .seconds(patience) else { throw fault }
            _ = try? FileManager.default.contentsOfDirectory(atPath: FileSync.folder(of: input.uri.path))
            usleep(200_000)
        }
    }
}
