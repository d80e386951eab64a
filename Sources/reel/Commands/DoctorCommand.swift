import ArgumentParser
import Foundation
import Media
import Montage

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether this machine can make films, and what is missing.",
        discussion: "Exit code 1 when something is missing that a preset or a film needs.")

    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let checkup = Checkup.make(
            presetDirectories: PresetLibrary.defaultDirectories(flag: presets.directory, beside: nil))
        if common.json {
            try Streams.result(json: checkup)
        } else {
            Streams.result(checkup.text)
        }
        guard let trouble = checkup.findings.first else { return }
        throw Complaint(
            .failed, code: "doctor", trouble.what, at: trouble.location, hint: trouble.hint)
    }
}
