import ArgumentParser

/// One run of the program: from the arguments to the exit code.
enum Session {
    static func run(_ arguments: [String]) async -> ExitStatus {
        let wantsJSON = arguments.contains("--json")
        do {
            try ArgumentBytes.check()
            // A mistyped command is reported as such, not as a surplus argument.
            var command = try await Reel.asyncParseAsRoot(arguments)
            if type(of: command) is any StopsSoon.Type { Interruption.endSoon(complaining: wantsJSON) }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            if Reel.exitCode(for: error).isSuccess {
                Streams.result(Reel.fullMessage(for: error))
                return .done
            }
            let complaint = Complaint(error, arguments: arguments)
            Interruption.claimEnd()
            Streams.note(wantsJSON ? complaint.json : complaint.text)
            return complaint.status
        }
    }
}
