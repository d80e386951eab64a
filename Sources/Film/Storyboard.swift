public import Foundation
public import Media
public import Montage

/// A film as its author wrote it: values only, defaults filled in, nothing looked up yet except that the
/// files it names are where it says.
///
/// Load one with ``load(path:allowOutside:)``. Comments, order of keys and spelling of values in the file
/// leave no trace here, so they cannot cause work.
public struct Storyboard: Sendable, Equatable {
    /// The file it was read from, as given.
    public var path: String
    /// The folder of that file, absolute; image paths start here.
    public var folder: String
    /// The film's title.
    public var title: String
    /// The model every shot is asked of, as the service names it.
    public var model: String
    /// The picture's size.
    public var size: PictureSize
    /// Output quality asked of the model, 20...99; nil leaves it to the service.
    public var quality: Int?
    /// Most that the film may cost over all runs, in USD; nil for no limit.
    public var budget: Decimal?
    /// The shots, in the order of the film. Never empty.
    public var shots: [Shot]
    /// What is made of them.
    public var film: FilmOptions

    /// The name of the file without its ending: `lighthouse` for `samples/lighthouse.yaml`.
    public var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }
}

/// The size of a film's picture as the storyboard states it.
public enum PictureSize: Sendable, Hashable {
    /// `size: 1280x720`, in pixels.
    case pixels(width: Int, height: Int)
    /// `resolution: 720p` with `aspect: "16:9"`; the model's card knows the pixels.
    case named(resolution: String, aspect: String)
}

/// One clip with one prompt.
public struct Shot: Sendable, Hashable {
    /// Unique in the storyboard; becomes part of file names.
    public var id: String
    /// Line of the storyboard where the shot begins, from 1.
    public var line: Int
    /// What to show.
    public var prompt: String
    /// What to leave out.
    public var negative: String?
    /// Picture the shot begins on, as an absolute path. Never set for a chained shot.
    public var firstImage: String?
    /// Picture the shot ends on, as an absolute path.
    public var lastImage: String?
    /// True when the shot begins on the last frame of the shot before it.
    public var isChained: Bool
    /// Seconds.
    public var duration: Double?
    /// One of the model's styles.
    public var style: String?
    /// Whether the model makes sound.
    public var audio: Bool?
    /// Whether the model may cut within the shot.
    public var multiClip: Bool?
    /// How much the model reasons about the prompt.
    public var thinking: String?
    /// The first take's seed; take n is asked with `seed + n - 1`.
    public var seed: Int64?
    /// How many takes are bought.
    public var takes: Int
    /// Which of them the film uses, from 1; nil for the last one. No part of a work key.
    public var use: Int?
    /// Which of them the film uses, from 1.
    public var usedTake: Int { use ?? takes }
    /// How it joins to the shot before; nil: `match` where chained, else `cut`. No part of a work key of a take.
    public var join: ShotJoin?
    /// What players show as the name of the chapter; nil takes the id.
    public var title: String?
    /// Whether a take that came to nothing is bought anew without asking; nil: never. No part of a work key.
    public var retry: RetryRule?
}

/// When a failed take may be bought anew in the same run, under a new UUID and for new money.
public struct RetryRule: Sendable, Hashable {
    /// What the service may have failed of. Content policy is not among it: the same words fare no better.
    public enum Cause: String, Sendable, CaseIterable {
        /// The model's provider failed.
        case provider
        /// The service or the provider took too long and gave the task up.
        case timeout
    }
    /// How many further takes at most, 1...3.
    public var attempts: Int
    /// After which failures.
    public var causes: Set<Cause>
}

/// What is made of the shots.
public struct FilmOptions: Sendable, Hashable {
    /// Names of delivery presets, one output file each. Never empty.
    public var deliver: [String]
    /// Whether poster and seek-bar sprites are made.
    public var thumbnails: Bool
    /// Frames a second; nil takes the first shot's.
    public var rate: Rational?
    /// What is done to the sound as a whole; nothing if nil. The music's path is absolute.
    public var sound: FilmSound?
    /// Over how many frames the colours of a shot that goes on from the one before are brought to those of that one;
    /// nil leaves them.
    public var matchColour: Int?
}
