import Foundation
import Media

/// A file or folder to write, looked at before any work begins: hours of encoding do not end at a folder
/// that may not be written.
enum OutputPath {
    /// A file to publish by rename. Its folder must exist and take a new file; an existing file is replaced,
    /// unless it is one of `inputs`.
    static func check(file path: String, inputs: [String] = []) throws {
        guard !path.isEmpty, !path.hasSuffix("/") else {
            throw Complaint(
                .usage, code: "outputInvalid", "the output needs a file name", at: path.isEmpty ? "-o" : path,
                hint: "end the path with a name, as in \(path)clip.mp4")
        }
        let folder = (path as NSString).deletingLastPathComponent
        try checkFolder(folder.isEmpty ? "." : folder, for: path)
        var facts = stat()
        guard stat(path, &facts) == 0 else { return }
        let kind = facts.st_mode & S_IFMT
        if kind == S_IFDIR {
            throw Complaint(
                .failed, code: "isDirectory", "the output is an existing folder", at: path,
                hint: "name a file, as in \(path)/clip.mp4")
        }
        guard kind == S_IFREG else {
            throw Complaint(
                .failed, code: "outputInvalid",
                "the output is a device or a pipe, and a film needs a real file",
                at: path, hint: "write to a file and copy it on from there")
        }
        for input in inputs where isSame(input, facts) {
            throw Complaint(
                .usage, code: "outputIsInput", "the output would replace the input", at: path,
                hint: "give the output another name")
        }
    }

    /// A folder to write into; made if it is missing, with those above it.
    static func prepare(folder path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            var facts = stat()
            let isFile = stat(path, &facts) == 0 && facts.st_mode & S_IFMT != S_IFDIR
            throw Complaint(
                .failed, code: isFile ? "notDirectory" : "permissionDenied",
                isFile ? "the output folder is an existing file" : "the output folder cannot be made",
                at: path,
                hint: isFile ? "name a folder" : "choose a folder you may write to")
        }
        try checkFolder(path, for: path)
    }

    private static func checkFolder(_ folder: String, for path: String) throws {
        var facts = stat()
        guard stat(folder, &facts) == 0 else {
            throw Complaint(
                .failed, code: "notFound", "the output's folder does not exist", at: path,
                hint: "make it first: mkdir -p \(folder)")
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw Complaint(
                .failed, code: "notDirectory", "the output's folder is a file", at: path,
                hint: "choose another folder")
        }
        // Permission bits do not tell all (read-only file systems, /proc, quotas): only a file that was made does.
        let trial = "\(folder)/.reel-\(getpid()).partial"
        UnpublishedFiles.add(trial)
        defer { UnpublishedFiles.forget(trial) }
        let file = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let isFull = errno == ENOSPC || errno == EDQUOT
            throw Complaint(
                .failed, code: isFull ? "diskFull" : "permissionDenied",
                isFull ? "no space is left for the output" : "the output's folder may not be written",
                at: path,
                hint: isFull ? "make room, or write elsewhere" : "choose a folder you may write to")
        }
        close(file)
        unlink(trial)
    }

    private static func isSame(_ input: String, _ facts: stat) -> Bool {
        var other = stat()
        return stat(input, &other) == 0 && other.st_dev == facts.st_dev && other.st_ino == facts.st_ino
    }
}
