public import Media

/// A frame taken out of a clip, as a picture, with what is known about its place.
public struct ExtractedFrame: Sendable {
    /// The frame in RGB, turned as a player turns it, of the size in which it is coded.
    public var picture: Picture
    /// Its number among the presented frames, from 0; nil where finding it did not need counting.
    public var index: Int?
    /// Its presentation time by the clip's own clock, in seconds.
    public var ptsSeconds: Double
    /// What is to be said about it: damage, an unusual colour, a size that changes; nil if nothing is.
    public var note: String?
    /// Whether it was found without decoding everything before it. For tests: an economy lost is a fault.
    package var isSought: Bool
}

/// Takes exact frames out of clips.
public enum FrameExtraction {
    /// Takes one frame. Blocks: call it inside `Lanes.run`.
    ///
    /// The last frame is found from near the end where that is safe, and by decoding everything where it is
    /// not; see `LastFrame`. Cover pictures and sound play no part.
    ///
    /// - Parameters:
    ///   - path: The clip, or a still picture.
    ///   - position: Which frame.
    ///   - accept: Which demuxers may open the file.
    ///   - light: Whether high dynamic range and wide gamuts are mapped to BT.709.
    ///   - interrupt: Stops the work.
    /// - Throws: `MontageError.noVideo`, `.noSuchFrame`, `.outOfRange` with the valid range as its hint;
    ///   `MediaError` if the file cannot be opened or the interrupt is raised.
    public static func frame(
        of path: String, at position: FramePosition, accept: DemuxerSet = .media,
        light: PictureLight = .standard, interrupt: Interrupt
    ) throws -> ExtractedFrame {
        switch position {
        case .last:
            let found = try LastFrame.find(in: path, accept: accept, interrupt: interrupt)
            return try extract(
                found.frame, of: found.stream, index: found.index, note: found.note, light: light,
                isSought: found.isSought)
        case .first:
            let found = try FrameSearch.number(0, in: path, accept: accept, interrupt: interrupt)
            return try extract(
                found.frame, of: found.stream, index: 0, note: found.note, light: light,
                isSought: found.isSought)
        case .index(let number):
            let found = try FrameSearch.number(number, in: path, accept: accept, interrupt: interrupt)
            return try extract(
                found.frame, of: found.stream, index: number, note: found.note, light: light,
                isSought: found.isSought)
        case .seconds(let seconds):
            let found = try FrameSearch.time(seconds, in: path, accept: accept, interrupt: interrupt)
            return try extract(
                found.frame, of: found.stream, index: found.index, note: found.note, light: light,
                isSought: found.isSought)
        }
    }

    static func extract(
        _ frame: borrowing Frame, of stream: StreamInfo, index: Int?, note: String?, light: PictureLight,
        isSought: Bool
    ) throws -> ExtractedFrame {
        var picture = try Picture(
            frame, rotation: stream.rotation, isMirrored: stream.isMirrored,
            aspect: stream.parameters.sampleAspectRatio)
        var notes = [note].compactMap { $0 }
        if light == .standard {
            if let mapped = try picture.inStandardLight(peak: (frame.hdr ?? stream.hdr)?.peak ?? 1000) {
                picture = mapped.picture
                notes.append(mapped.note)
            }
        } else if picture.colour.isHDR {
            notes.append("the picture is HDR (\(picture.colour.transfer)); its values are kept, not mapped")
        }
        let coded = stream.parameters
        if coded.width > 0, frame.width != coded.width || frame.height != coded.height {
            notes.append(
                "the frame is \(frame.width)x\(frame.height), the clip says \(coded.width)x\(coded.height)")
        }
        if picture.pixelAspect != Rational(1, 1) {
            notes.append("its pixels are not square (\(picture.pixelAspect.num):\(picture.pixelAspect.den))")
        }
        // Raw streams have no times; their frames follow each other at the stream's rate.
        let counted = Double(index ?? 0) * (stream.averageRate?.inverse.value ?? 0)
        let seconds = frame.pts.map { Double($0) * stream.timeBase.value } ?? counted
        return ExtractedFrame(
            picture: picture, index: index, ptsSeconds: seconds,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "), isSought: isSought)
    }
}
