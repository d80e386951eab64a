import ArgumentParser
import Foundation
import Montage
import Runware

/// A request as a command line gives it: a file or `-`, then changes as `key=value`, or the changes alone.
struct RequestInput: Sendable {
    /// nil where the assignments are the whole request; `-` is standard input.
    var file: String?
    var changes: [Assignment] = []

    /// A file, or `-`, as it is.
    init(file: String) { self.file = file }

    /// Throws `ValidationError`: nothing is read yet.
    init(words: [String]) throws {
        var words = words[...]
        guard let first = words.first else {
            throw ValidationError("give a request: a file, or - for standard input, or key=value …")
        }
        if !Assignment.isMeant(by: first) {
            file = first
            words = words.dropFirst()
        }
        for word in words {
            do {
                changes.append(try Assignment(parsing: word))
            } catch {
                throw ValidationError(error.message + (error.hint.map { ": \($0)" } ?? ""))
            }
        }
    }

    /// What messages call it.
    var name: String { file.map { $0 == "-" ? "standard input" : $0 } ?? "request" }

    /// Where relative picture paths start.
    var folder: String {
        guard let file, file != "-" else { return FileManager.default.currentDirectoryPath }
        return URL(fileURLWithPath: file).deletingLastPathComponent().path
    }

    /// The request with its changes.
    func read() throws -> VideoRequest {
        let data: Data
        switch file {
        case nil: data = Data("{}".utf8)
        case "-": data = try FileHandle.standardInput.readToEnd() ?? Data()
        case let path?:
            try InputPath.check(path)
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw Complaint(.failed, code: "io", "the request cannot be read", at: path)
            }
            data = bytes
        }
        return try VideoRequest.parse(data, name: name, changes: changes)
    }

    /// Everything wrong with a request by its model's card, and the card. Picture files are taken into the
    /// request; the folder's own cards come first.
    func judge(
        _ task: inout VideoRequest, presets: PresetOptions, strict: Bool
    ) throws -> (card: ModelCard, findings: [Finding]) {
        let pictures = PictureFiles.embed(in: &task, from: folder)
        guard let model = task.model else {
            throw Complaint(
                .inputInvalid, code: "requestInvalid", "the task names no model", at: name,
                hint: #"add "model": "pixverse:1@6""#)
        }
        let card = try ModelCard.find(
            model: model, in: presets.modelDirectories(beside: folder + "/request.json"))
        let findings = card.validate(task, strict: strict).map { Finding($0, place: name) }
        return (card, pictures + findings)
    }
}
