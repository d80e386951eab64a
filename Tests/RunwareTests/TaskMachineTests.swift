import Foundation
import Runware
import Testing

@Suite struct `The task machine` {
    /// Runs a script of replies and writes down what the machine did, waits left out.
    private struct Run {
        var machine: TaskMachine
        var log: [String] = []
        var now: Duration = .zero
        var waits: [Duration] = []
        var failure: RunwareError?
        var outcome = TaskOutcome(results: [])
        var results: [VideoResult] { outcome.results }

        init(
            expected: Int? = 1, alreadySent: Bool = false, policy: PollPolicy = PollPolicy(),
            maySubmit: Bool = true
        ) {
            machine = TaskMachine(
                policy: policy, taskUUID: Fixture.task, expected: expected, alreadySent: alreadySent,
                maySubmit: maySubmit)
        }

        mutating func play(_ replies: [TaskMachine.Event]) -> String {
            var replies = replies
            var event = TaskMachine.Event.start
            while true {
                switch machine.handle(event, at: now, random: 0.5) {
                case .submit: log.append("submit")
                case .ask: log.append("ask")
                case .askArchive: log.append("archive")
                case .wait(let pause):
                    waits.append(pause)
                    now += pause
                    event = .waited
                    continue
                case .finish(let outcome):
                    self.outcome = outcome
                    log.append("finish \(outcome.results.count)")
                    return log.joined(separator: ", ")
                case .fail(let error):
                    failure = error
                    log.append("fail \(error.code) \(error.charged.rawValue)")
                    return log.joined(separator: ", ")
                }
                if replies.isEmpty { return (log + ["..."]).joined(separator: ", ") }
                event = replies.removeFirst()
            }
        }
    }

    private func submitted(_ name: String, _ status: Int = 200) throws -> TaskMachine.Event {
        .submitted(Reading.submit(.success(try Fixture.reply(name, status: status)), task: Fixture.task))
    }

    private func asked(_ name: String, _ status: Int = 200) throws -> TaskMachine.Event {
        let replies = Reading.ask(.success(try Fixture.reply(name, status: status)), tasks: [Fixture.task])
        return .asked(replies[Fixture.task] ?? .answer(TaskAnswer()))
    }

    private func submitted(_ kind: TransportError.Kind) -> TaskMachine.Event {
        .submitted(Reading.submit(.failure(TransportError(kind, "x")), task: Fixture.task))
    }

    private func asked(_ kind: TransportError.Kind) -> TaskMachine.Event {
        .asked(Reading.ask(.failure(TransportError(kind, "x")), tasks: [Fixture.task])[Fixture.task]!)
    }

    @Test func `submits, waits and finishes`() throws {
        var run = Run()
        let script = try [submitted("acknowledged"), asked("silent"), asked("running"), asked("done")]
        #expect(run.play(script) == "submit, ask, ask, ask, finish 1")
        #expect(run.waits == [.seconds(1), .seconds(1), .seconds(1.5)])
    }

    @Test func `pauses grow to ten seconds`() throws {
        var run = Run()
        let script = try [submitted("acknowledged")] + (0..<12).map { _ in try asked("running") }
        _ = run.play(script + [try asked("done")])
        #expect(run.waits.last == .seconds(10))
        #expect(run.waits.dropFirst() == run.waits.dropFirst().sorted()[...])
    }

