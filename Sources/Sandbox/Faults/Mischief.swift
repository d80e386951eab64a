/// The faults of one task, with what they have done so far; a file of its own, so that a restart goes on.
struct Mischief: Codable, Sendable {
    var taskUUID: String
    /// Which task of the world it was, counted from 1 at its first submission.
    var number: Int
    var chosen: [Chosen]
    /// How often each step has occurred.
    var seen: [String: Int] = [:]
    /// Goes up each time that the URLs given out so far are declared dead.
    var generation = 1

    struct Chosen: Codable, Sendable {
        var fault: Fault
        var hits = 0
    }

    /// Counts one occurrence of a step. The first chosen fault of that step which is not yet spent strikes.
    mutating func strike(_ step: Fault.Step) -> Fault? {
        let count = seen[step.rawValue, default: 0] + 1
        seen[step.rawValue] = count
        for i in chosen.indices where chosen[i].fault.kind.step == step {
            let fault = chosen[i].fault
            guard count >= fault.from, chosen[i].hits < fault.times ?? .max else { continue }
            chosen[i].hits += 1
            if fault.kind == .mediaExpired { generation += 1 }
            return fault
        }
        return nil
    }

    /// The verdict over the task, counted as a hit when it is carried out.
    mutating func outcome() -> Fault? {
        guard let i = chosen.firstIndex(where: { $0.fault.kind.step == .task }) else { return nil }
        chosen[i].hits += 1
        return chosen[i].fault
    }

    func has(_ kind: Fault.Kind) -> Bool { chosen.contains { $0.fault.kind == kind } }

    /// Adds faults of kinds that are not there yet.
    mutating func add(_ faults: [Fault]) {
        for fault in faults where !has(fault.kind) { chosen.append(Chosen(fault: fault)) }
    }

    /// The kinds and how often each has struck.
    var report: JSON {
        .object(
            Dictionary(
                chosen.map { ($0.fault.kind.rawValue, .int(Int64($0.hits))) }, uniquingKeysWith: { $1 }))
    }
}
