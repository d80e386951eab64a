import Foundation
import Media

/// Several files that appear together: all under their final names, or none.
final class Pending {
    private final class Box {
        let path: String
        private var file: PendingFile?
        init(_ finalPath: String) throws {
            let file = try PendingFile(for: finalPath)
            path = file.path
            self.file = consume file
        }
        func publish() throws { try file.take()?.publish() }
    }

    private let boxes: [Box]

    /// - Throws: If a folder is missing or cannot be written, if two outputs are one file, or if an output
    ///   is the source: known before any work is done.
    init(_ finalPaths: [String], input: String? = nil) throws {
        var seen: Set<String> = []
        let source = input.map(Self.identity)
        for path in finalPaths {
            let own = Self.identity(path)
            if own == source {
                throw MontageError(
                    .invalidArgument, operation: "the output is the source itself", subject: path,
                    hint: "Give the output another name.")
            }
            guard seen.insert(own).inserted else {
                throw MontageError(
                    .invalidArgument, operation: "two outputs have this name", subject: path,
                    hint: "Give each output a name of its own.")
            }
        }
        boxes = try finalPaths.map { try Box($0) }
    }

    func path(_ i: Int) -> String { boxes[i].path }

    func publish() throws { for box in boxes { try box.publish() } }

    private static func identity(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
