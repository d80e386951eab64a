import ArgumentParser

/// Who generates the shots.
enum Provider: String, ExpressibleByArgument, CaseIterable, Sendable {
    case sandbox, runware
}
