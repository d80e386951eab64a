package import Media

/// Names what a step was asked to do: the SHA-256 of a canonical JSON document.
///
/// What enters a key, and why, stands at each maker below; what does not enter cannot cause work. The
/// document is kept in the journal beside the step, so that the next plan can say which part changed.
/// A change in what the steps *do* for equal documents needs a new ``version``.
package struct WorkKey: Sendable, Hashable {
    /// Raise it when equal documents no longer mean equal outputs.
    static let version: Int64 = 1

    /// The document whose digest the key is.
    package let document: JSONDocument
    /// 64 hex digits.
    package let digest: String

    private init(_ step: String, _ members: [String: JSONDocument]) throws(MediaError) {
        var members = members
        members["key"] = .int(Self.version)
        members["step"] = .string(step)
        document = .object(members)
        digest = try SHA256.hex(of: Array(document.canonical.utf8))
    }

    /// A take of a shot.
    /// - `generator`: who makes it; a sandbox's clip is not the service's.
    /// - `request`: the whole canonical request: prompt, negative, size or resolution, duration, seed,
    ///   quality, style, audio, multiClip, thinking, model, and the digests of its pictures. A last frame
    ///   enters here and nowhere else: same frame, same key, nothing follows (early cut-off).
    /// - `take`: the second take of an equal request is another purchase; so is an equal shot without a seed.
    /// Not: shot id, title, place in the file, comments, task UUID, prices.
    package static func shot(generator: String, request: JSONDocument, take: Int) throws(MediaError)
        -> WorkKey
    {
        try WorkKey("shot", ["generator": .string(generator), "request": request, "take": .int(Int64(take))])
    }

    /// A clip that stands for a shot that is not there.
    /// - `slate`: what is painted; its picture by digest, and without the place of the file.
    /// - `version`: of the painting.
    /// - `engine`: the pictures are encoded by it.
    package static func slate(_ slate: JSONDocument, version: Int, engine: String) throws(MediaError)
        -> WorkKey
    {
        try WorkKey(
            "slate", ["slate": slate, "version": .int(Int64(version)), "engine": .string(engine)])
    }

    /// The last frame of a clip, as PNG.
    /// - `clip`: digest of the clip's bytes.
    /// - `width`, `height`: the model's exact size, which the next request needs.
    package static func frame(clip: String, width: Int, height: Int) throws(MediaError) -> WorkKey {
        try WorkKey(
            "frame", ["clip": .string(clip), "width": .int(Int64(width)), "height": .int(Int64(height))])
    }

    /// One shot's pictures in one delivery.
    /// - `clip`: digest of the clip's bytes.
    /// - `frames`: how many of its frames are shown by themselves; without those that the next shot shows again.
    /// - `from`: the first of them, where that is not the clip's first: frames before it belong to a join.
    /// - `preset`: its canonical JSON, so a changed encoder option counts and a changed file name does not.
    /// - `format`: the film's size, rate and sound format.
    /// - `match`: what is done to the colours of the first frames; nil for nothing.
    /// - `engine`: the codec library's version: segments of two encoder builds must not be joined.
    package static func segment(
        clip: String, frames: Int, from: Int = 0, match: JSONDocument? = nil, preset: JSONDocument,
        format: JSONDocument, engine: String
    ) throws(MediaError) -> WorkKey {
        var members: [String: JSONDocument] = [
            "clip": .string(clip), "frames": .int(Int64(frames)), "preset": preset, "format": format,
            "engine": .string(engine),
        ]
        if from > 0 { members["from"] = .int(Int64(from)) }
        if let match { members["match"] = match }
        return try WorkKey("segment", members)
    }

    /// The frames in one delivery that are made of two shots.
    /// - `before`, `after`: the digests of both clips, with the frames of either.
    /// - `join`: what happens between them.
    /// - `preset`, `format`, `engine`: as for a segment.
    package static func blend(
        before: (clip: String, frames: Range<Int>), after: (clip: String, frames: Range<Int>),
        join: JSONDocument, preset: JSONDocument, format: JSONDocument, engine: String
    ) throws(MediaError) -> WorkKey {
        func side(_ side: (clip: String, frames: Range<Int>)) -> JSONDocument {
            .object([
                "clip": .string(side.clip), "from": .int(Int64(side.frames.lowerBound)),
                "to": .int(Int64(side.frames.upperBound)),
            ])
        }
        return try WorkKey(
            "blend",
            [
                "before": side(before), "after": side(after), "join": join, "preset": preset,
                "format": format, "engine": .string(engine),
            ])
    }

    /// A whole delivery.
    /// - `segments`: digests of its segments, in order.
    /// - `sound`: per shot the clip its sound comes from (or null), the frames shown, and whether the next
    ///   shot goes on from it.
    /// - `preset`, `format`, `engine`: as for a segment; the sound is encoded here.
    /// - `title`: it is written into the file.
    /// - `manifest`: digest of the manifest; that is written into the file too, and the chapters' names and
    ///   times are in it.
    /// - `mix`: loudness, and music by its digest; nil where there is neither.
    package static func film(
        segments: [String], sound: JSONDocument, preset: JSONDocument, format: JSONDocument, title: String,
        engine: String, manifest: String, mix: JSONDocument? = nil
    ) throws(MediaError) -> WorkKey {
        var members: [String: JSONDocument] = [
            "segments": .array(segments.map { .string($0) }), "sound": sound, "preset": preset,
            "format": format, "title": .string(title), "engine": .string(engine),
            "manifest": .string(manifest),
        ]
        if let mix { members["mix"] = mix }
        return try WorkKey("film", members)
    }

    /// What is seen and heard at one seam.
    /// - `before`, `after`: digests of the two clips.
    /// - `isChained`: the storyboard's word decides where the pictures do not tell.
    /// - `dropped`: how many frames the film leaves out, nil for as many as are found to stand twice; the frames
    ///   that then meet are compared.
    /// - `matching`: over how many frames colours may be corrected; nil for not at all.
    /// - `version`: of the measure.
    /// - `engine`: the frames are decoded by it.
    package static func seam(
        before: String, after: String, isChained: Bool, dropped: Int?, matching: Int? = nil, version: Int,
        engine: String
    ) throws(MediaError) -> WorkKey {
        var members: [String: JSONDocument] = [
            "before": .string(before), "after": .string(after), "chained": .bool(isChained),
            "dropped": dropped.map { .int(Int64($0)) } ?? .string("measured"),
            "version": .int(Int64(version)), "engine": .string(engine),
        ]
        if let matching { members["matching"] = .int(Int64(matching)) }
        return try WorkKey("seam", members)
    }

    /// The contact sheet of a film's seams.
    /// - `seams`: the work keys of the seams, in order.
    /// - `engine`: the picture is encoded by it.
    /// Not: the shots' ids, which is why shots have numbers there.
    package static func seamSheet(seams: [String], engine: String) throws(MediaError) -> WorkKey {
        try WorkKey(
            "seams", ["seams": .array(seams.map { .string($0) }), "engine": .string(engine)])
    }

    /// Poster, sprites and their index.
    /// - `film`: digest of the delivery they are taken from.
    /// - `engine`: the pictures are encoded by it.
    package static func thumbnails(film: String, engine: String) throws(MediaError) -> WorkKey {
        try WorkKey("thumbnails", ["film": .string(film), "engine": .string(engine)])
    }
}
