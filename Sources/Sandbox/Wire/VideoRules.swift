import Foundation

/// What the model `pixverse:1@6` takes, from its documentation page.
enum VideoRules {
    static let model = "pixverse:1@6"
    static let framesPerSecond = 24

    /// The sizes, by preset and shape; wide to tall.
    static let sizes: [(preset: String, sizes: [(width: Int, height: Int)])] = [
        ("360p", [(640, 360), (480, 360), (360, 360), (360, 480), (360, 640)]),
        ("540p", [(960, 540), (720, 540), (540, 540), (540, 720), (540, 960)]),
        ("720p", [(1280, 720), (960, 720), (720, 720), (720, 960), (720, 1280)]),
        ("1080p", [(1920, 1080), (1440, 1080), (1080, 1080), (1080, 1440), (1080, 1920)]),
    ]

    static let taskKeys: Set<String> = [
        "taskType", "taskUUID", "outputType", "outputFormat", "outputQuality", "webhookURL", "deliveryMethod",
        "uploadEndpoint", "safety", "ttl", "includeCost", "numberResults", "inputs", "frameImages", "model",
        "positivePrompt", "negativePrompt", "width", "height", "resolution", "duration", "seed",
        "providerSettings", "routing",
    ]
    static let settingKeys: Set<String> = ["audio", "multiClip", "style", "thinking"]
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

    /// The lengths in seconds that a preset can have.
    static func durations(preset: String) -> [Int] { preset == "1080p" ? [5, 8] : [5, 8, 10] }
}
