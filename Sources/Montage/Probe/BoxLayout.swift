/// The order of the top-level boxes of an MP4 or MOV file, read from their headers alone.
struct BoxLayout {
    /// Where the index stands: "first", "last", "fragments", or nil if there is none.
    private(set) var moov: String?
    /// Whether a box claims more bytes than the file has.
    private(set) var isCutShort = false
    /// Whether a box of content credentials (C2PA) lies beside the film.
    private(set) var hasCredentials = false
    /// The names of the first boxes.
    private(set) var names: [String] = []

    /// Reads the layout; empty where the file cannot be read.
    init(path: String) {
        guard let file = BoxFile(path: path) else { return }
        var sawMedia = false
        // Files have some dozens of boxes; fragmented ones are known by their first fragment.
        file.walk(0..<file.end, limit: 10_000) { box in
            if names.count < 16 { names.append(box.name) }
            if box.isCutShort { isCutShort = true }
            switch box.name {
            case "moov": moov = sawMedia ? "last" : "first"
            case "moof":
                moov = "fragments"
                return false
            case "mdat": sawMedia = true
            // The box's own name follows: d8fec3d6-1b0e-483c-9297-5828877ec481. Source: C2PA 2.1, 11.1.4.
            case "uuid"
            where file.bytes(at: box.inside.lowerBound, 8, within: box.inside)
                == [0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c]:
                hasCredentials = true
            default: break
            }
            return true
        }
    }
}
