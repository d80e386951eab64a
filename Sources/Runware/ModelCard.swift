public import Foundation

/// What one model accepts and costs, read from a YAML file so that a new model needs no new code.
///
/// A value; it holds what was in the file and answers questions about it. `load` reads it strictly,
/// `validate` judges a request by it.
public struct ModelCard: Sendable, Equatable {
    /// One picture size, with the names the service knows it by.
    public struct Size: Sendable, Equatable, CustomStringConvertible {
        /// Pixels.
        public var width: Int
        /// Pixels.
        public var height: Int
        /// Short name of its height class, as in `720p`.
        public var resolution: String
        /// Aspect ratio, as in `16:9`.
        public var aspect: String
        /// `1280x720`
        public var description: String { "\(width)x\(height)" }
    }

    /// A price in US dollars.
    public struct Price: Sendable, Equatable {
        /// US dollars for all results of the request.
        public var usd: Decimal
        /// True where the figure is a guess; only the answer's own cost is what was charged.
        public var isEstimate: Bool

        /// Makes a price.
        public init(usd: Decimal, isEstimate: Bool) {
            self.usd = usd
            self.isEstimate = isEstimate
        }
    }

    struct PriceRow: Sendable, Equatable {
        var resolution: String
        var seconds: Double
        var usd: Decimal
        var isEstimate = false
        var size: String?
        var audio: Bool?
        var multiClip: Bool?
    }

    /// The model's id, as sent: `pixverse:1@6`.
    public internal(set) var id = ""
    /// The model's name for people.
    public internal(set) var name = ""
    /// What it is for, one sentence.
    public internal(set) var note = ""
    /// Where the facts come from.
    public internal(set) var source = ""
    /// The day they were read, as `2026-11-22`.
    public internal(set) var read = ""
    /// Where the prices were read, likewise.
    public internal(set) var pricesRead = ""
    /// Frames a second the model makes.
    public internal(set) var fps = 0
    /// True where `fps` is an assumption, not a published fact.
    public internal(set) var fpsIsAssumed = false
    /// Every size it makes, smallest class first.
    public internal(set) var sizes: [Size] = []
    /// Lengths it makes, in seconds, where nothing limits them.
    public internal(set) var durations: [Double] = []
    /// The length Reel asks for where a storyboard names none, in seconds.
    public internal(set) var defaultDuration: Double?
    /// The resolution used where a request names none.
    public internal(set) var defaultResolution = ""
    /// Most frame images a request may carry.
    public internal(set) var mostFrameImages = 0

    /// What single fields accept, by dotted path.
    var parameters: [String: CardParameter] = [:]
    /// What holds between fields.
    var rules: [CardRule] = []
    var prices: [PriceRow] = []

    /// Names of the resolutions, smallest first.
    public var resolutions: [String] {
        sizes.reduce(into: []) { names, size in
            if !names.contains(size.resolution) { names.append(size.resolution) }
        }
    }

    /// Allowed values of an enumerated field, by dotted path; nil where the field is free.
    public func choices(for path: String) -> [String]? {
        if case .choice(let words) = parameters[path] { words } else { nil }
    }

    /// Lengths in seconds at a resolution, after the card's rules about it.
    public func durations(for resolution: String) -> [Double] {
        rules.reduce(durations) { lengths, rule in
            guard case .when(let conditions, field: "duration", let limit) = rule.kind,
                conditions.count == 1, conditions["sizeClass"]?.contains(resolution) == true
            else { return lengths }
            return lengths.filter { limit.holds(JSONValue.number($0).canonical) }
        }
    }

    /// The size with these two names.
    public func size(resolution: String, aspect: String) -> Size? {
        sizes.first { $0.resolution == resolution && $0.aspect == aspect }
    }

    /// The size with exactly these pixels.
    public func size(width: Int, height: Int) -> Size? {
        sizes.first { $0.width == width && $0.height == height }
    }

    /// The resolution name of a size; nil where the model does not make it.
    public func resolution(width: Int, height: Int) -> String? {
        size(width: width, height: height)?.resolution
    }

    /// The resolution a request comes out at: by its size, by name, or the model's own.
    public func resolution(of request: VideoRequest) -> String {
        if let width = request.width, let height = request.height,
            let named = size(width: width, height: height)?.resolution
        {
            return named
        }
        return request.resolution ?? defaultResolution
    }

    /// The size nearest in shape, then in area, within a resolution or among all.
    ///
    /// A card always has sizes, so there is always an answer.
    public func nearestSize(width: Int, height: Int, resolution: String? = nil) -> Size {
        let candidates = sizes.filter { resolution == nil || $0.resolution == resolution }
        let width = Double(max(width, 1))
        let height = Double(max(height, 1))
        func distance(_ size: Size) -> (Double, Double) {
            let shape = abs(log(Double(size.width) / Double(size.height)) - log(width / height))
            let area = abs(log(Double(size.width) * Double(size.height)) - log(width * height))
            return ((shape * 1000).rounded() / 1000, area)
        }
        return (candidates.isEmpty ? sizes : candidates).min { distance($0) < distance($1) } ?? sizes[0]
    }

    /// The price of a request, all its results together; nil where the card has no row for it.
    public func estimate(_ request: VideoRequest) -> Price? {
        let size = request.width.flatMap { w in request.height.map { h in "\(w)x\(h)" } }
        let lines = self.resolution(of: request)
        let rows = prices.filter { row in
            row.resolution == lines && row.seconds == request.duration
                && (row.size == nil || row.size == size)
                && (row.audio == nil || row.audio == request.pixverse?.audio)
                && (row.multiClip == nil || row.multiClip == request.pixverse?.multiClip)
        }
        guard let row = rows.first(where: { !$0.isEstimate }) ?? rows.first else { return nil }
        return Price(usd: row.usd * Decimal(request.numberResults ?? 1), isEstimate: row.isEstimate)
    }
}
