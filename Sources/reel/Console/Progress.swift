import Foundation
import Synchronization

/// Progress on stderr. On a terminal the lines of work under way stand at the bottom and are redrawn in
/// place, at most ten times a second; as JSON each piece of news is a line, four a second at most for one piece
/// of work; elsewhere only what is said for good is printed. Callable from any thread, never blocks for long.
final class Progress: Sendable {
    /// How it is told.
    enum Way: Sendable { case terminal, plain, json }

    private struct Line {
        var key: String
        var text: String
        var pace: WorkPace
        var told: ContinuousClock.Instant?
    }
    private struct State {
        var live: [Line] = []
        var drawn = 0
        var lastDraw = ContinuousClock.now - .seconds(1)
    }

    private let state = Mutex(State())
    private let way: Way

    /// - Parameter choice: what the user asked for; `auto` looks whether stderr is a terminal.
    init(_ choice: ProgressOptions.Choice = .auto) {
        let isTerminal =
            isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
        way =
            switch choice {
            case .auto: isTerminal ? .terminal : .plain
            case .json: .json
            case .none: .plain
            }
    }

    /// Whether how far the work is will be told at all: where it is not, nobody needs to find out how much it is.
    var isTold: Bool { way != .plain }

    /// A line that stays.
    func say(_ text: String) {
        state.withLock { state in
            if way == .json { return tell(ProgressNews(event: "note", text: text)) }
            erase(&state)
            Streams.note(text)
            draw(&state)
        }
    }

    /// The line of a piece of work, by its key. `fraction` is 0...1 where it is known; `whole` says how much that
    /// is the fraction of.
    func show(
        _ key: String, _ stage: String, detail: String = "", fraction: Double? = nil,
        whole: WorkPace.Whole? = nil
    ) {
        guard way != .plain else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            let place: Int
            if let known = state.live.firstIndex(where: { $0.key == key }) {
                place = known
            } else {
                place = state.live.count
                state.live.append(Line(key: key, text: "", pace: WorkPace(at: now), told: nil))
            }
            state.live[place].pace.note(fraction, of: whole, at: now)
            let pace = state.live[place].pace
            state.live[place].text = [stage, detail, pace.text].filter { !$0.isEmpty }.joined(separator: "  ")
            guard way == .json else {
                guard now - state.lastDraw > .milliseconds(100) else { return }
                erase(&state)
                draw(&state)
                return
            }
            if let told = state.live[place].told, now - told < .milliseconds(250) { return }
            state.live[place].told = now
            tell(ProgressNews(event: "progress", job: key, text: stage, pace: pace))
        }
    }

    /// The work of this key has ended; `text`, where given, stays.
    func end(_ key: String, _ text: String? = nil) {
        state.withLock { state in
            let line = state.live.first { $0.key == key }
            if way == .json {
                state.live.removeAll { $0.key == key }
                return tell(ProgressNews(event: "done", job: key, text: text, pace: line?.pace))
            }
            erase(&state)
            state.live.removeAll { $0.key == key }
            if let text { Streams.note(text) }
            draw(&state)
        }
    }

    /// Removes the live lines, before a complaint or a result.
    func clear() {
        state.withLock { state in
            erase(&state)
            state.live.removeAll()
        }
    }

    private func tell(_ news: ProgressNews) {
        if let line = JSONText.line(news) { Streams.note(line) }
    }

    private func erase(_ state: inout State) {
        guard way == .terminal, state.drawn > 0 else { return }
        Streams.write("\u{1B}[\(state.drawn)A\r\u{1B}[J", to: STDERR_FILENO)
        state.drawn = 0
    }

    private func draw(_ state: inout State) {
        guard way == .terminal, !state.live.isEmpty else { return }
        let width = Self.terminalWidth
        let lines = state.live.map { String($0.text.prefix(width - 1)) }
        Streams.write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
        state.drawn = lines.count
        state.lastDraw = .now
    }

    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
        return Int(size.ws_col)
    }
}

/// One line of `--progress json`.
struct ProgressNews: Encodable {
    /// `progress`, `done`, or `note` for what is said in words.
    var event: String
    /// Which piece of work.
    var job: String?
    /// For people.
    var text: String?
    /// 0...1.
    var fraction: Double?
    /// Frames done, and of how many.
    var frames: Int?
    var expectedFrames: Int?
    /// Frames a second of late.
    var fps: Double?
    /// Seconds of clip a second of late.
    var speed: Double?
    /// Seconds left, at the pace of late.
    var left: Double?

    init(event: String, job: String? = nil, text: String? = nil, pace: WorkPace? = nil) {
        self.event = event
        self.job = job
        self.text = text
        fraction = pace?.fraction.map { ($0 * 10_000).rounded() / 10_000 }
        frames = pace?.frames
        expectedFrames = pace?.whole?.frames
        fps = pace?.fps.map { ($0 * 10).rounded() / 10 }
        speed = pace?.speed.map { ($0 * 100).rounded() / 100 }
        left = pace?.left.map { ($0 * 10).rounded() / 10 }
    }
}
