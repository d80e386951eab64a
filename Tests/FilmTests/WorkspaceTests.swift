import Film
import Foundation
import Media
import Testing

@Suite struct `A state folder` {
    @Test func `belongs to one run at a time, and the second is told whose it is`() throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/.reel"
        do {
            let first = try Workspace(folder: folder)
            let error = try #require(throws: FilmError.self) { _ = try Workspace(folder: folder) }
            #expect(error.exitCode == 10)
            #expect(error.message.contains("pid \(ProcessInfo.processInfo.processIdentifier)"))
            withExtendedLifetime(first) {}
        }
        _ = try Workspace(folder: folder)
    }

    @Test func `is locked against another process, until that one ends`() throws {
        let scratch = try Scratch()
        let lock = scratch.path + "/lock"
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        other.arguments = [
            "flock", "-x", lock, "sh", "-c", "echo pid 4711 on elsewhere > \(lock); echo ready; cat",
        ]
        let (input, output) = (Pipe(), Pipe())
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        let word = output.fileHandleForReading.availableData
        #expect(String(decoding: word, as: UTF8.self) == "ready\n")
        let error = try #require(throws: FilmError.self) { _ = try FolderLock(path: lock) }
        #expect(error.exitCode == 10)
        #expect(error.message.contains("pid 4711 on elsewhere"))
        try input.fileHandleForWriting.close()
        other.waitUntilExit()
        _ = try FolderLock(path: lock)
    }
}

@Suite struct `The store` {
    private func store(_ scratch: Scratch) throws -> ArtifactStore {
        let store = ArtifactStore(folder: scratch.path)
        try store.prepare()
        return store
    }

    @Test func `names files by their content and writes each once`() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let item = try store.put(Array("abc".utf8), ext: "txt")
        #expect(item.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(item.bytes == 3)
        #expect(store.path(of: item).hasSuffix("/store/ba/\(item.digest).txt"))
        #expect(try store.put(Array("abc".utf8), ext: "txt") == item)
        #expect(store.listing() == [item.name: 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.scratch).isEmpty)
    }

    @Test func `holds its files read-only`() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let item = try store.put([1, 2, 3], ext: "bin")
        let mode = try FileManager.default.attributesOfItem(atPath: store.path(of: item))[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o444)
    }

    @Test func `does not believe a file of the wrong size`() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let item = try store.put([1, 2, 3], ext: "bin")
        let path = store.path(of: item)
        try FileManager.default.removeItem(atPath: path)
        #expect(!store.contains(item))
        try Data([1]).write(to: URL(fileURLWithPath: path))
        #expect(!store.contains(item))
        #expect(try store.put([1, 2, 3], ext: "bin") == item)
        #expect(store.contains(item))
    }

    @Test func `forgets half-done work when a run begins, and nothing else`() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let item = try store.put([1], ext: "bin")
        try Data([9]).write(to: URL(fileURLWithPath: store.scratchPath(ext: "mp4")))
        try store.prepare()
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.scratch).isEmpty)
        #expect(store.contains(item))
    }

    @Test func `cancels the hashing of a large file`() throws {
        let scratch = try Scratch()
        let store = try store(scratch)
        let path = store.scratchPath(ext: "bin")
        try Data(count: 1 << 20).write(to: URL(fileURLWithPath: path))
        let interrupt = Interrupt()
        interrupt.raise()
        #expect(throws: MediaError.self) { try store.adopt(path, ext: "bin", interrupt: interrupt) }
        #expect(store.listing().isEmpty)
    }
}
