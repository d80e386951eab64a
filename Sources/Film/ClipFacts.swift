import Foundation
import Media
import Montage

/// What the film needs to know of a clip: measured once when it arrives, kept in the journal.
struct ClipFacts: Sendable, Hashable, Codable {
    /// Presented frames, counted by decoding.
    var frames: Int
    /// Pixels across, as presented.
    var width: Int
    /// Pixels down, as presented.
    var height: Int
    /// Frames a second.
    var rate: Rational
    /// Whether there is a sound track.
    var hasSound: Bool

    /// A clip that the journal knows.
    struct Known: Sendable, Hashable {
        var digest: String
        var facts: ClipFacts
        /// Whether its bytes are in the store.
        var isHere: Bool
    }
}

/// One shot's part in the film's sound, as it enters the key of a delivery.
struct SoundKeyPiece: Sendable, Hashable, Codable {
    /// The clip's digest; nil for silence.
    var clip: String?
    /// Frames shown.
    var frames: Int
    /// Whether the next shot goes on from this one.
    var chainedToNext: Bool
}

extension ClipFacts {
    func sound(clip: String, shown: Int, isContinued: Bool) -> SoundKeyPiece {
        SoundKeyPiece(clip: hasSound ? clip : nil, frames: shown, chainedToNext: isContinued)
    }
}
