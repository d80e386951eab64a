import Foundation
import Synchronization

/// Progress on stderr. On a terminal the lines of work under way stand at the bottom and are redrawn in
/// place, at most ten times a second; elsewhere a line is printed when work starts or ends and at each
/// quarter. Callable from any thread, never blocks for long.
final class Progress: Sendable {
    private struct Line {
        var key: String
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
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] ?? "dumb" != "dumb"
    }

    /// A line that stays.
    func say(_ text: String) {
        state.withLock { state in
            erase(&state)
            Streams.note(text)
            draw(&state)
        }
    }

    /// A line of work under way; the same key again changes it. `fraction` is 0...1 where it is known.
    func show(_ key: String, _ text: String, fraction: Double? = nil) {
        let quarter = fraction.map { Int(max(0, min(1, $0)) * 4) } ?? 0
        let shown = fraction.map { "\(text) \(Self.percent($0))" } ?? text
        state.withLock { state in
            if let index = state.live.firstIndex(where: { $0.key == key }) {
                let moved = quarter > state.live[index].quarter
                state.live[index] = Line(key: key, text: shown, quarter: max(quarter, state.live[index].quarter))
                if !isTerminal, moved { Streams.note(shown) }
            } else {
                state.live.append(Line(key: key, text: shown, quarter: quarter))
                if !isTerminal { Streams.note(shown) }
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

    private static func percent(_ fraction: Double) -> String {
        "\(Int((max(0, min(1, fraction)) * 100).rounded(.down)))%"
    }

    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
        return Int(size.ws_col)
    }
}
