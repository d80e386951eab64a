import CFFmpeg

extension FFmpegVersions {
    /// Which loaded libraries are not of the major version that this was compiled for, a sentence each.
    ///
    /// Structs differ between major versions: with another one, fields are read at wrong places. A library
    /// that is missing ("missing" as its run version) is named too; libavfilter is loaded late and may be.
    ///
    /// - Parameter libraries: As `libraries` lists them.
    public static func mismatches(
        _ libraries: [(name: String, build: String, run: String)] = FFmpegVersions.libraries
    ) -> [(library: String, what: String)] {
        libraries.compactMap { library in
            if library.run == "missing" { return (library.name, "\(library.name) cannot be loaded") }
            let (build, run) = (library.build.prefix { $0 != "." }, library.run.prefix { $0 != "." })
            guard build != run else { return nil }
            return (
                library.name,
                "compiled for \(library.name) \(build) (\(library.build)), but \(library.run) is loaded"
            )
        }
    }

    /// What every process does once before FFmpeg works for it: sees that the libraries are those it was
    /// compiled for, and bounds what one of them may allocate at once.
    ///
    /// Whoever asks libavcodec what it has, before any file is opened, calls this first.
    ///
    /// - Throws: `.wrongLibrary` with the line that `reel doctor` prints.
    package static func prepare() throws(MediaError) {
        guard let trouble = trouble else { return }
        throw MediaError(.wrongLibrary, operation: trouble, subject: "FFmpeg")
    }

    private static let trouble: String? = {
        // A gigabyte: more than a picture of the largest area that is decoded, less than a hostile index asks.
        reel_max_alloc(1 << 30)
        func text(_ v: UInt32) -> String { "\(v >> 16).\(v >> 8 & 255).\(v & 255)" }
        // libavfilter is left out: to ask it is to load it, and most processes never do.
        return mismatches([
            ("libavutil", text(reel_avutil_build_version()), text(avutil_version())),
            ("libavcodec", text(reel_avcodec_build_version()), text(avcodec_version())),
            ("libavformat", text(reel_avformat_build_version()), text(avformat_version())),
            ("libswscale", text(reel_swscale_build_version()), text(swscale_version())),
            ("libswresample", text(reel_swresample_build_version()), text(swresample_version())),
        ]).first?.what
    }()
}
