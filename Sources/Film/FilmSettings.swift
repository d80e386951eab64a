public import Foundation
public import Logging
public import Media
public import Montage

/// Where a film comes from, where it goes, and who helps. Composed by the caller; nothing is opened yet.
public struct FilmSettings: Sendable {
    /// The storyboard file.
    public var storyboardPath: String
    /// The folder the film is left in; made if it is missing.
    public var outputDirectory: String
    /// The folder of journal and store.
    public var stateDirectory: String
    /// Who makes the clips.
    public var generator: any ShotGenerator
    /// The delivery presets.
    public var presets: PresetLibrary
    /// Where blocking work runs.
    public var lanes: Lanes
    /// Notes for people who look into a run; progress goes by events.
    public var logger: Logger
    /// How many chains of shots are generated at the same time.
    public var chainsAtOnce: Int
    /// Most that the run may cost by estimate, in USD; nil for no limit.
    public var budget: Decimal?
    /// Whether the storyboard's pictures may lie outside its folder.
    public var allowOutsideImages: Bool
    /// The highest score of a chained seam with which the film is published, 0 to 1; nil for any.
    public var maxSeam: Double?
    /// Whether what the model's card only warns about is refused too.
    public var strict = false
    /// What encodes and joins beside this machine; nil for this machine alone. State folder and program must be at the
    /// same paths there.
    public var engine: (any StepEngine)?
    /// How many jobs may be with the engine at the same time.
    public var mostJobs = 100
    /// How long to wait between two questions to the engine.
    public var enginePause = Duration.seconds(5)
    /// How soon the run must end when it is cancelled.
    public var haste = Haste()

    /// Makes settings. Without `stateDirectory` it is `.reel` beside the storyboard.
    public init(
        storyboardPath: String, outputDirectory: String, generator: any ShotGenerator, presets: PresetLibrary,
        stateDirectory: String? = nil, lanes: Lanes = .shared, logger: Logger = Logger(label: "reel.film"),
        chainsAtOnce: Int = 4, budget: Decimal? = nil, allowOutsideImages: Bool = false
    ) {
        self.storyboardPath = storyboardPath
        self.outputDirectory = outputDirectory
        self.stateDirectory = stateDirectory ?? Self.stateDirectory(besideStoryboard: storyboardPath)
        self.generator = generator
        self.presets = presets
        self.lanes = lanes
        self.logger = logger
        self.chainsAtOnce = max(1, chainsAtOnce)
        self.budget = budget
        self.allowOutsideImages = allowOutsideImages
    }

    /// The usual state folder of a storyboard: `.reel` beside it. The sandbox keeps its world in `sandbox`
    /// in there.
    public static func stateDirectory(besideStoryboard path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(".reel").path
    }
}
