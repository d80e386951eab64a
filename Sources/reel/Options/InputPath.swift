import Foundation

/// A file to read, looked at before any work begins, so that the third of three inputs is not found
/// missing after the first two were encoded.
enum InputPath {
    static func check(_ path: String, what: String = "file") throws {
        if let descriptor = PipedInput.descriptor(path) { try PipedInput.settle(descriptor, path) }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            let reason = errno
            if reason == EACCES { throw denied(path) }
            throw Complaint(
                .inputInvalid, code: "notFound", "no such \(what)", at: path,
                hint: "check the path and its spelling")
        }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR:
            throw Complaint(
                .inputInvalid, code: "isDirectory", "this is a folder, not a \(what)", at: path,
                hint: "name a file inside it")
        case S_IFREG where facts.st_size == 0:
            throw Complaint(
                .inputInvalid, code: "empty", "the \(what) is empty", at: path,
                hint: "it was perhaps never written to its end; fetch or make it again")
        case S_IFIFO:
            throw Complaint(
                .inputInvalid, code: "unsupported", "this is a named pipe, which can be read once only",
                at: path, hint: "read it through standard input: /dev/stdin as the \(what), and < \(path)")
        default: break
        }
        guard access(path, R_OK) == 0 else { throw denied(path) }
    }

    private static func denied(_ path: String) -> Complaint {
        Complaint(
            .failed, code: "permissionDenied", "may not be read", at: path,
            hint: "change its permissions, or copy it to where you may read it")
    }
}
