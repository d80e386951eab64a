// reel: the command line.
//
// A command here is a composition: it reads its arguments, checks what can be checked before work begins,
// calls one room, and prints what came back. What would be worth a unit test lives in a room, not here;
// what is tested here are transcripts: a command line, its exit code and its two streams.
//
// Two streams, two readers. stdout carries the result and nothing else, as text for people or, with
// --json, as one JSON document. stderr carries progress and complaints: live lines on a terminal, plain
// lines elsewhere. A complaint is one line that says what and where and one line that says what to do;
// with --json it is one JSON object on the last line of stderr. The exit code says the rest.
//
// Three types to know: `Session` runs one command from its arguments to its exit code and owns the answer
// to Ctrl-C; `Complaint` is every error as people see it, with the one table of exit codes beside it
// (`ExitStatus`); `ProviderOptions` decides who generates: Runware where there is a key, and otherwise a
// sandbox started inside this process.
//
// What it does not do: it starts nothing a command did not ask for (`reel --help` touches neither FFmpeg
// nor the network), it never prints the API key or reads it from anywhere but the environment, and it
// never leaves a half-written file under its final name: the rooms publish by rename, and an interrupted
// command lets them clean up before it ends.

import ArgumentParser
import Foundation

/// Where the process begins: on the main thread, while it is the only one.
@main
enum Program {
    static func main() {
        // Before any other thread starts, which an async main would already have done.
        Interruption.prepare()
        // Detached: the main actor's thread is the one that waits for signals.
        let work = Task.detached {
            let status = await Session.run(Array(CommandLine.arguments.dropFirst()))
            // exit, not return: work of other libraries may still hold threads, and the code must be ours.
            exit(status.rawValue)
        }
        Interruption.wait { work.cancel() }
    }
}

/// The root of all commands.
struct Reel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reel",
        abstract: "From a storyboard to a finished film, and the single tools the film is made of.",
        usage: "reel <command> [options]",
        discussion: """
            Every command takes --json: the result on stdout is then one JSON document. \
            Exit codes: \(ExitStatus.table).
            """,
        version: "reel \(Version.number)",
        groupedSubcommands: [
            CommandGroup(
                name: "Film",
                subcommands: [
                    FilmCommand.self, PlanCommand.self, ValidateCommand.self, GenerateCommand.self,
                    TaskCommand.self, LedgerCommand.self, VerifyCommand.self, CleanCommand.self,
                    TakeCommand.self, RepairCommand.self, StepCommand.self,
                ]),
            CommandGroup(
                name: "Clip",
                subcommands: [
                    ProbeCommand.self, FrameCommand.self, TranscodeCommand.self, ConcatCommand.self,
                    ThumbsCommand.self, SeamsCommand.self, LintCommand.self,
                ]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    PresetsCommand.self, SandboxCommand.self, DoctorCommand.self, BenchCommand.self,
                ]),
        ]
    )
}

extension Reel {
    /// The words that may follow `reel`.
    static var commandNames: Set<String> {
        Set(
            configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap {
                $0.configuration.commandName
            })
    }
}

enum Version {
    static let number = "0.1.0"
}
