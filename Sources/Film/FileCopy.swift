import Foundation
import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A copy of a file that is read once: what arrives is hashed on its way.
enum FileCopy {
    /// Copies the bytes of a file to a path that may be taken; what is there is replaced. A copy that fails, or is
    /// interrupted, leaves nothing. Blocks.
    ///
    /// - Parameter isFlushed: Whether the bytes are on the disk when it returns.
    /// - Returns: SHA-256 of the bytes, and how many they are.
    /// - Throws: ``FilmError``, `.io`, with the file that is to blame; `.cancelled`.
    static func copy(
        _ source: String, to path: String, isFlushed: Bool, interrupt: Interrupt
    ) throws -> (digest: String, bytes: Int64) {
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else { throw FileSync.failure("cannot be read", source) }
        defer { close(from) }
        let to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard to >= 0 else { throw FileSync.failure("cannot be written", path) }
        defer { close(to) }
        do {
            let sha = try SHA256()
            var total: Int64 = 0
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                try interrupt.check()
                let count = buffer.withUnsafeMutableBytes { read(from, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw FileSync.failure("cannot be read", source) }
                if count == 0 { break }
                try buffer.withUnsafeBytes { bytes in
                    let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    sha.update(bytes)
                    try write(bytes, to: to, path)
                }
                total += Int64(count)
            }
            if isFlushed, fsync(to) != 0 { throw FileSync.failure("cannot be written to the disk", path) }
            return (sha.finish(), total)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(file, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileSync.failure("cannot be written", path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
