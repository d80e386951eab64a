/// What becomes of each clip of a join, and why.
public struct JoinPlan: Sendable, Codable, Equatable {
    /// What becomes of one clip's pictures.
    public enum Treatment: String, Sendable, Codable {
        /// Its packets are moved; not a bit of a picture changes.
        case copy
        /// Its packets are moved but for the last few frames before the cut, which are encoded.
        case seam
        /// It is encoded to fit the others, which are copied.
        case conform
        /// Everything is encoded, this clip among it.
        case encode
    }

    /// One clip's part in the film.
    public struct Clip: Sendable, Codable, Equatable {
        /// The file.
        public var path: String
        /// What becomes of its pictures.
        public var treatment: Treatment
        /// Frames of it that the film shows, at the film's rate; an estimate where the rates differ.
        public var frames: Int
        /// Of these, frames that are moved untouched.
        public var copied: Int
        /// Frames left out at its end, since the next clip begins with them.
        public var dropped: Int
        /// Why so, in words.
        public var reasons: [String]
    }

    /// The clips, in the film's order.
    public var clips: [Clip]
    /// Why everything is encoded; empty where anything is copied.
    public var reasons: [String]
    /// The place of the clip whose size, rate and colour the film has.
    public var reference: Int
    /// The number of the parameter sets of encoded ends, and of conformed clips; nil where there are none.
    public var tailSetID: Int?
    /// As `tailSetID`, for conformed clips.
    public var conformSetID: Int?

    /// Whether packets of any clip are moved.
    public var copies: Bool { clips.contains { $0.treatment == .copy || $0.treatment == .seam } }
    /// Frames of the film.
    public var frames: Int { clips.reduce(0) { $0 + $1.frames } }
    /// Frames that are moved untouched.
    public var copiedFrames: Int { clips.reduce(0) { $0 + $1.copied } }

    /// The plan for people: a line a clip, and one for all.
    public var text: String {
        var lines = clips.map { clip in
            let what =
                switch clip.treatment {
                case .copy: "copy     \(clip.frames) frames"
                case .seam: "seam     \(clip.copied) frames copied, \(clip.frames - clip.copied) encoded"
                case .conform: "conform  \(clip.frames) frames encoded"
                case .encode: "encode   \(clip.frames) frames"
                }
            let cut = clip.dropped == 0 ? "" : ", \(clip.dropped) left out at its end"
            let why = clip.reasons.isEmpty ? "" : ": " + clip.reasons.joined(separator: "; ")
            return "\(clip.path)  \(what)\(cut)\(why)"
        }
        lines.append("\(copiedFrames) of \(frames) frames are moved untouched")
        lines += reasons.map { "everything is encoded: \($0)" }
        return lines.joined(separator: "\n")
    }
}

/// Whether a join moves packets.
public enum JoinMode: String, Sendable, Codable, CaseIterable {
    /// Only that: where it would break anything, nothing is made.
    case copy
    /// Wherever it is safe.
    case auto
    /// Never.
    case encode
}
