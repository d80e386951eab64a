import Foundation
import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the machine of a step is, as the step itself sees it.
struct MachineFacts: Sendable, Codable {
    /// Its name.
    var name: String
    /// SHA-256 of the program that runs there.
    var program: String
    /// Bytes that are free where steps have their copies.
    var freeBytes: Int64
    /// Processors that the step may use.
    var processors: Int

    /// Looks. Blocks.
    init(scratch: String, interrupt: Interrupt) throws {
        name = ProcessInfo.processInfo.hostName
        program = try SHA256.hex(
            ofFile: Bundle.main.executablePath ?? CommandLine.arguments[0], interrupt: interrupt)
        var disk = statvfs()
        freeBytes = statvfs(scratch, &disk) == 0 ? Int64(disk.f_bavail) * Int64(disk.f_frsize) : 0
        processors = ProcessInfo.processInfo.activeProcessorCount
    }
}
