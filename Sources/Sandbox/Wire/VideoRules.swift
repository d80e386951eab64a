import Foundation

/// What the models take, from their documentation pages. The family shares sizes and styles; the rest is a
/// table by model id.
enum VideoRules {
    static let framesPerSecond = 24

    /// What one model takes.
    struct Model: Sendable {
        var id: String
        /// The lengths in seconds.
        var durations: [Int]
        /// The lengths at the five largest sizes.
        var longestSideDurations: [Int]
        /// The flags of `providerSettings.pixverse`.
        var flags: Set<String>
        /// Its settings that are one of several words.
        var choices: [String: [String]]
        /// Its settings that are free text.
        var texts: Set<String> = []

        /// All keys of `providerSettings.pixverse`.
        var settingKeys: Set<String> { flags.union(choices.keys).union(texts) }

        /// The lengths in seconds that a preset can have.
        func durations(preset: String) -> [Int] { preset == "1080p" ? longestSideDurations : durations }
    }

    static let models: [Model] = [
        Model(
            id: "pixverse:1@5", durations: [5, 8], longestSideDurations: [5, 8], flags: [],
            choices: ["style": styles, "motionMode": ["normal", "fast"]], texts: ["effect"]),
        Model(
            id: "pixverse:1@6", durations: [5, 8, 10], longestSideDurations: [5, 8],
            flags: ["audio", "multiClip"],
            choices: ["style": styles, "thinking": ["enabled", "disabled", "auto"]]),
    ]

    /// The model with an id.
    static func model(_ id: String) -> Model? { models.first { $0.id == id } }

    /// The sizes, by preset and shape; wide to tall.
    static let sizes: [(preset: String, sizes: [(width: Int, height: Int)])] = [
        ("360p", [(640, 360), (480, 360), (360, 360), (360, 480), (360, 640)]),
        ("540p", [(960, 540), (720, 540), (540, 540), (540, 720), (540, 960)]),
        ("720p", [(1280, 720), (960, 720), (720, 720), (720, 960), (720, 1280)]),
        ("1080p", [(1920, 1080), (1440, 1080), (1080, 1080), (1080, 1440), (1080, 1920)]),
    ]

    static let taskKeys: Set<String> = [
        "taskType", "taskUUID", "outputType", "outputFormat", "outputQuality", "webhookURL", "deliveryMethod",
        "uploadEndpoint", "safety", "ttl", "includeCost", "numberResults", "inputs", "model",
        "positivePrompt", "negativePrompt", "width", "height", "resolution", "duration", "seed",
        "providerSettings",
    ]
    /// Keys that the page does not know, though clients send them and the service takes them.
    static let observedKeys: Set<String> = ["frameImages", "routing"]
    static let styles = ["anime", "3d_animation", "clay", "comic", "cyberpunk"]

    /// The preset a size belongs to.
    static func preset(width: Int, height: Int) -> String? {
        sizes.first { $0.sizes.contains { $0.width == width && $0.height == height } }?.preset
    }

    /// The size of a preset nearest in shape to a picture.
    static func size(preset: String, likeWidth width: Int, height: Int) -> (width: Int, height: Int)? {
        let shape = log(Double(width) / Double(height))
        return sizes.first { $0.preset == preset }?.sizes.min {
            abs(log(Double($0.width) / Double($0.height)) - shape)
                < abs(log(Double($1.width) / Double($1.height)) - shape)
        }
    }
}
