import Foundation
import Synchronization

/// Progress on stderr. On a terminal the lines of work under way stand at the bottom and are redrawn in
/// place, at most ten times a second; elsewhere a line is printed when a stage begins or ends and at each
/// quarter of it. Callable from any thread, never blocks for long.
final class Progress: Sendable {
    private struct Line {
        var key: String
        var stage: String
        var text: String
        var quarter: Int
    }
    private struct State {
        var live: [Line] = []
        var drawn = 0
        var lastDraw = ContinuousClock.now - .seconds(1)
    }

    private let state = Mutex(State())
    private let isTerminal: Bool

    init() {
        isTerminal =
            isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
    }

    /// A line that stays.
    func say(_ text: String) {
        state.withLock { state in
            erase(&state)
            Streams.note(text)
            draw(&state)
        }
    }

    /// The line of a piece of work, by its key. A new `stage` is worth a line of its own where lines cannot be
    /// redrawn; `detail` is not. `fraction` is 0...1 where it is known.
    func show(_ key: String, _ stage: String, detail: String = "", fraction: Double? = nil) {
        let share = fraction.map { max(0, min(1, $0.isFinite ? $0 : 0)) }
        let quarter = share.map { Int($0 * 4) } ?? 0
        let text = [stage, detail, share.map { "\(Int($0 * 100))%" } ?? ""].filter { !$0.isEmpty }.joined(
            separator: " ")
        state.withLock { state in
            var line = Line(key: key, stage: stage, text: text, quarter: quarter)
            if let index = state.live.firstIndex(where: { $0.key == key }) {
                let before = state.live[index]
                let isNews = before.stage != stage || quarter > before.quarter
                if before.stage == stage { line.quarter = max(quarter, before.quarter) }
                state.live[index] = line
                if !isTerminal, isNews { Streams.note(text) }
            } else {
                state.live.append(line)
                if !isTerminal { Streams.note(text) }
            }
            guard isTerminal, ContinuousClock.now - state.lastDraw > .milliseconds(100) else { return }
            erase(&state)
            draw(&state)
        }
    }

    /// The work of this key has ended; `text`, where given, stays.
    func end(_ key: String, _ text: String? = nil) {
        state.withLock { state in
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

    private func erase(_ state: inout State) {
        guard isTerminal, state.drawn > 0 else { return }
        Streams.write("\u{1B}[\(state.drawn)A\r\u{1B}[J", to: STDERR_FILENO)
        state.drawn = 0
    }

    private func draw(_ state: inout State) {
        guard isTerminal, !state.live.isEmpty else { return }
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
