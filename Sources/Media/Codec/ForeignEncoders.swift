import CFFmpeg

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What encoders of other projects do past FFmpeg's rules: some print to stderr by themselves, one hangs.
enum ForeignEncoders {
    /// Keeps the library from printing and refuses what it would complain about on stderr.
    ///
    /// - Parameter options: Those of the encoder; may grow by one that makes it quiet.
    /// - Throws: `.invalidArgument` with the values it takes as hint.
    static func prepare(_ codec: String, options: inout [String: String]) throws(MediaError) {
        switch codec {
        case "libsvtav1":
            // Its only switch: read once, when the library starts. 1 leaves its errors.
            setenv("SVT_LOG", "1", 0)
        case "libx264", "libx264rgb":
            for (key, known) in x264Words {
                guard let value = options[key] else { continue }
                // Several tunings may stand together. Source: x264.h, x264_param_default_preset.
                let words = key == "tune" ? value.split { ",./-+ ".contains($0) }.map(String.init) : [value]
                for word in words where !known.contains(word.lowercased()) {
                    throw MediaError(
                        .invalidArgument, operation: "\(key) '\(word)'", subject: codec,
                        hint: "its \(key) is one of \(known.joined(separator: ", "))")
                }
            }
        case "libx265":
            var said = options["x265-params"].map { [$0] } ?? []
            let known = said.first ?? ""
            if !known.contains("log-level") { said.append("log-level=none") }
            // Its row threads change the stream: with a pool it writes rows that can be read side by side,
            // without one it does not. A fixed pool makes the bytes the same on any number of cores.
            if !known.contains("pools") { said.append("pools=4") }
            options["x265-params"] = said.joined(separator: ":")
        default: break
        }
    }

    /// Source: x264.h, x264_preset_names, x264_tune_names, x264_profile_names.
    private static let x264Words: [(key: String, values: [String])] = [
        (
            "preset",
            [
                "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
                "veryslow",
                "placebo",
            ]
        ),
        (
            "tune",
            [
                "film", "animation", "grain", "stillimage", "psnr", "ssim", "fastdecode", "zerolatency",
                "touhou",
            ]
        ),
        ("profile", ["baseline", "main", "high", "high10", "high422", "high444"]),
    ]

    /// Makes an opened encoder that was given no picture fit to be closed.
    ///
    /// SVT-AV1 1.4 waits for ever when it is closed before its first picture: its threads wait for one. So
    /// it gets a picture nobody asked for, whose packet is never fetched.
    static func settle(_ context: UnsafeMutablePointer<AVCodecContext>) {
        guard context.pointee.codec_id == AV_CODEC_ID_AV1,
            context.pointee.codec.map({ String(cString: $0.pointee.name) }) == "libsvtav1",
            let frame = try? Frame(
                videoWidth: Int(context.pointee.width), height: Int(context.pointee.height),
                format: PixelFormat(raw: context.pointee.pix_fmt))
        else { return }
        for i in 0..<frame.planeCount {
            _ = frame.withMutablePlane(i) { plane, _ in plane.initializeMemory(as: UInt8.self, repeating: 0) }
        }
        frame.pts = 0
        avcodec_send_frame(context, frame.pointer)
        avcodec_send_frame(context, nil)
    }
}
