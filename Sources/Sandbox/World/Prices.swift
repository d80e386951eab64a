/// What a clip costs, in ten-thousandths of a US dollar.
///
/// One price is known: 0.4715 for 720p, 8 s, with sound and several camera set-ups. The others are made
/// up around it, in the proportions of a sister model's published list; see docs/SANDBOX.md.
enum Prices {
    /// The charge for a whole task, all its results.
    static func charge(_ task: VideoTask) -> Int {
        let preset = VideoRules.preset(width: task.width, height: task.height) ?? "720p"
        let fiveSeconds = ["360p": 1390, "540p": 1390, "720p": 1824, "1080p": 3648][preset] ?? 1824
        // Longer clips: 8 s cost twice 5 s, 10 s a quarter more than that.
        let base =
            switch task.seconds {
            case ...5: fiveSeconds
            case ...8: fiveSeconds * 2
            default: fiveSeconds * 5 / 2
            }
        let sound = task.audio ? 600 : 0
        let angles = task.multiClip ? 467 : 0
        return (base + sound + angles) * task.results
    }

    /// The charge as JSON shows it.
    static func dollars(_ charge: Int) -> JSON { .double(Double(charge) / 10_000) }
}
