import Media

/// Writes the file that maps a film's times to places on its sheet of small pictures.
///
/// Source: W3C WebVTT for the file, W3C Media Fragments 4.2.2 for `#xywh=x,y,width,height` in pixels.
enum WebVTT {
    /// The file's text: one cue a picture, from its frame's time to the next one's; the first begins at 0 and the
    /// last ends with the film.
    static func text(_ sheet: TileSheet, sprites: String, end: Double) -> String {
        var text = "WEBVTT\n"
        for (number, tile) in sheet.tiles.enumerated() {
            let isLast = number + 1 == sheet.tiles.count
            let begin = number == 0 ? 0 : tile.seconds
            let until = isLast ? max(end, begin + 0.001) : sheet.tiles[number + 1].seconds
            let (x, y) = sheet.place(number)
            text += "\n\(stamp(begin)) --> \(stamp(until))\n"
            text += "\(sprites)#xywh=\(x),\(y),\(sheet.width),\(sheet.height)\n"
        }
        return text
    }

    private static func stamp(_ seconds: Double) -> String {
        let all = whole(seconds * 1000)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(all / 3_600_000, 2)):\(digits(all / 60_000 % 60, 2)):\(digits(all / 1000 % 60, 2))"
            + ".\(digits(all % 1000, 3))"
    }
}
