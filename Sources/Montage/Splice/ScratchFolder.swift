import Foundation
import Media

/// A folder for what is made on the way, removed with its last reference.
///
/// A process that ends before that takes folder and files with it: `UnpublishedFiles` knows them.
final class ScratchFolder {
    private let path: String
    private var files: [String] = []

    init() throws {
        path = (NSTemporaryDirectory() as NSString).appendingPathComponent("reel-splice-" + UUID().uuidString)
        UnpublishedFiles.add(path)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            UnpublishedFiles.forget(path)
            throw error
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        for path in files + [path] { UnpublishedFiles.forget(path) }
    }

    /// The path of a file in it; makes none.
    func file(_ name: String) -> String {
        let file = path + "/" + name
        files.append(file)
        UnpublishedFiles.add(file)
        return file
    }
}
