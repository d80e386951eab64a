import Foundation
import Media

extension Storyboard {
    /// Reads and checks a storyboard file. Buys nothing, opens no picture, but refuses missing ones.
    ///
    /// - Parameters:
    ///   - path: the YAML file.
    ///   - allowOutside: whether image paths may leave the storyboard's folder.
    /// - Throws: ``FilmError`` with exit code 5; the subject is `file:line:column`.
    public static func load(path: String, allowOutside: Bool = false) throws(FilmError) -> Storyboard {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FilmError(
                .storyboardInvalid, "no such file", subject: path,
                hint: "give the path of a storyboard (YAML)")
        }
        guard !isFolder.boolValue else {
            throw FilmError(
                .storyboardInvalid, "is a folder", subject: path, hint: "give a storyboard file inside it")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FilmError(
                .storyboardInvalid, "cannot be read", subject: path, hint: "check its permissions")
        }
        guard data.count <= 8 << 20 else {
            throw FilmError(
                .storyboardInvalid, "is larger than 8 MiB", subject: path, hint: "this is not a storyboard")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw FilmError(
                .storyboardInvalid, "is not UTF-8 text", subject: path, hint: "this is not a storyboard")
        }
        return try parse(text, path: path, allowOutside: allowOutside)
    }

    /// Reads a storyboard's text as if it stood at `path`.
    package static func parse(
        _ text: String, path: String, allowOutside: Bool = false
    ) throws(FilmError) -> Storyboard {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
        let reader = StoryboardReader(
            images: ImagePaths(folder: folder, allowOutside: allowOutside))
        return try reader.storyboard(YAMLCursor.root(of: text, file: path), path: path, folder: folder)
    }
}

/// Turns the nodes of a storyboard into values. Field by field, in the order of docs/STORYBOARD.md.
struct StoryboardReader {
    let images: ImagePaths

    static let rootKeys = ["title", "model", "budget", "defaults", "shots", "film"]
    static let settingKeys = ["negative", "duration", "style", "audio", "multiClip", "thinking", "retry"]
    static let defaultKeys = ["size", "resolution", "aspect", "quality"] + settingKeys
    static let shotKeys =
        ["id", "prompt", "firstImage", "lastImage", "start", "seed", "takes", "use", "join", "title"]
        + settingKeys
    static let retryKeys = ["attempts", "on"]
    static let filmKeys = ["deliver", "thumbnails", "rate", "sound", "seams"]
    static let usualDeliveries = ["mp4-social", "webm-vp9", "mov-prores"]

    func storyboard(
        _ root: YAMLCursor, path: String, folder: String
    ) throws(FilmError) -> Storyboard {
        let keys = try root.entries(known: Self.rootKeys)
        let title = try required("title", in: keys, of: root).text()
        let model = try required("model", in: keys, of: root).text()
        let defaults = try keys["defaults"]?.entries(known: Self.defaultKeys) ?? [:]
        let common = try settings(defaults)
        let list = try required("shots", in: keys, of: root)
        let items = try list.items()
        guard !items.isEmpty else { throw list.error("has no shot", hint: "a film needs at least one") }
        guard items.count <= 10000 else {
            throw list.error("has more than 10000 shots", hint: "split the film")
        }
        var shots: [Shot] = []
        var lines: [String: Int] = [:]
        for item in items {
            let shot = try self.shot(item, common: common, isFirst: shots.isEmpty)
            let key = shot.id.lowercased()
            if let line = lines[key] {
                throw item.error(
                    "the shot at line \(line) is called \(shot.id) as well", hint: "every id is used once")
            }
            lines[key] = item.line
            shots.append(shot)
        }
        return Storyboard(
            path: path, folder: folder, title: title, model: model, size: try size(defaults),
            quality: try defaults["quality"].map { (cursor) throws(FilmError) in Int(try cursor.int(20...99))
            },
            budget: try keys["budget"].map { (cursor) throws(FilmError) in try dollars(cursor) },
            shots: shots, film: try film(keys["film"]))
    }

    private func required(
        _ key: String, in keys: [String: YAMLCursor], of parent: YAMLCursor
    ) throws(FilmError) -> YAMLCursor {
        guard let cursor = keys[key] else { throw parent.error("`\(key)` is missing") }
        return cursor
    }

    private func use(_ cursor: YAMLCursor, of takes: Int) throws(FilmError) -> Int {
        let take = Int(try cursor.int(1...16))
        guard take <= takes else {
            throw cursor.error(
                "there is no take \(take): \(takes == 1 ? "one is" : "\(takes) are") bought",
                hint: "say `takes: \(take)` to buy it, or use another")
        }
        return take
    }

    private func dollars(_ cursor: YAMLCursor) throws(FilmError) -> Decimal {
        let text = try cursor.rawText("dollars such as 7.50")
        guard !text.isEmpty, text.count <= 12, text.allSatisfy({ "0123456789.".contains($0) }),
            let amount = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { throw cursor.expected("dollars such as 7.50") }
        return amount
    }

    private func size(_ defaults: [String: YAMLCursor]) throws(FilmError) -> PictureSize {
        if let cursor = defaults["size"] {
            if let other = defaults["resolution"] ?? defaults["aspect"] {
                throw other.error("stands beside `size`", hint: "give size, or resolution and aspect")
            }
            let parts = try cursor.rawText("a size such as 1280x720").split(separator: "x").map { Int($0) }
            guard parts.count == 2, let width = parts[0], let height = parts[1], width > 0, height > 0 else {
                throw cursor.expected("a size such as 1280x720")
            }
            return .pixels(width: width, height: height)
        }
        let resolution = try defaults["resolution"]?.rawText("a resolution such as 720p") ?? "720p"
        let aspect = try defaults["aspect"]?.rawText("an aspect such as 16:9") ?? "16:9"
        return .named(resolution: resolution, aspect: aspect)
    }

