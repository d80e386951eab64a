public import Foundation

/// What happens while a film is made, for live progress. Events of different shots come mixed; those of one
/// shot in order. Handlers must be quick.
public enum FilmEvent: Sendable {
    /// What is going to be done.
    case planned(Plan)
    /// Something a person should know; nothing failed.
    case warning(String)
    /// The shot's request is being prepared; its estimated cost in USD.
    case shotQueued(shot: String, estimate: Decimal?)
    /// The request leaves; from here on it may cost money.
    case shotSent(shot: String, taskUUID: String)
    /// A task of an earlier run is asked for again; nothing is bought.
    case shotResumed(shot: String, taskUUID: String)
    /// The service has taken the task; how many seconds it mostly takes, once a few clips have been made.
    case shotAccepted(shot: String, usually: Double?)
    /// Something is in the way, for people: the service is busy, the network is gone.
    case shotWaiting(shot: String, why: String)
    /// The service is at work; 0...1 if it says how far.
    case shotProgress(shot: String, fraction: Double?)
    /// The clip is on its way here; bytes so far.
    case shotDownloading(shot: String, bytes: Int64)
    /// The clip is in the store.
    case shotStored(shot: String, frames: Int, cost: Decimal?)
    /// The clip was in the store already.
    case shotReused(shot: String)
    /// There will be no clip in this run.
    case shotFailed(shot: String, message: String)
    /// The shot's pictures are being rendered for its deliveries; 0...1.
    case segmentProgress(shot: String, fraction: Double)
    /// The shot's pictures are rendered for these deliveries.
    case segmentsRendered(shot: String, deliveries: [String])
    /// So many steps are with other machines: they wait for one, or run there.
    case jobs(waiting: Int, running: Int)
    /// A delivery is being joined; 0...1.
    case deliveryProgress(delivery: String, fraction: Double)
    /// A delivery is joined and proved.
    case deliveryProved(delivery: String, file: String, frames: Int)
    /// A delivery was in the store already.
    case deliveryReused(delivery: String, file: String)
    /// Poster and sprites are made.
    case thumbnailsMade
    /// The seams are measured; the highest score of those between chained shots, nil if there are none.
    case seamsMeasured(count: Int, worst: Double?)
    /// Nothing was generated and nothing encoded; so many missing files of the output folder were restored.
    case upToDate(restored: Int)
    /// The film is there.
    case finished(FilmReport)
}
