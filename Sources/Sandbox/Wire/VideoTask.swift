/// A video task that passed the rules: what is to be made.
struct VideoTask: Codable, Sendable, Equatable {
    var taskUUID: String
    var prompt: String
    var negative: String?
    var width: Int
    var height: Int
    var seconds: Int
    var seed: Int64?
    var results: Int
    var includeCost: Bool
    var checksSafety: Bool
    var format: Format
    var quality: Int
    var style: String?
    var audio: Bool
    var multiClip: Bool
    var first: StillSource?
    var last: StillSource?
    /// Nil in worlds of before there were several.
    var model: String?
    /// Seconds that the clip can be had; nil for ever.
    var ttl: Int?
    var webhookURL: String?
    var uploadEndpoint: String?
    /// How the clip is handed over; nil for by URL.
    var output: Output?

    /// How a result is handed over.
    enum Output: String, Codable, Sendable, CaseIterable { case url = "URL", base64Data, dataURI }

    /// The container asked for.
    enum Format: String, Codable, Sendable, CaseIterable {
        case mp4 = "MP4"
        case webm = "WEBM"
        case mov = "MOV"

        var fileExtension: String { rawValue.lowercased() }
        var contentType: String {
            switch self {
            case .mp4: "video/mp4"
            case .webm: "video/webm"
            case .mov: "video/quicktime"
            }
        }
    }
}

/// Where a frame image is.
enum StillSource: Codable, Sendable, Equatable {
    /// A picture in the world's `images` folder, by its UUID.
    case stored(String)
    /// A picture on another host. The sandbox does not fetch it: it paints one that belongs to the URL.
    case elsewhere(String)
}
