import ArgumentParser

/// How progress is told, for commands that take their time.
struct ProgressOptions: ParsableArguments {
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        /// Live lines on a terminal, nothing on a pipe.
        case auto
        /// A JSON object a line, on stderr.
        case json
        /// Nothing.
        case none
    }

    @Option(
        help: ArgumentHelp(
            "How progress is told: auto (live lines, on a terminal only), json (an object a line, on stderr) or none.",
            valueName: "way"))
    var progress: Choice = .auto
}
