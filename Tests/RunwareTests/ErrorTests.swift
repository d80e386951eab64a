import Foundation
import Runware
import Testing

@Suite struct `An error of the service` {
    @Test(
        arguments: [
            ("invalidProviderContent", .safety), ("invalidSomethingNew", .validation),
            ("invalidApiKey", .auth),
            ("missingApiKey", .auth), ("missingField", .validation), ("unsupportedDuration", .validation),
            ("conflictTaskUUID", .validation), ("incompatibleParameters", .validation),
            ("insufficientCredits", .quota), ("providerRateLimitExceeded", .rateLimit),
            ("contentPolicyViolation", .safety), ("failedProviderTimeout", .timeout),
            ("timeoutProvider", .unknown),
            ("noAvailableServer", .provider), ("taskFailed", .provider),
            ("internalServerError", .serverError),
            ("taskFailedOrNotFound", .notFound), ("tooManyRequests", .unknown), ("unknownTaskType", .unknown),
        ] as [(String, RunwareError.Category)])
    func `falls into the family of its code`(code: String, category: RunwareError.Category) {
        #expect(RunwareError.Category(code: code) == category)
    }

    @Test(
        arguments: [
            ("brandNew", 401, .auth), ("brandNew", 402, .quota), ("brandNew", 403, .auth),
            ("brandNew", 429, .rateLimit), ("brandNew", 500, .serverError), ("brandNew", 503, .serverError),
            ("brandNew", 504, .timeout), ("brandNew", 400, .unknown), ("brandNew", 200, .unknown),
            ("unknown", 400, .validation), ("contentPolicyViolation", 500, .safety),
        ] as [(String, Int, RunwareError.Category)])
    func `of an unlisted code falls into the family of its status`(
        code: String, status: Int, category: RunwareError.Category
    ) throws {
        let body = Data(#"{"errors":[{"code":"\#(code)","message":"x"}]}"#.utf8)
        let envelope = try #require(Envelope(body))
        let fault = try #require(envelope.errors.first)
        #expect(fault.error(status: status, task: nil, charged: .no).category == category)
    }

    @Test func `tells what, where, whether it was paid, and what to do`() throws {
        guard
            case .refused(let error) = Reading.submit(
                .success(try Fixture.reply("refused-duration", status: 400)), task: Fixture.task)
        else { return #expect(Bool(false), "not a refusal") }
        #expect(error.category == .validation && error.charged == .no && error.recovery == .changeInput)
        #expect(error.parameter == ["duration"] && error.httpStatus == 400 && error.exitCode == 6)
        #expect(error.hint == "use one of: 5, 8, 10")
        #expect(error.description.contains("unsupportedDuration") && error.description.contains(Fixture.task))
    }

    @Test func `reads a parameter list`() throws {
        let reply = try Fixture.reply("refused-two-parameters", status: 400)
        guard case .refused(let error) = Reading.submit(.success(reply), task: Fixture.task)
        else { return #expect(Bool(false), "not a refusal") }
        #expect(error.parameter == ["width", "resolution"])
    }
}

@Suite struct `Reading an answer` {
    private func ask(_ name: String, status: Int = 200) throws -> AskReply {
        let reply = try Fixture.reply(name, status: status)
        return try #require(Reading.ask(.success(reply), tasks: [Fixture.task])[Fixture.task])
    }

    private func answer(_ name: String, status: Int = 200) throws -> TaskAnswer {
        guard case .answer(let answer) = try ask(name, status: status) else { return TaskAnswer() }
        return answer
    }

    @Test(arguments: [
        ("acknowledged", 0, 1, 0), ("running", 0, 1, 0), ("running-unknown-status", 0, 1, 0),
        ("running-with-video-uuid", 0, 1, 0), ("done", 1, 0, 0), ("done-without-status", 1, 0, 0),
        ("three-first", 1, 2, 0), ("three-second", 2, 1, 0), ("three-all", 3, 0, 0),
        ("three-one-failed", 2, 0, 1),
        ("failed", 0, 0, 1), ("failed-in-data", 0, 0, 1), ("silent", 0, 0, 0),
    ])
    func `counts results, running and failed`(name: String, results: Int, running: Int, failed: Int) throws {
        let answer = try answer(name)
        #expect(answer.results.count == results)
        #expect(answer.running == running)
        #expect(answer.failures.count == failed)
        #expect(answer.isSilent == (results + running + failed == 0))
    }

    @Test func `keeps price and seed exact`() throws {
        #expect(try answer("done").results.first?.cost == Decimal(string: "0.4715"))
        let unsafe = try answer("done-large-seed-unsafe").results.first
        #expect(unsafe?.seed == 4_294_967_295 && unsafe?.nsfw == true)
        #expect(try answer("running").percent == 40)
        for (index, name) in ["neon-monsoon-rooftop-chase", "neon-bazaar-chase-sequence"].enumerated() {
            let item = try JSONDecoder().decode(
                VideoResult.self, from: Fixture.data("result-\(index + 1)-\(name)"))
            #expect(item.cost == Decimal(string: "0.4715") && item.videoURL?.hasSuffix(".mp4") == true)
        }
    }

    @Test func `a result is read and written under the service's names, and kept whole`() throws {
        let body = """
            {"data":[{"taskType":"videoInference","taskUUID":"\(Fixture.task)","videoUUID":"v",
              "videoBase64Data":"AAAA","NSFWContent":true,"somethingNew":[1]}]}
            """
        let reply = HTTPReply(status: 200, body: Data(body.utf8))
        guard case .answer(let answer) = Reading.ask(.success(reply), tasks: [Fixture.task])[Fixture.task],
            let result = answer.results.first
        else { return #expect(Bool(false), "an inline video is no result") }
        #expect(result.videoBase64Data == "AAAA" && result.nsfw == true && result.isInline)
        #expect(result.taskType == "videoInference" && result.raw["somethingNew"] == .array([.integer(1)]))
        let written = try JSONValue(parsing: JSONEncoder().encode(result))
        #expect(written["NSFWContent"] == .bool(true) && written["videoBase64Data"] == .string("AAAA"))
        let again = try JSONDecoder().decode(VideoResult.self, from: JSONEncoder().encode(result))
        #expect(again.videoUUID == "v" && again.nsfw == true)
    }

    @Test func `a final failure is final whatever the status`() throws {
        #expect(try answer("poll-final-504", status: 504).failures.first?.code == "failedProviderTimeout")
        #expect(try answer("failed-in-data").failures.first?.category == .provider)
        #expect(try answer("failed").failures.first?.category == .safety)
    }

    @Test func `a server in trouble has said nothing about the task`() throws {
        for (name, status) in [("single-error", 500), ("busy", 429), ("silent", 503)] {
            guard case .unclear = try ask(name, status: status) else {
                return #expect(Bool(false), "\(name) was believed")
            }
        }
        guard case .refused(let error) = try ask("wrong-key", status: 401) else {
            return #expect(Bool(false), "a wrong key was waited for")
        }
        #expect(error.category == .auth)
    }

    @Test func `one array asks for many tasks`() throws {
        let other = "11111111-2222-4333-8444-555555555555"
        let replies = Reading.ask(
            .success(try Fixture.reply("mixed-batch")), tasks: [Fixture.task, other, "third"])
        guard case .answer(let first) = replies[Fixture.task], case .answer(let second) = replies[other],
            case .answer(let third) = replies["third"]
        else { return #expect(Bool(false), "not all answered") }
        #expect(first.running == 1 && first.failures.isEmpty)
        #expect(second.failures.count == 1 && third.isSilent)
    }

    @Test func `a submission is accepted, refused, busy or open`() throws {
        func kind(_ name: String, _ status: Int) throws -> String {
            switch Reading.submit(.success(try Fixture.reply(name, status: status)), task: Fixture.task) {
            case .accepted: "accepted"
            case .conflict: "conflict"
            case .refused: "refused"
            case .busy: "busy"
            case .notSent: "notSent"
            case .unclear: "unclear"
            case .cancelled: "cancelled"
            }
        }
        #expect(try kind("acknowledged", 200) == "accepted")
        #expect(try kind("mixed-batch", 400) == "accepted")
        #expect(try kind("conflict", 400) == "conflict")
        #expect(try kind("refused-duration", 400) == "refused")
        #expect(try kind("refused-duration", 200) == "refused")
        #expect(try kind("wrong-key", 401) == "refused")
        #expect(try kind("no-balance", 402) == "refused")
        #expect(try kind("busy", 429) == "busy")
        #expect(try kind("no-server", 503) == "busy")
        #expect(try kind("single-error", 500) == "unclear")
        #expect(try kind("silent", 200) == "unclear")
        let page = HTTPReply(status: 504, body: Data("<html>gateway</html>".utf8))
        guard case .unclear = Reading.submit(.success(page), task: Fixture.task) else {
            return #expect(Bool(false), "a gateway's page was believed")
        }
    }

    @Test func `understands how long to wait`() {
        func wait(_ text: String) -> Duration? {
            Reading.wait(
                HTTPReply(status: 429, headers: ["retry-after": text]), now: Date(timeIntervalSince1970: 0))
        }
        #expect(wait("5") == .seconds(5))
        #expect(wait("99999") == .seconds(300))
        #expect(wait("-3") == .zero)
        #expect(wait("Thu, 01 Jan 1970 00:00:07 GMT") == .seconds(7))
        #expect(wait("soon") == nil)
    }
}
