import Foundation

/// A new, empty folder with a name of its own, removed with everything in it when the last reference goes.
public final class TempDirectory: Sendable {
    /// The absolute path, without a slash at the end.
    public let path: String

    /// Makes the folder under the system's temporary folder.
    public init(_ label: String = "test") throws {
        let name = "reel-\(label)-\(UUID().uuidString)"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file of this name in the folder; nothing is created.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes bytes to a file of this name and returns its path.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// Writes text to a file of this name and returns its path.
    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// The bytes of a file in the folder.
    public func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The names in the folder, sorted: a test's way to see that nothing was left behind.
    public func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
