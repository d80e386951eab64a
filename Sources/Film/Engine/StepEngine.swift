import Media
import Montage

/// Something that runs jobs on other machines, and is trusted with nothing else: the graph, the journal, the retries and
/// everything that costs money stay where the film is made.
///
/// Calls may throw while the engine is away; nothing is concluded from that.
public protocol StepEngine: Sendable {
    /// Whether it would take a job at all; asked before anything is bought.
    ///
    /// - Throws: ``StepFailure`` where it never will. Whether it is away only now, nobody asks.
    func check() async throws

    /// Hands a job over.
    ///
    /// - Throws: ``StepFailure`` where it will never be taken; anything else is tried again.
    func submit(_ job: StepJob) async throws

    /// Where all jobs of this user stand, by name: one question for everybody. By it a job that an earlier run left is
    /// found, too.
    func poll() async throws -> [String: StepJobState]

    /// Ends a job.
    func cancel(_ name: String) async throws
}

extension StepEngine {
    /// Takes what comes.
    public func check() async throws {}
}

/// A command to be run somewhere.
public struct StepJob: Sendable, Hashable {
    /// The job's name: `film-` and the digest of what it does.
    public var name: String
    /// The step's file.
    public var spec: String
    /// Where what it says goes.
    public var log: String
    /// Processors.
    public var processors: Int
    /// Megabytes.
    public var memory: Int
    /// Minutes after which it is ended.
    public var minutes: Int
}

/// Where a job stands, in words that fit any engine.
public enum StepJobState: Sendable, Hashable {
    /// It waits for a machine.
    case waiting
    /// It runs, or is being ended.
    case running
    /// Its process ended well.
    case ended
    /// Its process ended badly, or was killed.
    case failed
    /// The machine was lost, or the job was taken off it, or will never start: nobody's fault, to be tried again.
    case lost
    /// It took more memory than it had.
    case outOfMemory
    /// It took longer than it had.
    case outOfTime
    /// It was ended: by somebody, or by the engine.
    case cancelled
}

extension StepSpec {
    /// Whether it is worth a job of its own: it encodes, or joins a whole film.
    var isCoarse: Bool {
        switch work {
        case .segment, .blend, .film: true
        default: false
        }
    }
}

extension StepFolder {
    /// What it needs, roughly; doubled where it was not enough.
    func job(_ attempt: StepAttempt) -> StepJob {
        var (processors, memory, minutes) = (1, 1000, 30)
        switch spec.work {
        case .segment(let job): (processors, memory) = (2, Self.memory(job.format, job.outputs.count))
        case .blend(let job): (processors, memory) = (2, Self.memory(job.format, job.outputs.count))
        case .film(let job, _): minutes = 30 + job.parts.count / 20
        default: break
        }
        return StepJob(
            name: name, spec: specPath, log: logPath, processors: processors,
            memory: memory << attempt.memoryDoublings, minutes: minutes << attempt.timeDoublings)
    }

    /// Megabytes that encoders of so many deliveries take.
    private static func memory(_ format: FilmFormat, _ deliveries: Int) -> Int {
        800 + format.width * format.height / 1500 * max(1, deliveries)
    }
}

/// What was tried of a step, and what follows from where its job stands. A pure value: no clock, no engine.
package struct StepAttempt: Sendable, Hashable {
    /// How often a job may be lost.
    package static let most = 3
    /// Seconds for which a result may be on its way over a slow shared folder, after its job is gone.
    package static let grace = 60.0

    /// Which attempt, from 1.
    package internal(set) var number = 1
    package private(set) var memoryDoublings = 0
    package private(set) var timeDoublings = 0
    private var cancellations = 0

    package init() {}

    /// What is to be done.
    package enum Verdict: Sendable, Hashable {
        /// Nothing yet.
        case wait
        /// Hand it over again.
        case again
        /// Give up, for this reason.
        case giveUp(String)
    }

    /// Judges a job without a result.
    ///
    /// - Parameters:
    ///   - state: Where it stands; nil where the engine does not know it, or no more.
    ///   - silence: Seconds since it was last seen at work, or handed over.
    package mutating func judge(_ state: StepJobState?, silence: Double) -> Verdict {
        switch state {
        case .waiting, .running: return .wait
        case .cancelled:
            // A controller that was killed forgets its newest jobs and gives their numbers to others, which Slurm then
            // ends by itself. Twice is a person.
            if cancellations > 0 { return .giveUp("its job was ended by somebody, twice") }
            cancellations += 1
            return .again
        case .lost: return another("its job was lost \(Self.most) times")
        case .outOfMemory, .failed:
            // Killed without a word is mostly memory.
            if memoryDoublings > 0 {
                return .giveUp("its job ended without a result, with twice the memory too")
            }
            memoryDoublings += 1
            return .again
        case .outOfTime:
            if timeDoublings > 0 {
                return .giveUp("its job took longer than it had, with twice the time too")
            }
            timeDoublings += 1
            return .again
        case .ended, nil:
            return silence < Self.grace
                ? .wait : another("its job ended and left no result, \(Self.most) times")
        }
    }

    /// Judges a job that says itself what went wrong.
    package mutating func judge(failed failure: StepFailure?) -> Verdict {
        guard let failure else { return another("its result says nothing, \(Self.most) times") }
        return failure.isFinal ? .giveUp(failure.message) : another(failure.message)
    }

    private mutating func another(_ reason: String) -> Verdict {
        guard number < Self.most else { return .giveUp(reason) }
        number += 1
        return .again
    }
}
