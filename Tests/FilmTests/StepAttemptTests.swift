import Film
import Foundation
import Testing

/// What follows from where a job stands, as a table.
@Suite struct StepAttemptTests {
    @Test(arguments: [
        ("PENDING", "Priority", StepJobState.waiting), ("PENDING", "launch failed requeued held", .lost),
        ("PENDING", "JobHeldAdmin", .lost), ("CONFIGURING", "None", .waiting), ("RUNNING", "None", .running),
        ("COMPLETING", "None", .running), ("SUSPENDED", "None", .running), ("COMPLETED", "None", .ended),
        ("FAILED", "JobLaunchFailure", .failed), ("FAILED", "NonZeroExitCode", .failed),
        ("OUT_OF_MEMORY", "OutOfMemory", .outOfMemory), ("TIMEOUT", "TimeLimit", .outOfTime),
        ("DEADLINE", "None", .outOfTime), ("CANCELLED", "None", .cancelled), ("NODE_FAIL", "None", .lost),
        ("BOOT_FAIL", "None", .lost), ("PREEMPTED", "None", .lost), ("A_WORD_OF_TOMORROW", "None", .running),
    ])
    func `Slurm's words are understood`(word: String, reason: String, state: StepJobState) {
        #expect(
            SlurmEngine.states("17|\(word)|film-0123456789abcdef|\(reason)\n") == [
                "film-0123456789abcdef": state
            ])
    }

    @Test func `of several jobs of a name the newest counts, and strangers do not`() {
        let listing = """
            9|NODE_FAIL|film-a|None
            10|RUNNING|film-a|None
            11|RUNNING|other|None
            12_3|PENDING|film-b|Resources
            no line of squeue
            """
        #expect(SlurmEngine.states(listing) == ["film-a": .running, "film-b": .waiting])
    }

    @Test func `the doctor tries the machines that jobs would go to, once`() {
        let listing = """
            n1|idle|media*
            n1|idle|night
            n2|mixed|media*
            n3|idle|night
            n4|down*|media*
            """
        #expect(ClusterCheckup.machines(listing).map(\.name) == ["n1", "n2", "n4"])
        #expect(ClusterCheckup.machines("n3|idle|night\nn3|idle|day").map(\.name) == ["n3"])
        for (state, isUp) in [
            ("idle", true), ("mixed", true), ("allocated", true), ("idle~", true), ("completing", true),
            ("idle*", false), ("down", false), ("drained", false), ("draining", false),
        ] {
            #expect(ClusterCheckup.isUp(state) == isUp, "\(state)")
        }
    }

    @Test func `lost jobs are tried three times`() {
        var attempt = StepAttempt()
        #expect(
            attempt.judge(.waiting, silence: 1e6) == .wait && attempt.judge(.running, silence: 1e6) == .wait)
        #expect(attempt.judge(.lost, silence: 0) == .again)
        #expect(attempt.judge(.lost, silence: 0) == .again)
        guard case .giveUp = attempt.judge(.lost, silence: 0) else { return #expect(Bool(false)) }
    }

    @Test func `what is gone or ended without a result is waited for, then lost`() {
        for state in [nil, StepJobState.ended] {
            var attempt = StepAttempt()
            #expect(attempt.judge(state, silence: 59) == .wait)
            #expect(attempt.judge(state, silence: 61) == .again)
            #expect(attempt.number == 2)
        }
    }

    @Test func `ended by somebody is tried once more`() {
        var attempt = StepAttempt()
        #expect(attempt.judge(.cancelled, silence: 0) == .again)
        #expect(attempt.judge(.cancelled, silence: 0) == .giveUp("its job was ended by somebody, twice"))
    }

    @Test func `what a step says of itself is final, or tried three times`() {
        var attempt = StepAttempt()
        let full = StepFailure(message: "the disk is full", hint: nil, isFinal: false)
        #expect(attempt.judge(failed: full) == .again && attempt.judge(failed: full) == .again)
        #expect(attempt.judge(failed: full) == .giveUp("the disk is full"))
        attempt = StepAttempt()
        let bad = StepFailure(message: "it is no clip", hint: nil, isFinal: true)
        #expect(attempt.judge(failed: bad) == .giveUp("it is no clip"))
    }

    @Test func `memory and time are doubled once`() {
        var attempt = StepAttempt()
        #expect(attempt.judge(.outOfMemory, silence: 0) == .again && attempt.memoryDoublings == 1)
        #expect(attempt.judge(.outOfTime, silence: 0) == .again && attempt.timeDoublings == 1)
        for state in [StepJobState.failed, .outOfMemory, .outOfTime] {
            var copy = attempt
            guard case .giveUp = copy.judge(state, silence: 0) else {
                return #expect(Bool(false), "\(state)")
            }
        }
    }
}
