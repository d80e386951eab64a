import Film
import Foundation
import Runware
import Testing

@Suite struct `A shot that may be bought anew` {
    private func shots(_ prompt: String, _ more: String = "") -> String {
        "  - {id: a, prompt: \"\(prompt)\", seed: 1\(more)}"
    }

    private func failure(_ till: Till, _ shots: String, budget: Decimal? = nil) async throws -> FilmError {
        let settings = try await till.settings(shots, budget: budget)
        return try await #require(throws: FilmError.self) { try await Film.make(settings) { _ in } }
    }

    @Test(arguments: [
        ("", 1), (", retry: {attempts: 2, on: [provider]}", 3), (", retry: {attempts: 3, on: [timeout]}", 1),
        (", retry: {attempts: 1, on: [timeout, provider]}", 2),
    ])
    func `is bought as often as the storyboard allows, and no more`(rule: String, tasks: Int) async throws {
        let till = try Till()
        let error = try await failure(till, shots("A lake [fail]", rule))
        #expect(error.exitCode == 3 && error.message.contains("providerError"))
        #expect(try till.tasks.count == tasks)
        await till.close()
    }

    @Test func `stays within the budget`() async throws {
        let till = try Till()
        let rule = ", retry: {attempts: 3, on: [provider]}"
        // One take of five seconds costs 0.139; two do not fit.
        let error = try await failure(till, shots("A lake [fail]", rule), budget: Decimal(string: "0.2"))
        #expect(error.exitCode == 4)
        #expect(try till.tasks.count == 1)
        await till.close()
    }

    @Test func `is the same shot with and without the rule`() async throws {
        let till = try Till()
        _ = try await Film.make(till.settings(shots("A lake"))) { _ in }
        let plan = try Film.plan(
            await till.settings(shots("A lake", ", retry: {attempts: 2, on: [provider]}")))
        #expect(plan.isUpToDate)
        await till.close()
    }

    @Test(arguments: ["[refuse]", "[reject]"])
    func `is not sent again for what content policy refused, until it changes`(mark: String) async throws {
        let till = try Till()
        let rule = ", retry: {attempts: 3, on: [provider, timeout]}"
        let first = try await failure(till, shots("A lake \(mark)", rule))
        let sent = try till.tasks.count
        #expect(first.message.contains(mark == "[reject]" ? "promptBlocked" : "contentPolicyViolation"))
        let second = try await failure(till, shots("A lake \(mark)", rule))
        #expect(second.exitCode == 6 && second.message.contains("refused for its content"))
        #expect(second.hint?.contains("seed") == true)
        #expect(try till.tasks.count == sent)
        let plan = try Film.plan(await till.settings(shots("A lake \(mark)")))
        #expect(plan.steps.first { $0.id == "shot:a" }?.estimate == 0)
        // Another seed is another request.
        let other = shots("A lake \(mark)").replacingOccurrences(of: "seed: 1", with: "seed: 2")
        let third = try await failure(till, other)
        #expect(!third.message.contains("refused for its content"))
        await till.close()
    }

    @Test func `tells what the service said, under its own words`() async throws {
        let till = try Till()
        let error = try await failure(till, shots("A lake [fail]"))
        let shot = try #require(error.underlying as? FilmError)
        let facts = try #require((shot.underlying as? GenerationFailure)?.facts)
        #expect(facts.code == "providerError" && facts.category == "provider")
        #expect(try facts.taskUUID == till.tasks.first && facts.charged == "unknown")
        await till.close()
    }

    @Test(arguments: [
        ("retry: {attempts: 0, on: [provider]}", "attempts"),
        ("retry: {attempts: 4, on: [timeout]}", "attempts"),
        ("retry: {attempts: 1, on: []}", "empty"), ("retry: {attempts: 1, on: [safety]}", "safety"),
        ("retry: {attempts: 1}", "`on` is missing"), ("retry: {on: [provider]}", "`attempts` is missing"),
        ("retry: {attempts: 1, on: [provider], pause: 3}", "pause"),
    ])
    func `has a rule that makes sense`(rule: String, words: String) throws {
        let error = #expect(throws: FilmError.self) {
            try Storyboard.parse(
                "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, \(rule)}]", path: "/tmp/film.yaml")
        }
        #expect(
            error?.exitCode == 5 && error?.description.contains(words) == true, "\(String(describing: error))"
        )
    }

    @Test func `takes the rule of the defaults unless it has its own`() throws {
        let film = try Storyboard.parse(
            """
            title: T
            model: m
            defaults: {retry: {attempts: 2, on: [timeout]}}
            shots:
              - {id: a, prompt: A hill}
              - {id: b, prompt: A hill, retry: {attempts: 1, on: [provider]}}
            """, path: "/tmp/film.yaml")
        #expect(film.shots.map { $0.retry?.attempts } == [2, 1])
        #expect(film.shots.map { $0.retry?.causes } == [[.timeout], [.provider]])
    }
}
