import Foundation
import Media

/// Slurm's commands, as they are found on PATH. The one file of the house that starts programs.
struct SlurmCommands: Sendable {
    /// All programs that Reel ever starts.
    enum Name: String, CaseIterable, Sendable {
        case sbatch, squeue, scancel, sinfo
    }

    /// Where commands are waited for, a few at a time.
    private let lanes: Lanes

    init(atOnce width: Int = 4) { lanes = Lanes(width: width) }

    /// Runs a command and returns what it prints.
    ///
    /// - Throws: ``StepFailure`` where there is no such command; ``FilmError``, `.io`, with its own words where it ends
    ///   with another code than 0.
    func run(_ command: Name, _ words: [String]) async throws -> String {
        try await lanes.run { _ in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [command.rawValue] + words
            process.standardInput = FileHandle.nullDevice
            let (out, errors) = (Pipe(), Pipe())
            (process.standardOutput, process.standardError) = (out, errors)
            do {
                try process.run()
            } catch {
                throw FilmError(.io, "\(command) cannot be run: \(error)", subject: "slurm")
            }
            let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                guard process.terminationStatus != 127 else {
                    throw StepFailure(
                        message: "there is no \(command)",
                        hint: "install Slurm's client, and have it on PATH",
                        isFinal: true)
                }
                throw FilmError(
                    .io,
                    "\(command) ended with \(process.terminationStatus): "
                        + said.prefix(300).split(whereSeparator: \.isNewline).joined(separator: "; "),
                    subject: "slurm")
            }
            return text
        }
    }
}
