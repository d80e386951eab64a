/// One clip to be made: everything that decides its bytes.
struct ClipOrder: Sendable {
    var prompt: String
    var style: String?
    var seed: Int64
    var width: Int
    var height: Int
    var frames: Int
    var first: StillSource?
    var last: StillSource?
    var audio: Bool
    var multiClip: Bool
    var format: VideoTask.Format
    var quality: Int
    /// Where stored stills lie.
    var imageFolder: String

    init(task: VideoTask, seed: Int64, imageFolder: String) {
        prompt = task.prompt
        style = task.style
        self.seed = seed
        width = task.width
        height = task.height
        frames = task.seconds * VideoRules.framesPerSecond
        first = task.first
        last = task.last
        audio = task.audio
        multiClip = task.multiClip
        format = task.format
        quality = task.quality
        self.imageFolder = imageFolder
    }
}
