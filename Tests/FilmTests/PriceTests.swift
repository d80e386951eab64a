import Film
import Foundation
import Testing

/// What a plan says that shots cost, once the service has said what it charged for others.
@Suite struct `Prices in a plan` {
    private func storyboard(_ duration: Int) -> String {
        """
        title: T
        model: "pixverse:1@6"
        defaults: {size: 360x360, duration: \(duration), audio: false}
        shots: [{id: a, prompt: A quiet hill at dawn, seed: 1}]
        film: {deliver: [mp4-social], thumbnails: false}
        """
    }

    @Test func `are the card's, and then what requests of the kind were really charged`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(storyboard(5), to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch)
        let card = try Film.plan(settings).totals.estimate
        #expect(card == Decimal(string: "0.1797"))

        let workspace = try Workspace(folder: settings.stateDirectory)
        func charge(_ cost: String, seed: Int, provider: String = "sandbox", duration: Int = 5) throws {
            let uuid = UUID().uuidString.lowercased()
            let request = """
                {"duration":\(duration),"height":360,"model":"pixverse:1@6","numberResults":1,"outputFormat":"MP4",\
                "positivePrompt":"Other words","providerSettings":{"pixverse":{"audio":false}},"seed":\(seed),\
                "taskType":"videoInference","width":360}
                """
            try workspace.journal.intend(
                Take(
                    taskUUID: uuid, workKey: uuid, generator: provider, storyboard: "other", shot: "x",
                    number: 1,
                    request: request, reserved: card))
            try workspace.journal.advance(uuid, to: .finished) { $0.cost = Decimal(string: cost) }
        }
        // Another length, and play money for real: neither says anything.
        try charge("3", seed: 7, duration: 8)
        try charge("5", seed: 8, provider: "runware")
        #expect(try Film.plan(settings).totals.estimate == card)
        try charge("0.14", seed: 9)
        #expect(try Film.plan(settings).totals.estimate == Decimal(string: "0.14"))
        try charge("0.25", seed: 10)
        let plan = try Film.plan(settings)
        #expect(
            plan.totals.estimate == Decimal(string: "0.25") && plan.totals.least == Decimal(string: "0.14"))
        #expect(plan.steps.first?.estimate == Decimal(string: "0.25"))
        // A budget holds against the most that it may be.
        var held = settings
        held.budget = Decimal(string: "0.2")
        #expect(throws: FilmError.self) { try Film.checkBudget(plan, held) }
        withExtendedLifetime(workspace) {}
    }
}
