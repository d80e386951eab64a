import Foundation
import Media

/// What `reel doctor --executor slurm` finds: Slurm's commands, and by a small job on each machine whether the folder is
/// shared with it, whether its program is the same one, and whether its FFmpeg is.
public struct ClusterCheckup: Sendable, Encodable {
    /// A machine of the cluster.
    public struct Machine: Sendable, Encodable {
        /// Its name, as Slurm has it.
        public var name: String
        /// Where it stands, in Slurm's words.
        public var state: String
        /// Processors a job of Reel's sees there; nil where no job was run.
        public var processors: Int?
        /// Bytes free for the copies that steps work on.
        public var freeBytes: Int64?
        /// What is wrong with it; nil where all is well, and where no job was run.
        public var trouble: String?
    }
    /// Something that is missing.
    public struct Finding: Sendable, Encodable {
        /// What.
        public var what: String
        /// Where.
        public var location: String
        /// What to do.
        public var hint: String
    }

    /// What each command says of its version.
    public var commands: [String: String] = [:]
    /// The folder that was tried.
    public var folder: String
    /// The machines of the partition.
    public var machines: [Machine] = []
    /// What is missing.
    public var findings: [Finding] = []

    /// How many machines are tried by a job.
    public static let most = 32

    /// Looks, with a job of a minute at most on every machine that is up, ``most`` of them.
    ///
    /// - Parameters:
    ///   - options: How jobs are handed over.
    ///   - folder: The folder that is to be shared. A folder in it is made and removed.
    ///   - patience: Seconds that a job may wait and take.
    public static func make(
        _ options: SlurmEngine.Options, folder: String, patience: Double = 60
    ) async throws -> ClusterCheckup {
        var checkup = ClusterCheckup(folder: folder)
        let commands = SlurmCommands()
        for name in SlurmCommands.Name.allCases {
            do {
                checkup.commands[name.rawValue] = try await commands.run(name, ["--version"])
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                checkup.miss(
                    error, at: name.rawValue, hint: "does `\(name.rawValue) --version` run by hand?")
            }
        }
        guard checkup.findings.isEmpty else { return checkup }
        do {
            _ = try await SlurmEngine(options, commands: commands).poll()
            let partition = options.partition.map { ["-p", $0] } ?? []
            let listing = try await commands.run(.sinfo, ["-h", "-N", "-o", "%N|%T|%P"] + partition)
            checkup.machines = machines(listing)
        } catch {
            checkup.miss(error, at: "slurm", hint: "is the controller up? `scontrol ping` says more")
            return checkup
        }
        if checkup.machines.isEmpty {
            checkup.findings.append(
                Finding(
                    what: "there are no machines",
                    location: "partition \(options.partition ?? "(the default)")",
                    hint: "`sinfo` lists partitions; name one with --partition"))
        }
        try await checkup.tryMachines(options, commands, patience: patience)
        return checkup
    }

    private mutating func miss(_ error: any Error, at location: String, hint: String) {
        findings.append(
            Finding(
                what: FilmError.message(of: error), location: location,
                hint: FilmError.hint(of: error) ?? hint))
    }

    /// Reads `sinfo`: a machine stands there once for each of its partitions. Where several partitions are listed, the
    /// machines of the default one count, which has a star: jobs go there.
    package static func machines(_ listing: String) -> [Machine] {
        let lines = listing.split(whereSeparator: \.isNewline).map {
            $0.split(separator: "|").map(String.init)
        }
        .filter { $0.count == 3 }
        let usual = lines.filter { $0[2].hasSuffix("*") }
        var found: [Machine] = []
        for line in usual.isEmpty ? lines : usual where !found.contains(where: { $0.name == line[0] }) {
            found.append(Machine(name: line[0], state: line[1]))
        }
        return found
    }

    /// Whether a job would be started there. A star means that the machine does not answer.
    package static func isUp(_ state: String) -> Bool {
        !state.hasSuffix("*")
            && ["idle", "mixed", "alloc", "completing"].contains { state.hasPrefix($0) }
    }

