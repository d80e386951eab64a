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
        func publish(sync: Bool) throws { try file.take()?.publish(sync: sync) }
        func discard() { file = nil }
        func fill(_ bytes: [UInt8]) throws { try file?.fill(bytes) }
    }

    private let boxes: [Box]
    /// Files whose names were not known before the work, with their final paths.
    private var later: [(path: String, box: Box)] = []

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

    /// Removes all that is not published, now: a thread that ends may hold this object a moment longer than its work.
    func discard() {
        later = []
        for box in boxes { box.discard() }
    }

    /// Writes a file that the work turned out to need, under a temporary name until all are published; one that
    /// was added under the same final path goes away. Belongs to one thread at a time.
    func add(_ finalPath: String, _ bytes: [UInt8]) throws {
        later.removeAll { $0.path == finalPath }
        let box = try Box(finalPath)
        try box.fill(bytes)
        later.append((finalPath, box))
    }

    /// Gives all files their final names; those added later come first, since the others may name them.
    ///
    /// - Parameter sync: Whether they are flushed to the disk first.
    func publish(sync: Bool = true) throws {
        for (_, box) in later { try box.publish(sync: sync) }
        for box in boxes { try box.publish(sync: sync) }
    }

    private static func identity(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
