import ArgumentParser
import Film
import Foundation
import Media
import Runware

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Say all that is wrong with a request or a storyboard; sends nothing.",
        discussion: """
            A file that ends in .yaml or .yml is a storyboard, any other a request. One line a problem: field, \
            value, what is allowed, what was probably meant. Warnings alone leave the exit code at 0.
            """)

    @Argument(
        help: ArgumentHelp(
            "A request (JSON) or a storyboard (YAML); - reads a request from standard input.",
            valueName: "file"))
    var file: String

    @Flag(help: "Let a storyboard name pictures outside its folder.")
    var allowOutsideImages = false

    @OptionGroup var strictness: StrictOption
    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let isStoryboard = ["yaml", "yml"].contains((file as NSString).pathExtension.lowercased())
        if file != "-" { try InputPath.check(file) }
        let name = file == "-" ? "standard input" : file
        var findings: [Finding]
        do {
            findings = isStoryboard ? try await checkStoryboard() : try checkRequest()
        } catch {
            // What stops the reading is a finding too, unless the fault is not the file's.
            var complaint = Complaint(error)
            guard complaint.status == .inputInvalid else { throw error }
            complaint.location = complaint.location ?? name
            findings = [Finding(complaint)]
        }
        findings =
            findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
        let errors = findings.count { $0.severity == .error }
        if common.json {
            try Streams.result(
                json: Report(
                    file: name, kind: isStoryboard ? "storyboard" : "request", isValid: errors == 0,
                    problems: findings))
        } else if findings.isEmpty {
            Streams.result("\(name): valid")
        } else {
            for finding in findings { Streams.result(finding.line) }
        }
        guard errors > 0 else { return }
        throw Complaint(
            .inputInvalid, code: isStoryboard ? "storyboardInvalid" : "requestInvalid",
            errors == 1 ? "1 error" : "\(errors) errors", at: name, hint: "correct the lines named on stdout")
    }

    private func checkRequest() throws -> [Finding] {
        let input = RequestInput(file: file)
        var task = try input.read()
        return try input.judge(&task, presets: presets, strict: strictness.strict).findings
    }

    private func checkStoryboard() async throws -> [Finding] {
        // Nobody is asked, so there is no service behind the generator.
        let logger = common.logger()
        let nowhere = ClientConfiguration(baseURL: URL(fileURLWithPath: "/"), apiKey: "none")
        var settings = FilmSettings(
            storyboardPath: file, outputDirectory: ".",
            generator: RunwareGenerator(
                name: Provider.sandbox.rawValue, client: nowhere,
                cards: presets.modelDirectories(beside: file), logger: logger),
            presets: try presets.library(beside: file), logger: logger, allowOutsideImages: allowOutsideImages
        )
        settings.strict = strictness.strict
        let checked = settings
        return try await Lanes.shared.run { _ in try Film.check(checked) }.map { Finding($0) }
    }

    private struct Report: Encodable {
        var file: String
        var kind: String
        var isValid: Bool
        var problems: [Finding]
    }
}
