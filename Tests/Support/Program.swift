import Foundation

#if canImport(Glibc)
    @preconcurrency import Glibc
#else
    @preconcurrency import Darwin
#endif

/// Another program, run to its end: what it printed and how it ended.
public struct Program: Sendable {
    /// What the program wrote to its standard output.
    public var output: [UInt8]
    /// What the program wrote to its standard error, as text.
    public var errors: String
    /// The exit code, or minus the signal that ended it.
    public var status: Int32

    /// The output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// A program could not be started, or ended with a code other than 0.
    public struct Failure: Error, CustomStringConvertible {
        /// What was started, how it ended and what it said.
        public var description: String
    }

    /// Starts a program found on PATH, with its input empty, and waits for its end. Blocks.
    ///
    /// The outputs go to files and not to pipes: a pipe held open by a neighbour test's child process, or one
    /// that is full while nobody reads it, would hang the suite.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String]? = nil
    ) throws -> Program {
        let folder = try TempDirectory("run")
        let (out, err) = (folder.file("out"), folder.file("err"))
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

        let words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        let settings = environment ?? ProcessInfo.processInfo.environment
        let pairs: [UnsafeMutablePointer<CChar>?] = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + pairs).forEach { free($0) } }

        var child: pid_t = 0
        let started = posix_spawnp(&child, name, &actions, nil, words, pairs)
        guard started == 0 else {
            throw Failure(description: "cannot start \(name): \(String(cString: strerror(started)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return Program(
            output: try folder.read("out"), errors: String(decoding: try folder.read("err"), as: UTF8.self),
            status: signal == 0 ? (status >> 8) & 0xff : -signal)
    }

    /// As `run`, and an exit code other than 0 is an error that carries what the program said.
    public static func succeed(_ name: String, _ arguments: [String]) throws -> Program {
        let result = try run(name, arguments)
        guard result.status == 0 else {
            throw Failure(
                description: "\(name) \(arguments.joined(separator: " ")) ended with \(result.status):\n"
                    + result.errors.suffix(2000))
        }
        return result
    }
}
