import Foundation

/// Media that come through a pipe: `cat clip.webm | reel probe /dev/stdin`, or the shell's `<(…)`.
///
/// What a command does with a clip needs more than one look at it: an MP4 may have its index at the end, and the
/// last frame is found from behind. So a pipe is read to its end into a file without a name, and that file takes
/// the pipe's place under the same number. From then on /dev/stdin is a plain file, and nothing stays behind
/// however the process ends.
enum PipedInput {
    /// The open file that the path stands for; nil if it is a path like others.
    static func descriptor(_ path: String) -> Int32? {
        if path == "/dev/stdin" { return STDIN_FILENO }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }

    /// Puts a file in the place of a pipe or socket; leaves everything else as it is. Blocks until the writer is
    /// done. Bounded by the disk that temporary files are on.
    static func settle(_ descriptor: Int32, _ path: String) throws {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return }
        let kind = facts.st_mode & S_IFMT
        guard kind == S_IFIFO || kind == S_IFSOCK else { return }
        var name = Array(
            (NSTemporaryDirectory() as NSString).appendingPathComponent("reel-XXXXXX").utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else {
            throw failure(path, "no temporary file can be made for what comes through the pipe")
        }
        unlink(name)
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, "the pipe cannot be read") }
            if count == 0 { break }
            var from = 0
            while from < count {
                let written = buffer.withUnsafeBytes {
                    write(file, $0.baseAddress?.advanced(by: from), count - from)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw failure(path, "what comes through the pipe cannot be kept") }
                from += written
            }
        }
        lseek(file, 0, SEEK_SET)
        guard dup2(file, descriptor) >= 0 else { throw failure(path, "the pipe cannot be replaced") }
    }

    private static func failure(_ path: String, _ what: String) -> Complaint {
        let isFull = errno == ENOSPC || errno == EDQUOT
        return Complaint(
            .failed, code: isFull ? "diskFull" : "io", "\(what): \(String(cString: strerror(errno)))",
            at: path,
            hint: "save it to a file, and name that; or say where there is room: TMPDIR=DIR")
    }
}