    private struct Settings {
        var negative: String?
        var duration: Double?
        var style: String?
        var audio: Bool?
        var multiClip: Bool?
        var thinking: String?
        var retry: RetryRule?
    }

    private func settings(_ keys: [String: YAMLCursor]) throws(FilmError) -> Settings {
        var settings = Settings()
        if let cursor = keys["negative"] { settings.negative = try cursor.text() }
        if let cursor = keys["duration"] { settings.duration = try cursor.seconds() }
        if let cursor = keys["style"] { settings.style = try cursor.text() }
        if let cursor = keys["audio"] { settings.audio = try cursor.bool() }
        if let cursor = keys["multiClip"] { settings.multiClip = try cursor.bool() }
        if let cursor = keys["thinking"] {
            settings.thinking = try cursor.word(["auto", "enabled", "disabled"])
        }
        if let cursor = keys["retry"] { settings.retry = try retry(cursor) }
        return settings
    }

    private func retry(_ cursor: YAMLCursor) throws(FilmError) -> RetryRule {
        let keys = try cursor.entries(known: Self.retryKeys)
        let attempts = Int(try required("attempts", in: keys, of: cursor).int(1...3))
        let list = try required("on", in: keys, of: cursor)
        var causes: Set<RetryRule.Cause> = []
        for item in try list.items() {
            let word = try item.word(RetryRule.Cause.allCases.map(\.rawValue))
            if let cause = RetryRule.Cause(rawValue: word) { causes.insert(cause) }
        }
        guard !causes.isEmpty else { throw list.error("is empty", hint: "name provider, timeout or both") }
        return RetryRule(attempts: attempts, causes: causes)
    }

    private func shot(_ item: YAMLCursor, common: Settings, isFirst: Bool) throws(FilmError) -> Shot {
        let keys = try item.entries(known: Self.shotKeys)
        let idCursor = try required("id", in: keys, of: item)
        let id = try idCursor.text()
        guard Self.isName(id) else {
            throw idCursor.error(
                "\"\(id)\" cannot name a file",
                hint: "letters, digits, - and _, at most 64, letter or digit first")
        }
        let promptCursor = try required("prompt", in: keys, of: item)
        let prompt = try promptCursor.text()
        guard !prompt.allSatisfy(\.isWhitespace) else { throw promptCursor.error("is empty") }
        let own = try settings(keys)
        var first: String?
        if let cursor = keys["firstImage"] { first = try images.resolve(cursor) }
        var last: String?
        if let cursor = keys["lastImage"] { last = try images.resolve(cursor) }
        let isChained = try isChained(keys["start"], image: keys["firstImage"], isFirst: isFirst)
        let takes =
            try keys["takes"].map { (cursor) throws(FilmError) in Int(try cursor.int(1...16)) } ?? 1
        return Shot(
            id: id, line: item.line, prompt: prompt, negative: own.negative ?? common.negative,
            firstImage: first, lastImage: last,
            isChained: isChained,
            duration: own.duration ?? common.duration, style: own.style ?? common.style,
            audio: own.audio ?? common.audio, multiClip: own.multiClip ?? common.multiClip,
            thinking: own.thinking ?? common.thinking,
            seed: try keys["seed"].map { (cursor) throws(FilmError) in try cursor.int(0...2_147_483_647) },
            takes: takes,
            use: try keys["use"].map { (cursor) throws(FilmError) in try use(cursor, of: takes) },
            join: try keys["join"].map { (cursor) throws(FilmError) in
                try join(cursor, isFirst: isFirst, isChained: isChained)
            }, title: try keys["title"].map { (cursor) throws(FilmError) in try title(cursor) },
            retry: own.retry ?? common.retry)
    }

    /// A shot without `start` goes on from the one before, unless it is the first or has its own picture.
    private func isChained(
        _ start: YAMLCursor?, image: YAMLCursor?, isFirst: Bool
    ) throws(FilmError) -> Bool {
        guard let start else { return !isFirst && image == nil }
        guard try start.word(["previous", "fresh"]) == "previous" else { return false }
        if isFirst {
            throw start.error("there is no shot before the first", hint: "remove it, or say `start: fresh`")
        }
        if image != nil {
            throw start.error(
                "a shot with `firstImage` cannot also start on the previous shot's last frame",
                hint: "remove `firstImage`, or say `start: fresh`")
        }
        return true
    }

    private func film(_ cursor: YAMLCursor?) throws(FilmError) -> FilmOptions {
        let keys = try cursor?.entries(known: Self.filmKeys) ?? [:]
        var deliver = Self.usualDeliveries
        if let list = keys["deliver"] {
            deliver = []
            for item in try list.items() {
                let name = try item.text()
                guard !deliver.contains(name) else { throw item.error("\(name) is asked for twice") }
                deliver.append(name)
            }
            guard !deliver.isEmpty else { throw list.error("is empty", hint: "name at least one preset") }
        }
        var rate: Rational?
        if let cursor = keys["rate"] {
            let text = try cursor.rawText("frames a second, such as 24 or 24000/1001")
            guard let value = Rational(parsing: text), value.isValid, value.value >= 1, value.value <= 240
            else {
                throw cursor.expected("frames a second, such as 24 or 24000/1001")
            }
            rate = value
        }
        return FilmOptions(
            deliver: deliver, thumbnails: try keys["thumbnails"]?.bool() ?? true, rate: rate,
            sound: try keys["sound"].map { (cursor) throws(FilmError) in try sound(cursor) },
            matchColour: try keys["seams"].flatMap { (cursor) throws(FilmError) in try seams(cursor) })
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter || first.isNumber else { return false }
        return text.count <= 64
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}
