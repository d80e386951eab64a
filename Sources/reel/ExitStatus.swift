/// What the process tells its caller. The one table of exit codes.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    /// The work was right but could not be done: disk, network, a fault of ours.
    case failed = 1
    /// The command line is wrong.
    case usage = 2
    /// Some shots are missing; what was made and paid is kept.
    case filmIncomplete = 3
    /// The film would cost more than allowed; nothing was bought.
    case budgetRefused = 4
    /// A storyboard, a preset or a media file is not what it should be.
    case inputInvalid = 5
    /// The generation service said no.
    case serviceRefused = 6
    /// Another run works on the same storyboard.
    case inUse = 10
    /// `reel step`: the step will fail again.
    case stepFailed = 65
    /// `reel step`: the step may go better another time or elsewhere.
    case stepStuck = 75
    case interrupted = 130

    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .usage: "usage"
        case .filmIncomplete: "film incomplete, the rest kept"
        case .budgetRefused: "budget refused"
        case .inputInvalid: "storyboard, preset or media invalid"
        case .serviceRefused: "refused by the service"
        case .inUse: "in use by another run"
        case .stepFailed: "a step will fail again"
        case .stepStuck: "a step may go better elsewhere"
        case .interrupted: "interrupted"
        }
    }

    static var table: String {
        allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ")
    }
}
