import Foundation

/// Slurm, by its commands: `sbatch`, `squeue`, `scancel`, as they are found on PATH.
///
/// No job inherits anything of this process' environment: keys and tokens stay here.
public struct SlurmEngine: StepEngine {
    /// How jobs are handed over.
    public struct Options: Sendable {
        /// The partition; nil takes the cluster's default.
        public var partition: String?
        /// Further words for `sbatch`.
        public var arguments: [String]
        /// The program, at the same path on every machine.
        public var program: String
        /// A folder on a disk of each machine's own, for copies of a step's files; nil for `$TMPDIR` there, or `/tmp`.
        public var scratch: String?

        /// Makes options.
        public init(
            program: String, partition: String? = nil, arguments: [String] = [], scratch: String? = nil
        ) {
            (self.program, self.partition, self.arguments) = (program, partition, arguments)
            self.scratch = scratch
        }
    }

    private let options: Options
    private let commands: SlurmCommands

    /// Makes an engine; nothing is run yet.
    public init(_ options: Options) { self.init(options, commands: SlurmCommands()) }

    init(_ options: Options, commands: SlurmCommands) {
        (self.options, self.commands) = (options, commands)
    }

    /// Each command's version, and an `sbatch` that submits nothing.
    public func check() async throws {
        for name in [SlurmCommands.Name.squeue, .scancel] { _ = try await commands.run(name, ["--version"]) }
        do {
            try await submit(["--test-only"], command: "true")
        } catch let error as FilmError where error.code == .io {
            // The controller is away, or busy.
        }
    }

    /// One `sbatch`.
    public func submit(_ job: StepJob) async throws {
        var command = ["exec", Self.quoted(options.program), "step", Self.quoted(job.spec)]
        if let scratch = options.scratch { command += ["--scratch", Self.quoted(scratch)] }
        try await submit(
            [
                "--parsable", "--no-requeue", "--export=NONE", "-J", job.name, "-c", "\(job.processors)",
                "--mem=\(job.memory)", "-t", "\(job.minutes)", "-o", job.log, "-D",
                FileSync.folder(of: job.spec),
            ], command: command.joined(separator: " "))
    }

    private func submit(_ words: [String], command: String) async throws {
        let partition = options.partition.map { ["-p", $0] } ?? []
        do {
            _ = try await commands.run(.sbatch, words + partition + options.arguments + ["--wrap", command])
        } catch let error as FilmError where Self.isFinal(error.message) {
            throw StepFailure(
                message: error.message, hint: error.hint ?? "check --partition and --sbatch-args",
                isFinal: true)
        }
    }

    /// Whether `sbatch` says that it will never take the job, and not that the controller is away: both end with 1.
    static func isFinal(_ words: String) -> Bool {
        let refusals = [
            "nvalid partition", "nvalid account", "nvalid qos", "nvalid option", "nvalid feature",
            "nrecognized option", "not available", "ot permitted", "ccess/permission denied", "No such file",
        ]
        return refusals.contains { words.contains($0) }
    }

    /// One `squeue` for all jobs of this user.
    public func poll() async throws -> [String: StepJobState] {
        // "-t all", or finished jobs are not told of.
        Self.states(
            try await commands.run(.squeue, ["-h", "-t", "all", "-u", NSUserName(), "-o", "%i|%T|%j|%r"]))
    }

    /// One `scancel`, by name.
    public func cancel(_ name: String) async throws { _ = try await commands.run(.scancel, ["-n", name]) }

    /// The newest job of each name that is ours. Numbers grow, so the highest is the newest.
    package static func states(_ listing: String) -> [String: StepJobState] {
        var newest: [String: (id: Int, state: StepJobState)] = [:]
        for line in listing.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(
                String.init)
            guard fields.count == 4, fields[2].hasPrefix("film-"),
                let id = Int(fields[0].prefix { $0.isNumber })
            else { continue }
            if newest[fields[2]].map({ $0.id < id }) ?? true {
                newest[fields[2]] = (id, state(fields[1], reason: fields[3]))
            }
        }
        return newest.mapValues(\.state)
    }

    /// Slurm's word for where a job stands. One that is not known here is taken for work.
    static func state(_ word: String, reason: String) -> StepJobState {
        switch word {
        case "PENDING":
            // Held jobs wait for a person. That is what a machine leaves behind that came back too soon.
            reason.contains("held") || reason.contains("Held") ? .lost : .waiting
        case "COMPLETED": .ended
        case "FAILED": .failed
        case "OUT_OF_MEMORY": .outOfMemory
        case "TIMEOUT", "DEADLINE": .outOfTime
        case "CANCELLED": .cancelled
        case "NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED", "SPECIAL_EXIT": .lost
        case "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD": .waiting
        default: .running
        }
    }

    static func quoted(_ word: String) -> String {
        "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
