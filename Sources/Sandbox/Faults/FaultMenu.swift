/// Chooses the faults of a task: what the request asks for, what the world's rules say, and chance.
struct FaultMenu: Sendable {
    let marks: SandboxFaults
    let world: SandboxWorld

    /// The faults of a task, each kind once; what is named first counts.
    ///
    /// - Parameters:
    ///   - number: Which task of the world it is, counted from 1.
    ///   - header: What the header `X-Sandbox-Faults` named.
    func choose(uuid: String, prompt: String, number: Int, header: [Fault]) throws(FaultComplaint) -> [Fault]
    {
        var all = header + (try Fault.inPrompt(prompt))
        for (mark, kind) in [
            (marks.reject, Fault.Kind.moderationBefore), (marks.refuse, .moderationAfter),
            (marks.fail, .providerFailure),
        ] where !mark.isEmpty && prompt.contains(mark) {
            all.append(Fault(kind, times: nil))
        }
        for rule in world.rules where rule.matches(uuid: uuid, prompt: prompt, number: number) {
            all += rule.faults
        }
        for (kind, share) in world.chances where Self.luck(world.seed, uuid, kind) < share {
            all.append(Fault(kind, times: kind.usualTimes))
        }
        var chosen: [Fault] = []
        for fault in all where !chosen.contains(where: { $0.kind == fault.kind }) { chosen.append(fault) }
        return chosen
    }

    /// A number from 0 to 1 that belongs to a task and a kind, whatever the order in which tasks come.
    static func luck(_ seed: UInt64, _ uuid: String, _ kind: Fault.Kind) -> Double {
        // FNV-1a, then the finaliser of SplitMix64, because FNV alone stirs its upper bits too little.
        var hash = UInt64(1_469_598_103_934_665_603) ^ seed
        for byte in "\(uuid.lowercased())/\(kind.rawValue)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        return Double(hash >> 11) / Double(UInt64(1) << 53)
    }
}