    @Test func `after a lost answer asks before it submits the same again`() throws {
        var known = Run()
        #expect(
            try known.play([submitted(.lost), asked("running"), asked("done")])
                == "submit, ask, ask, finish 1")
        var unknown = Run()
        let script = try [
            submitted(.deadline), asked("silent"), asked("task-not-found", 404), asked("silent"),
            .archive(.none),
            submitted("conflict", 400), asked("done"),
        ]
        #expect(unknown.play(script) == "submit, ask, ask, ask, archive, submit, ask, finish 1")
    }

    @Test func `after a lost answer finds a finished task in the archive`() throws {
        var run = Run()
        let found = Reading.archive(.success(try Fixture.reply("archive")), task: Fixture.task)
        let script = try [
            submitted(.lost), asked("silent"), asked("silent"), asked("silent"), .archive(found),
        ]
        #expect(run.play(script) == "submit, ask, ask, ask, archive, finish 1")
    }

    @Test(arguments: [
        (200, #"{"data":[]}"#, "none"), (400, #"{"errors":[{"code":"unknownTaskType"}]}"#, "none"),
        (404, #"{"errors":[{"code":"taskNotFound"}]}"#, "none"),
        (401, #"{"errors":[{"code":"invalidApiKey"}]}"#, "refused"), (401, "", "refused"),
        (402, #"{"errors":[{"code":"somethingNew"}]}"#, "refused"), (403, "no", "refused"),
        (404, "<html>", "refused"), (404, #"{"errors":[{"code":"somethingNew"}]}"#, "unclear"),
        (400, #"{"errors":[{"code":"unsupportedDuration"}]}"#, "unclear"), (404, #"{"data":[]}"#, "unclear"),
        (200, "", "unclear"), (503, "", "unclear"), (429, #"{"data":[]}"#, "unclear"),
    ])
    func `only an archive that says so holds nothing`(status: Int, body: String, meaning: String) {
        let reply = HTTPReply(status: status, body: Data(body.utf8))
        let read =
            switch Reading.archive(.success(reply), task: Fixture.task) {
            case .none: "none"
            case .refused: "refused"
            case .unclear: "unclear"
            default: "another"
            }
        #expect(read == meaning)
    }

    @Test func `a wrong key at the archive ends the wait with the task open, nothing sent again`() throws {
        let refused = Reading.archive(.success(HTTPReply(status: 401)), task: Fixture.task)
        var run = Run(alreadySent: true)
        let script = try [asked("silent"), asked("silent"), asked("silent"), .archive(refused)]
        #expect(run.play(script) == "ask, ask, ask, archive, fail http401 unknown")
    }

    @Test(arguments: ["busy", "no-server"])
    func `a conflict after being turned away counts as acceptance`(name: String) throws {
        var run = Run()
        let status = name == "busy" ? 429 : 503
        let script = try [submitted(name, status), submitted("conflict", 400), asked("done")]
        #expect(run.play(script) == "submit, submit, ask, finish 1")
    }

    @Test func `a conflict after a connection that was never made is an error`() throws {
        var run = Run()
        let script = try [submitted(.unreachable), submitted("conflict", 400)]
        #expect(run.play(script) == "submit, submit, fail conflictTaskUUID unknown")
    }

    @Test(arguments: [
        (503, #"{"errors":[{"code":"noAvailableServer","message":"x"}]}"#),
        (503, #"{"errors":[{"code":"somethingNew","message":"x"}]}"#),
        (200, #"{"errors":[{"code":"rateLimitExceeded","message":"x"}]}"#),
    ])
    func `being turned away without our task's name is asked about first`(status: Int, body: String) throws {
        var run = Run()
        let reply = HTTPReply(status: status, body: Data(body.utf8))
        let turned = TaskMachine.Event.submitted(Reading.submit(.success(reply), task: Fixture.task))
        #expect(try run.play([turned, asked("running"), asked("done")]) == "submit, ask, ask, finish 1")
    }

    @Test func `a full queue is waited for by time, not by count, then given up unpaid`() throws {
        var patient = Run()
        let busy = try submitted("busy", 429)
        let script = try Array(repeating: busy, count: 40) + [submitted("acknowledged"), asked("done")]
        #expect(patient.play(script).hasSuffix("submit, ask, finish 1"))
        #expect(patient.now > .seconds(300))
        var ended = Run()
        #expect(ended.play(Array(repeating: busy, count: 400)).hasSuffix("fail rateLimitExceeded no"))
        #expect(ended.now > .seconds(600) && ended.now < .seconds(620))
        #expect(ended.failure?.recovery == .retryTransport)
        #expect(ended.failure?.hint?.contains("nothing was taken on") == true)
    }

    @Test(arguments: [true, false])
    func `a wait the service asked for does not use up the patience`(isBusy: Bool) throws {
        var policy = PollPolicy()
        policy.busyPatience = .seconds(200)
        var run = Run(policy: policy)
        let reply = try Fixture.reply(
            isBusy ? "busy" : "single-error", status: isBusy ? 429 : 500, headers: ["retry-after": "300"])
        let event: TaskMachine.Event
        if isBusy {
            event = .submitted(Reading.submit(.success(reply), task: Fixture.task))
            _ = try run.play([event, event, event, submitted("acknowledged"), asked("done")])
        } else {
            event = .asked(Reading.ask(.success(reply), tasks: [Fixture.task])[Fixture.task]!)
            _ = try run.play([submitted("acknowledged"), event, event, event, asked("done")])
        }
        #expect(run.results.count == 1)
        #expect(run.now > .seconds(900))
    }

    @Test func `a task that is only waited for is never sent`() throws {
        var run = Run(alreadySent: true, maySubmit: false)
        let script = try [asked("silent"), asked("silent"), asked("silent"), .archive(.none)]
        #expect(run.play(script) == "ask, ask, ask, archive, fail taskNotFound unknown")
        var many = Run(expected: nil, maySubmit: false)
        #expect(try many.play([asked("three-second"), asked("three-all")]) == "ask, ask, finish 3")
    }

    @Test func `what ends the wait after partial results is told, with how many are missing`() throws {
        var late = Run(expected: 3)
        let forever = try (0..<400).map { _ in try asked("three-second") }
        _ = try late.play([submitted("acknowledged")] + forever)
        #expect(late.outcome.missing == 1 && late.outcome.interruption?.code == "deadline")
        var refused = Run(expected: 3)
        _ = try refused.play([submitted("acknowledged"), asked("three-second"), asked("wrong-key", 401)])
        #expect(refused.outcome.results.count == 2 && refused.outcome.missing == 1)
        #expect(refused.outcome.failures.isEmpty && refused.outcome.interruption?.category == .auth)
        var failed = Run(expected: 3)
        _ = try failed.play([submitted("acknowledged"), asked("three-one-failed")])
        #expect(failed.outcome.missing == 0 && failed.outcome.failures.count == 1)
    }

    @Test func `a later answer brings a result's new address`() throws {
        var run = Run(expected: 2)
        func answer(_ url: String, and other: String = "") -> TaskMachine.Event {
            let item = #"{"taskUUID":"\#(Fixture.task)","videoUUID":"v","videoURL":"\#(url)","seed":1}"#
            let body = Data(#"{"data":[\#(item)\#(other)]}"#.utf8)
            let reply = Reading.ask(.success(HTTPReply(status: 200, body: body)), tasks: [Fixture.task])
            return .asked(reply[Fixture.task]!)
        }
        let second = #",{"taskUUID":"\#(Fixture.task)","videoUUID":"w","videoDataURI":"data:,"}"#
        let script = [try submitted("acknowledged"), answer("http://a"), answer("http://b", and: second)]
        #expect(run.play(script).hasSuffix("finish 2"))
        #expect(run.results[0].videoURL == "http://b" && run.results[1].videoDataURI == "data:,")
    }

    @Test func `says that the submissions ended it, not the time`() throws {
        var run = Run()
        let silence = try Array(repeating: asked("silent"), count: 3) + [.archive(.none)]
        let script = (0..<9).flatMap { _ in [submitted(.lost)] + silence }
        #expect(run.play(script).hasSuffix("fail noAnswer unknown"))
        #expect(run.failure?.message.contains("6 times") == true)
        #expect(run.now < .seconds(600))
    }

    @Test func `hints slow the questions down and bring the next one forward`() throws {
        var run = Run()
        _ = try run.play([submitted("acknowledged")])
        run.machine.isHinted = true
        _ = run.machine.handle(.waited, at: .seconds(1), random: 0.5)
        guard case .wait(let pause) = run.machine.handle(try asked("running"), at: .seconds(1), random: 0.5)
        else { return #expect(Bool(false), "does not wait") }
        #expect(pause == .seconds(60))
        guard case .ask = run.machine.handle(.hinted, at: .seconds(2), random: 0.5) else {
            return #expect(Bool(false), "does not ask")
        }
    }

    @Test func `no pause is longer than the longest, whatever the chance`() {
        var run = TaskMachine(policy: PollPolicy(), taskUUID: Fixture.task, expected: 1, alreadySent: true)
        var answer = TaskAnswer()
        answer.running = 1
        var longest = Duration.zero
        _ = run.handle(.start, at: .zero, random: 0.999)
        for _ in 0..<20 {
            if case .wait(let pause) = run.handle(.asked(.answer(answer)), at: .zero, random: 0.999) {
                longest = max(longest, pause)
            }
            _ = run.handle(.waited, at: .zero, random: 0.999)
        }
        #expect(longest == .seconds(10))
    }

    @Test(arguments: [0, 429, 500, 503])
    func `an archive that cannot be asked is no reason to send again`(status: Int) throws {
        let reply: Result<HTTPReply, TransportError> =
            status == 0 ? .failure(TransportError(.lost, "x")) : .success(HTTPReply(status: status))
        let unclear = TaskMachine.Event.archive(Reading.archive(reply, task: Fixture.task))
        var run = Run(alreadySent: true)
        let silence = try asked("silent")
        let script =
            [silence, silence, silence] + Array(repeating: [unclear, silence], count: 9).flatMap(\.self)
        let log = run.play(script)
        #expect(!log.contains("submit"))
        #expect(
            log.contains("fail") && run.failure?.charged == .unknown && run.failure?.recovery == .askAgain)
    }

    @Test func `a task whose request is archived without an end is waited for, not sent again`() throws {
        let body = """
            {"data":[{"taskType":"getTaskDetails","taskUUID":"\(Fixture.task)",
              "request":[{"taskType":"videoInference"}],"response":null}]}
            """
        let known = Reading.archive(
            .success(HTTPReply(status: 200, body: Data(body.utf8))), task: Fixture.task)
        var run = Run(alreadySent: true)
        let script = try [
            asked("silent"), asked("silent"), asked("silent"), .archive(known), asked("silent"),
            asked("done"),
        ]
        #expect(run.play(script) == "ask, ask, ask, archive, ask, ask, finish 1")
    }

    @Test func `an archived failure ends the task, an archived conflict does not`() throws {
        func archived(_ code: String) -> TaskMachine.Event {
            let body = """
                {"data":[{"taskType":"getTaskDetails","taskUUID":"\(Fixture.task)","response":{"errors":[
                  {"code":"\(code)","message":"x","status":"error","taskUUID":"\(Fixture.task)"}]}}]}
                """
            return .archive(
                Reading.archive(.success(HTTPReply(status: 200, body: Data(body.utf8))), task: Fixture.task))
        }
        var failed = Run(alreadySent: true)
        let silence = try asked("silent")
        #expect(
            failed.play([silence, silence, silence, archived("providerError")])
                == "ask, ask, ask, archive, fail providerError unknown")
        var conflict = Run(alreadySent: true)
        #expect(
            try conflict.play([silence, silence, silence, archived("conflictTaskUUID"), asked("done")])
                == "ask, ask, ask, archive, ask, finish 1")
    }

    @Test func `an error that may be about the question leaves the task open`() throws {
        let body = """
            {"errors":[{"code":"tooManyQuestions","message":"x","taskUUID":"\(Fixture.task)"}]}
            """
        let replies = Reading.ask(
            .success(HTTPReply(status: 200, body: Data(body.utf8))), tasks: [Fixture.task])
        var run = Run(alreadySent: true)
        _ = run.play([.asked(try #require(replies[Fixture.task]))])
        #expect(run.failure?.charged == .unknown && run.failure?.recovery == .askAgain)
    }

    @Test(arguments: ["failed", "poll-final-504"])
    func `a task that has ended badly is not asked for again`(name: String) throws {
        var run = Run(alreadySent: true)
        _ = try run.play([asked(name, name == "failed" ? 200 : 504)])
        let recovery = try #require(run.failure?.recovery)
        #expect(recovery == .stop || recovery == .changeInput)
    }

    @Test func `a conflict on the very first submission is an error, not an acceptance`() throws {
        var run = Run()
        #expect(try run.play([submitted("conflict", 400)]) == "submit, fail conflictTaskUUID unknown")
        #expect(run.failure?.recovery == .askAgain)
    }

    @Test func `a connection never made is tried again without asking, then given up unpaid`() {
        var run = Run()
        let script = Array(repeating: submitted(.unreachable), count: 9)
        #expect(run.play(script) == "submit, submit, submit, submit, submit, submit, fail cannotConnect no")
    }

    @Test func `recovery asks first and does not submit what is known`() throws {
        var known = Run(alreadySent: true)
        #expect(
            try known.play([asked("running"), asked("silent"), asked("done")]) == "ask, ask, ask, finish 1")
        var failed = Run(alreadySent: true)
        #expect(
            try failed.play([asked("failed")]) == "ask, fail contentPolicyViolation unknown")
        var offline = Run(alreadySent: true)
        #expect(
            try offline.play([asked(.unreachable), asked(.lost), asked("done")]) == "ask, ask, ask, finish 1")
    }

    @Test func `recovery submits the same UUID only after repeated silence, a conflict being acceptance`()
        throws
    {
        var run = Run(alreadySent: true)
        let script = try [
            asked("silent"), asked("silent"), asked("silent"), .archive(.none), submitted("conflict", 400),
            asked("done"),
        ]
        #expect(run.play(script) == "ask, ask, ask, archive, submit, ask, finish 1")
    }

    @Test func `an accepted task that stays silent is never submitted again`() throws {
        var run = Run()
        let script = try [submitted("acknowledged")] + (0..<400).map { _ in try asked("silent") }
        let log = run.play(script)
        #expect(log.hasSuffix("fail deadline unknown"))
        #expect(log.components(separatedBy: "submit").count == 2)
        #expect(run.failure?.category == .timeout && run.failure?.recovery == .askAgain)
        #expect(run.now == PollPolicy().deadline)
    }

    @Test func `a service that denies an accepted task is believed after a while`() throws {
        var run = Run()
        let denial = try asked("task-not-found", 404)
        let script = [try submitted("acknowledged")] + Array(repeating: denial, count: 9)
        #expect(run.play(script) == "submit, ask, ask, ask, ask, fail taskNotFound unknown")
    }

    @Test(arguments: [
        ("refused-duration", 400, "unsupportedDuration"), ("wrong-key", 401, "invalidApiKey"),
        ("no-balance", 402, "insufficientCredits"),
    ])
    func `a definite refusal costs nothing and is not repeated`(name: String, status: Int, code: String)
        throws
    {
        var run = Run()
        #expect(try run.play([submitted(name, status)]) == "submit, fail \(code) no")
        var again = Run(alreadySent: true)
        let script = try [
            asked("silent"), asked("silent"), asked("silent"), .archive(.none), submitted(name, status),
        ]
        let charged = code == "unsupportedDuration" ? "no" : "unknown"
        #expect(again.play(script).hasSuffix("submit, fail \(code) \(charged)"))
    }

    @Test func `a busy service is waited for as long as it says`() throws {
        var run = Run()
        let reply = try Fixture.reply("busy", status: 429, headers: ["retry-after": "7"])
        let busy = TaskMachine.Event.submitted(Reading.submit(.success(reply), task: Fixture.task))
        #expect(
            try run.play([busy, submitted("acknowledged"), asked("done")]) == "submit, submit, ask, finish 1")
        #expect(run.waits.first == .seconds(7))
    }

    @Test func `results that come one by one are kept once each`() throws {
        var run = Run(expected: 3)
        let script = try [
            submitted("acknowledged"), asked("three-first"), asked("three-first"), asked("three-second"),
            asked("three-all"),
        ]
        #expect(run.play(script).hasSuffix("finish 3"))
        #expect(Set(run.results.map(\.videoUUID)).count == 3)
    }

    @Test func `a failed sibling does not take the good results along`() throws {
        var run = Run(expected: 3)
        #expect(try run.play([submitted("acknowledged"), asked("three-one-failed")]).hasSuffix("finish 2"))
        var late = Run(expected: 3)
        let forever = try (0..<400).map { _ in try asked("three-second") }
        #expect(try late.play([submitted("acknowledged")] + forever).hasSuffix("finish 2"))
    }

    @Test func `a network that stays away ends the wait with the task open`() throws {
        var run = Run()
        let script = [try submitted("acknowledged")] + (0..<400).map { _ in asked(.lost) }
        #expect(run.play(script).hasSuffix("fail connectionLost unknown"))
        #expect(run.now < .seconds(220))
    }

    @Test func `cancelling says what is known about the money`() throws {
        var fresh = Run()
        #expect(fresh.machine.handle(.cancelled, at: .zero, random: 0).charge == "no")
        _ = fresh.play([])
        #expect(fresh.machine.handle(.submitted(.cancelled), at: .zero, random: 0).charge == "unknown")
        var accepted = Run()
        _ = try accepted.play([submitted("acknowledged")])
        #expect(accepted.machine.handle(.cancelled, at: .zero, random: 0).charge == "yes")
    }
}

extension TaskMachine.Action {
    fileprivate var charge: String? {
        if case .fail(let error) = self { error.charged.rawValue } else { nil }
    }
}
