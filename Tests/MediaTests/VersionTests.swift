import Media
import TestSupport
import Testing

@Suite(.blocking) struct VersionTests {
    @Test func `a library of another major version is named, one of another minor version is not`() {
        let found = FFmpegVersions.mismatches([
            ("libavutil", "57.28.100", "57.40.101"), ("libavcodec", "59.37.100", "60.3.100"),
            ("libavfilter", "8.44.100", "missing"),
        ])
        #expect(found.map(\.library) == ["libavcodec", "libavfilter"])
        #expect(found[0].what == "compiled for libavcodec 59 (59.37.100), but 60.3.100 is loaded")
        #expect(found[1].what == "libavfilter cannot be loaded")
    }

    @Test func `the libraries of this machine are those that Reel was compiled for`() {
        #expect(FFmpegVersions.mismatches().map(\.what) == [])
    }
}