    private mutating func tryMachines(
        _ options: SlurmEngine.Options, _ commands: SlurmCommands, patience: Double
    ) async throws {
        let wasThere = FileManager.default.fileExists(atPath: folder + "/.reel")
        let state = "\(folder)/.reel/doctor-\(UUID().uuidString)"
        do {
            try FileSync.makeFolder(state + "/tmp")
        } catch {
            return miss(error, at: folder, hint: "name a folder that can be written to")
        }
        defer {
            try? FileManager.default.removeItem(atPath: state)
            if !wasThere { rmdir(folder + "/.reel") }
        }
        let own = try await Lanes.shared.run { try MachineFacts(scratch: state, interrupt: $0) }
        let up = machines.indices.filter { Self.isUp(machines[$0].state) }.prefix(Self.most)
        let names = up.map { machines[$0].name }
        let tried = try await withThrowingTaskGroup(of: (String, Result<MachineFacts, any Error>).self) {
            group in
            for name in names {
                group.addTask {
                    var options = options
                    options.arguments += ["-w", name]
                    let engine = SlurmEngine(options, commands: commands)
                    return (name, await Self.facts(of: name, by: engine, in: state, patience: patience))
                }
            }
            var tried: [String: Result<MachineFacts, any Error>] = [:]
            while let (name, result) = try await group.next() { tried[name] = result }
            return tried
        }
        try Task.checkCancellation()
        for place in up {
            let name = machines[place].name
            switch tried[name] {
            case .success(let facts):
                (machines[place].processors, machines[place].freeBytes) = (facts.processors, facts.freeBytes)
                guard facts.program != own.program else { continue }
                machines[place].trouble = "its program is another build"
                findings.append(
                    Finding(
                        what: "the program there is another build of reel", location: name,
                        hint: "put the same file at \(options.program) on all machines"))
            case .failure(let error):
                machines[place].trouble = FilmError.message(of: error)
                miss(error, at: name, hint: "run `srun -w \(name) ls \(folder)` to see what it sees")
            case nil: break
            }
        }
    }

    /// Has a machine say what it is.
    private static func facts(
        of name: String, by engine: SlurmEngine, in state: String, patience: Double
    ) async -> Result<MachineFacts, any Error> {
        let scratch = state + "/tmp"
        let spec = StepSpec(
            id: "machine:\(name)", inputs: [], work: .machine(output: "\(scratch)/\(name).json"))
        let desk = StepDesk(engine, in: state, scratch: scratch, most: 1, pause: 0.5) { _ in }
        let run = Task { try await desk.run(spec, progress: nil) }
        let limit = Task {
            try await Task.sleep(for: .seconds(patience))
            run.cancel()
        }
        defer { limit.cancel() }
        do {
            let outcome = try await withTaskCancellationHandler {
                try await run.value
            } onCancel: {
                run.cancel()
            }
            let facts = outcome.outputs.first?.facts ?? ""
            return .success(try JSONDecoder().decode(MachineFacts.self, from: Data(facts.utf8)))
        } catch is CancellationError {
            return .failure(
                StepFailure(
                    message: "a job there did not end within \(Int(patience)) s",
                    hint: "is the machine busy? `squeue -w \(name)` says with what", isFinal: true))
        } catch {
            // A program that is not there has no result; the shell's word for it is in the log.
            let log = try? StepFolder(
                spec, in: URL(fileURLWithPath: state).appendingPathComponent("steps"), scratch: scratch
            ).logPath
            let words = log.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?
                .split(whereSeparator: \.isNewline).last.map(String.init)
            guard let failure = error as? StepFailure, failure.hint?.contains("/log") == true else {
                return .failure(error)
            }
            return .failure(
                StepFailure(
                    message: words ?? "a job there left nothing in \(state)",
                    hint: words == nil
                        ? "share the folder with it at the same path"
                        : "have the same program at the same path there", isFinal: true))
        }
    }
}
