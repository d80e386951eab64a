import ArgumentParser
import Film
import Foundation
import Media

struct StepCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Run one step of a film that another process wrote down.",
        discussion: """
            This is what `reel film --executor slurm` has the machines of a cluster run. What became of it is in \
            result.json beside the step; the exit code says the same: 65 for what will fail again, 75 for what may go \
            better another time.
            """)

    @Argument(help: "The step, spec.json.")
    var spec: String

    @Option(
        help: ArgumentHelp(
            "A folder on a disk of this machine, for copies of the step's files. Without it $TMPDIR, or /tmp.",
            valueName: "dir"))
    var scratch: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let (spec, scratch) = (spec, scratch)
        let failure = try await Lanes.shared.run {
            try StepSpec.run(file: spec, scratch: scratch, interrupt: $0)
        }
        guard let failure else { return }
        throw Complaint(
            failure.isFinal ? .stepFailed : .stepStuck, code: "stepFailed", failure.message, at: spec,
            hint: failure.hint)
    }
}
