import Media

/// How this room opens a file: fast where the index says enough, thoroughly elsewhere.
enum Opening {
    /// What an opened file is wanted for.
    enum Purpose {
        /// Decoding: decoders learn from the stream what the container does not say.
        case decoding
        /// A report, which must say what decoders would learn.
        case describing
    }

    /// Opens a file and describes its streams. Blocks.
    ///
    /// Analysis decodes the head of a file to learn what its container does not say; it costs fifteen times
    /// what opening costs. An MP4's index says nearly all of it, and its codec headers the rest, so analysis is
    /// left out there unless something is missing.
    static func open(
        _ path: String, accept: DemuxerSet, for purpose: Purpose, interrupt: Interrupt
    ) throws(MediaError) -> Demuxer {
        var demuxer = try Demuxer(path: path, accept: accept, analyse: .none, interrupt: interrupt)
        if !saysEnough(demuxer, purpose) { try demuxer.analyse() }
        return demuxer
    }

    /// Whether the container alone told what is needed.
    private static func saysEnough(_ demuxer: borrowing Demuxer, _ purpose: Purpose) -> Bool {
        guard demuxer.container.isMP4, demuxer.container.durationMicroseconds != nil else { return false }
        return demuxer.streams.allSatisfy { stream in
            let coded = stream.parameters
            switch stream.kind {
            case .video:
                if stream.isAttachedPicture { return true }
                return coded.width > 0 && coded.height > 0 && stream.durationTicks != nil
                    && stream.averageRate != nil && (purpose == .decoding || stream.header != nil)
            case .audio:
                return coded.sampleRate > 0 && coded.channelLayout != nil
                    && (purpose == .decoding || coded.codecName == "aac" || coded.sampleFormat != nil)
            default:
                return true
            }
        }
    }

    /// The stream a player shows: not a cover picture; the default one first, then the largest.
    static func pictureStream(of demuxer: borrowing Demuxer, path: String) throws -> StreamInfo {
        let films = demuxer.streams.filter { $0.kind == .video && !$0.isAttachedPicture }
        func rank(_ stream: StreamInfo) -> (Int, Int, Int) {
            (stream.isDefault ? 1 : 0, stream.parameters.width * stream.parameters.height, -stream.index)
        }
        if let best = films.max(by: { rank($0) < rank($1) }) { return best }
        let hint =
            demuxer.streams.contains { $0.isAttachedPicture }
            ? "its only picture is a cover, which is no film" : "give a file that holds a picture"
        throw MontageError(.noVideo, operation: "has no picture stream", subject: path, hint: hint)
    }
}

extension ContainerInfo {
    /// Whether the demuxer is that of MP4, MOV and their kin.
    var isMP4: Bool { names.contains("mp4") }
    /// Whether the demuxer is that of Matroska and WebM.
    var isMatroska: Bool { names.contains("matroska") }
    /// The demuxer's names.
    var names: [Substring] { formatName.split(separator: ",") }
}

extension StreamInfo {
    /// What the codec's header says, where it is one that is read here.
    var header: H264Header? {
        parameters.codecName == "h264" ? H264Header(avcC: parameters.extradata) : nil
    }
}
