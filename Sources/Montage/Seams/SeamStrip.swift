/// The frames on both sides of a seam in a row: five before it, five after it.
public struct SeamStrip: Sendable {
    static let each = 5
    static let gap = 4
    static let middle = 12

    private let before: [Picture]
    private let after: [Picture]
    private let dropped: Int

    init(_ edges: SeamEdges, dropped: Int) throws {
        before = edges.tail.pictures.suffix(Self.each).map(\.picture)
        after = edges.head.pictures.prefix(Self.each).map(\.picture)
        self.dropped = dropped
    }

    /// The row. The seam is a light bar in the middle; frames that are left out are dark.
    public func picture() throws -> Picture {
        let (w, h) = (before[0].width, before[0].height)
        let width = 2 * Self.each * (w + Self.gap) - Self.gap + Self.middle
        var canvas = Canvas(width: width, height: h, grey: 32)
        let bar = Self.each * (w + Self.gap) - Self.gap
        canvas.fill(x: bar + 4, y: 0, width: Self.middle - 4, height: h, grey: 220)
        for (place, picture) in before.enumerated() {
            // Flush to the seam, whether or not there are five.
            let left = bar - (before.count - place) * (w + Self.gap) + Self.gap
            canvas.put(picture, x: left, y: 0, isDark: place >= before.count - dropped)
        }
        for (place, picture) in after.enumerated() {
            canvas.put(picture, x: bar + Self.middle + Self.gap + place * (w + Self.gap), y: 0)
        }
        return try canvas.picture()
    }
}

/// Seams one under the other, each with a line of words: a contact sheet.
public enum SeamSheet {
    /// One seam.
    public struct Row: Sendable {
        /// The line above the strip; letters, figures and simple marks are drawn, the rest left out.
        public var label: String
        /// The strip.
        public var strip: Picture

        /// Makes a row.
        public init(label: String, strip: Picture) {
            self.label = label
            self.strip = strip
        }
    }

    /// The most seams on one sheet: a JPEG has at most 65535 lines, and nobody reads further.
    public static let limit = 200

    /// The sheet; nil if there are no rows.
    public static func picture(_ rows: [Row]) throws -> Picture? {
        guard !rows.isEmpty else { return nil }
        let rows = rows.prefix(limit)
        let (gap, scale) = (8, 2)
        let line = Letters.height * scale + 6
        let width = rows.reduce(0) { max($0, $1.strip.width) } + 2 * gap
        let height = rows.reduce(gap) { $0 + line + $1.strip.height + gap }
        var canvas = Canvas(width: width, height: height, grey: 32)
        var top = gap
        for row in rows {
            canvas.write(row.label, scale: scale, x: gap, y: top)
            top += line
            canvas.put(row.strip, x: gap, y: top)
            top += row.strip.height + gap
        }
        return try canvas.picture()
    }

    /// The words for a row: who meets whom, and the score with its largest parts.
    public static func label(_ name: String, _ report: SeamReport) -> String {
        var text = "\(name)  SCORE \(decimal(report.score, places: 2))  TWINS \(report.measure.twinFrames)"
        if report.measure.isAssumed { text += " (NOT SEEN)" }
        if report.measure.heldFrames > 0 { text += "  HELD \(report.measure.heldFrames)" }
        text += "  DROPPED \(report.droppedFrames)  SSIM \(decimal(report.structure.across, places: 3))"
        text += "  DE \(decimal(report.colourDifference, places: 2))"
        if let breaks = report.motion.breaks { text += "  MOTION \(decimal(breaks, places: 2))" }
        if let sound = report.sound { text += "  SOUND \(decimal(sound.step, places: 1)) DB" }
        return text
    }
}
