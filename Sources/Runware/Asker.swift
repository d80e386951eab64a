import Foundation

/// Asks after many tasks with few exchanges: those who ask within the same moment share one.
///
/// A question waits 50 ms for company, goes out with at most 49 others, and no more than two such exchanges
/// are under way. Where one bad neighbour could have spoilt the answer for all, each is asked for once more
/// by itself before anybody is told. An exchange that nobody waits for any more is dropped.
actor Asker {
    static let most = 50
    static let company: Duration = .milliseconds(50)
    static let mostInFlight = 2

    private struct Question {
        var uuid: String
        var isAlone: Bool
        var continuation: CheckedContinuation<AskReply, Never>
    }

    private struct Flight {
        var numbers: [Int]
        var task: Task<Void, Never>?
    }

    private let pace: any Pace
    private let post: @Sendable ([String]) async -> Result<HTTPReply, TransportError>
    private var questions: [Int: Question] = [:]
    /// Numbers of questions not yet sent, in the order of their coming.
    private var line: [Int] = []
    private var flights: [Int: Flight] = [:]
    private var isCollecting = false
    private var next = 0

    init(pace: any Pace, post: @escaping @Sendable ([String]) async -> Result<HTTPReply, TransportError>) {
        self.pace = pace
        self.post = post
    }

    /// What the service says of one task.
    func ask(_ uuid: String) async -> AskReply {
        next += 1
        let number = next
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                questions[number] = Question(uuid: uuid, isAlone: false, continuation: continuation)
                line.append(number)
                collect()
            }
        } onCancel: {
            Task { await self.drop(number) }
        }
    }

    private func drop(_ number: Int) {
        guard let question = questions.removeValue(forKey: number) else { return }
        line.removeAll { $0 == number }
        question.continuation.resume(returning: .cancelled)
        for (key, flight) in flights where flight.numbers.allSatisfy({ questions[$0] == nil }) {
            flight.task?.cancel()
            flights[key]?.numbers = []
        }
    }

    /// Waits a moment for others, then sends.
    private func collect() {
        guard !isCollecting, !line.isEmpty, flights.count < Self.mostInFlight else { return }
        isCollecting = true
        Task {
            try? await pace.sleep(Self.company)
            isCollecting = false
            depart()
        }
    }

    private func depart() {
        while !line.isEmpty, flights.count < Self.mostInFlight {
            var numbers: [Int] = []
            var uuids: Set<String> = []
            for number in line {
                guard let question = questions[number] else { continue }
                if question.isAlone {
                    if numbers.isEmpty { numbers = [number] }
                    break
                }
                if uuids.count == Self.most, !uuids.contains(question.uuid) { break }
                uuids.insert(question.uuid)
                numbers.append(number)
            }
            line.removeFirst(min(line.count, max(1, numbers.count)))
            guard !numbers.isEmpty else { continue }
            send(numbers)
        }
    }

    private func send(_ numbers: [Int]) {
        next += 1
        let key = next
        var uuids: [String] = []
        for number in numbers {
            guard let uuid = questions[number]?.uuid, !uuids.contains(uuid) else { continue }
            uuids.append(uuid)
        }
        flights[key] = Flight(numbers: numbers, task: nil)
        flights[key]?.task = Task {
            let reply = await post(uuids)
            arrived(Reading.ask(reply, tasks: uuids), for: numbers, of: uuids.count)
            flights[key] = nil
            if !line.isEmpty { collect() }
        }
    }

    private func arrived(_ replies: [String: AskReply], for numbers: [Int], of count: Int) {
        for number in numbers {
            guard let question = questions[number] else { continue }
            let reply = replies[question.uuid] ?? .answer(TaskAnswer())
            if count > 1, reply.mayBeOfANeighbour {
                questions[number]?.isAlone = true
                line.append(number)
                continue
            }
            questions[number] = nil
            question.continuation.resume(returning: reply)
        }
    }
}

extension AskReply {
    /// Said to an exchange as a whole, perhaps because of another task in it.
    fileprivate var mayBeOfANeighbour: Bool {
        switch self {
        case .refused(let error): ![.auth, .quota].contains(error.category)
        case .unclear(let error, _): error.code == "answerTooLarge"
        case .answer, .cancelled: false
        }
    }
}
