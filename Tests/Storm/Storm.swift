// A thousand tasks in flight on one client, in a process of its own so that its memory can be told from that of
// the service: `storm BASE-URL COUNT`. Prints one JSON object: results, failures, seconds, peak memory, requests.
//
// What is measured is the client as programs have it, with its usual policy; nothing is set for the occasion.
import Foundation
import Runware
import Synchronization

/// The network, with a count of what goes over it.
final class CountingTransport: Transport {
    private let inner = CurlTransport()
    private let counts = Mutex((exchanges: 0, questions: 0, now: 0, most: 0))

    var total: (exchanges: Int, questions: Int, most: Int) {
        counts.withLock { ($0.exchanges, $0.questions, $0.most) }
    }

    func send(_ call: HTTPCall) async throws(TransportError) -> HTTPReply {
        let questions =
            String(decoding: call.body ?? Data(), as: UTF8.self).components(separatedBy: "getResponse").count
            - 1
        counts.withLock {
            $0.exchanges += 1
            $0.questions += questions
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        defer { counts.withLock { $0.now -= 1 } }
        return try await inner.send(call)
    }

    func download(
        _ call: HTTPCall, to path: String, from offset: Int64, limit: Int64,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply {
        try await inner.download(call, to: path, from: offset, limit: limit, progress: progress)
    }
}

@main
struct Storm {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 3, let base = URL(string: words[1]), let count = Int(words[2]) else {
            print("usage: storm BASE-URL COUNT")
            exit(2)
        }
        let transport = CountingTransport()
        let client = Client(ClientConfiguration(baseURL: base, apiKey: "test"), transport: transport)
        let begin = ContinuousClock.now
        let (results, failures) = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    var request = VideoRequest()
                    request.taskType = "videoInference"
                    request.model = "pixverse:1@6"
                    request.positivePrompt = "street number \(number)"
                    (request.width, request.height, request.duration) = (360, 360, 5)
                    let uuid = UUID().uuidString.lowercased()
                    do {
                        return try await client.run(request, taskUUID: uuid, alreadySent: false).results.count
                            == 1
                    } catch {
                        FileHandle.standardError.write(Data("\(error)\n".utf8))
                        return false
                    }
                }
            }
            var counts = (0, 0)
            for await isDone in group { if isDone { counts.0 += 1 } else { counts.1 += 1 } }
            return counts
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let total = transport.total
        let figures: [String: Double] = [
            "results": Double(results), "failures": Double(failures), "seconds": seconds,
            "megabytes": peakMegabytes, "exchanges": Double(total.exchanges),
            "exchangesAtOnce": Double(total.most),
            "questionsPerTaskAndMinute": Double(total.questions) / Double(count) / (seconds / 60),
        ]
        let text = figures.sorted { $0.key < $1.key }.map {
            "\"\($0.key)\": \(($0.value * 100).rounded() / 100)"
        }
        print("{\(text.joined(separator: ", "))}")
    }

    /// The most memory that this process ever had, in MB.
    static var peakMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) } ?? 0) / 1024
    }
}
