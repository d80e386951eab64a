import Media

/// A clip opened for decoding: its demuxer, and the decoders of its picture and sound.
///
/// A class, since its parts are consumed by nobody and a clip may have to be opened twice. One thread at a time.
final class ClipSource {
    final class SoundDecoder {
        let decoder: Decoder
        init(_ stream: StreamInfo) throws { decoder = try Decoder(stream, threads: 1) }
    }

    let demuxer: Demuxer
    let video: StreamInfo
    let decoder: Decoder
    /// Nil for a clip without sound, or where none is wanted.
    let audio: StreamInfo?
    let soundDecoder: SoundDecoder?

    /// Opens the clip. Blocks.
    init(_ path: String, wantsSound: Bool, accept: DemuxerSet, interrupt: Interrupt) throws {
        let demuxer = try Demuxer(path: path, accept: accept, analyse: .full, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: path)
        let best = wantsSound ? demuxer.bestStream(.audio) : nil
        var audio = best.map { demuxer.streams[$0] }
        var soundDecoder: SoundDecoder?
        if let stream = audio, stream.parameters.sampleRate > 0 {
            soundDecoder = try SoundDecoder(stream)
        } else {
            audio = nil
        }
        let decoder = try Decoder(video, threads: 0)
        demuxer.keepOnly(Set([video.index] + (audio.map { [$0.index] } ?? [])))
        self.demuxer = demuxer
        self.video = video
        self.decoder = decoder
        self.audio = audio
        self.soundDecoder = soundDecoder
    }
}
