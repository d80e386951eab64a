import Foundation

extension Recipe {
    private static let x264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p"

    /// Clips whose last frame is hard to get right, each for a reason of its own.
    public static let awkward: [Recipe] = timing + containers + codecs + shapes

    /// Reordering, edit lists, odd clocks and lengths.
    public static let timing: [Recipe] = [
        Recipe("B-frames, one keyframe", "bframes.mp4", x264, "-g 250 -bf 3"),
        Recipe(
            "B-frames that nothing refers to, one keyframe, long", "long-group.mp4",
            picture: pattern(seconds: 6), x264, "-g 500 -bf 4 -x264-params b-adapt=0:scenecut=0"),
        Recipe("a claim of a length far beyond the end", "claim.mkv") { folder, path in
            // A file that is still being written: its head claims what its end does not bring.
            let whole = try source(folder, "-g 250 -bf 3", as: "whole.mkv")
            try cut(whole, to: path, keeping: 0.4)
        },
        Recipe("sound 120 ms longer", "sound.mp4", sound: 2.12, x264, "-g 12 -bf 2 -c:a aac"),
        Recipe("sound much longer", "long.mp4", sound: 4, x264, "-g 12 -bf 2 -c:a aac"),
        Recipe("variable frame rate", "vfr.mp4", x264, "-vf setpts=N*(N+9)/240/TB -fps_mode vfr -bf 2"),
        Recipe("one frame", "one.mp4", x264, "-frames:v 1"),
        Recipe("two frames", "two.mp4", x264, "-frames:v 2 -bf 2"),
        Recipe(
            "open groups, the last one short", "open-short.mp4",
            picture: "testsrc2=size=128x72:rate=24:duration=4,noise=alls=12:allf=t",
            "-frames:v 75", x264, "-g 12 -bf 3 -x264-params open-gop=1:b-adapt=0:scenecut=0"),
        Recipe(
            "open groups of pictures", "open.mp4", x264,
            "-bf 3 -x264-params open-gop=1:keyint=12:min-keyint=12"),
        Recipe("gradual refresh", "refresh.mp4", x264, "-x264-params intra-refresh=1:keyint=16"),
        Recipe("an edit list that trims the head", "head.mp4") { folder, path in
            let whole = try source(folder, "-g 24 -bf 2")
            try Oracle.ffmpeg(["-ss", "0.7", "-i", whole, "-c", "copy", path])
        },
        Recipe("an edit list that trims the tail", "tail.mp4") { folder, path in
            try Boxes.shortenEdit(of: source(folder, "-g 250 -bf 3"), to: path, milliseconds: 1500)
        },
        Recipe("an edit list that ends before the last keyframes", "gops.mp4") { folder, path in
            try Boxes.shortenEdit(of: source(folder, "-g 8 -bf 2"), to: path, milliseconds: 900)
        },
        Recipe("an edit that ends among leading frames", "leading.mp4") { folder, path in
            let open = "-bf 3 -x264-params open-gop=1:keyint=12:min-keyint=12:b-adapt=0"
            try Boxes.shortenEdit(of: source(folder, open), to: path, milliseconds: 960)
        },
        Recipe("an index that calls every frame a keyframe", "lying.mp4") { folder, path in
            try Boxes.rename("stss", to: "free", in: source(folder, "-g 24 -bf 2"), writing: path)
        },
        Recipe("an index that names a wrong keyframe", "wrong.mp4") { folder, path in
            try Boxes.moveKeyframe(in: source(folder, "-g 24 -bf 2"), second: 31, writing: path)
        },
        Recipe("a start far from zero", "late.mkv", x264, "-bf 2 -output_ts_offset 7"),
        Recipe("time that starts again in the middle", "again.ts") { folder, path in
            let once = folder.file("once.ts")
            try Oracle.ffmpeg(["-f", "lavfi", "-i", pattern()] + words(x264 + " -g 12 -bf 2") + [once])
            let bytes = try folder.read("once.ts")
            try Data(bytes + bytes).write(to: URL(fileURLWithPath: path))
        },
    ]

    /// Containers with a poor index or none.
    public static let containers: [Recipe] = [
        Recipe("MPEG-TS", "a.ts", sound: 2.1, x264, "-g 12 -bf 2 -c:a aac"),
        Recipe("MPEG-TS, one keyframe", "b.ts", x264, "-g 250 -bf 3"),
        Recipe("MPEG program stream", "a.mpg", "-c:v mpeg2video -g 12 -bf 2 -q:v 3"),
        Recipe("raw H.264", "a.h264", x264, "-g 12 -bf 2"),
        Recipe("raw HEVC", "a.hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=12"),
        Recipe("Matroska", "a.mkv", sound: 2.1, x264, "-g 12 -bf 2 -c:a aac"),
        Recipe("Matroska without cues or length", "live.mkv", x264, "-g 12 -bf 2 -f matroska -live 1"),
        Recipe("AVI", "a.avi", "-c:v mpeg4 -q:v 3 -bf 2 -g 12"),
        Recipe("FLV", "a.flv", x264, "-g 12 -bf 2"),
        Recipe("fragmented MP4", "frag.mp4", x264, "-g 12 -bf 2 -movflags frag_keyframe+empty_moov"),
        Recipe("MOV with the index at the end", "a.mov", sound: 2.1, x264, "-g 12 -bf 2 -c:a aac"),
        Recipe("a cover picture beside the film", "cover.mp4") { folder, path in
            let cover = folder.file("cover.png")
            try Oracle.ffmpeg(["-f", "lavfi", "-i", "color=red:size=640x480", "-frames:v", "1", cover])
            let whole = try source(folder, "-g 24 -bf 2")
            try Oracle.ffmpeg([
                "-i", cover, "-i", whole, "-map", "0:v", "-map", "1:v", "-c", "copy", "-disposition:v:0",
                "attached_pic", path,
            ])
        },
        Recipe("Matroska cut off in the middle", "cut.mkv") { folder, path in
            let whole = try source(folder, "-g 12 -bf 2", as: "whole.mkv")
            try cut(whole, to: path, keeping: 0.7)
        },
        Recipe("MPEG-TS cut off in the middle", "cut.ts") { folder, path in
            let whole = try source(folder, "-g 12 -bf 2", as: "whole.ts")
            try cut(whole, to: path, keeping: 0.7)
        },
        Recipe("MP4 cut off in the middle", "cut.mp4") { folder, path in
            let whole = try source(folder, "-g 12 -bf 2 -movflags +faststart")
            try cut(whole, to: path, keeping: 0.7)
        },
    ]

    /// Codecs beside H.264.
    public static let codecs: [Recipe] = [
        Recipe(
            "VP9 with hidden frames", "vp9.webm",
            "-c:v libvpx-vp9 -b:v 300k -g 24 -auto-alt-ref 1 -lag-in-frames 16 -cpu-used 8 -deadline realtime"
        ),
        Recipe(
            "VP8 with hidden frames", "vp8.webm",
            "-c:v libvpx -b:v 300k -g 24 -auto-alt-ref 1 -lag-in-frames 16 -cpu-used 8"),
        Recipe("AV1 in MP4", "av1.mp4", "-c:v libsvtav1 -preset 12 -g 24 -pix_fmt yuv420p"),
        Recipe("AV1 in WebM", "av1.webm", "-c:v libsvtav1 -preset 12 -g 250 -pix_fmt yuv420p"),
        Recipe(
            "HEVC, open groups", "hevc.mp4",
            "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=12:open-gop=1:bframes=4 -tag:v hvc1"
        ),
        Recipe("MPEG-2 in MPEG-TS", "m2.ts", "-c:v mpeg2video -g 12 -bf 2 -q:v 3"),
        Recipe("motion JPEG", "mjpeg.avi", range: "pc", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p"),
        Recipe("Theora", "theora.ogv", "-c:v libtheora -q:v 7 -g 12"),
        Recipe("animated GIF", "a.gif", picture: pattern(64, 36, rate: "10"), range: "pc", "-c:v gif"),
        Recipe("RGB in QuickTime Animation", "qtrle.mov", range: "pc", "-c:v qtrle -g 12 -pix_fmt rgb24"),
    ]

    /// Sizes, shapes and tags.
    public static let shapes: [Recipe] = [
        Recipe(
            "odd size", "odd.webm",
            "-vf scale=127:71 -c:v libvpx-vp9 -b:v 300k -cpu-used 8 -deadline realtime"),
        Recipe(
            "4:4:4 of odd size", "odd.mp4", "-vf scale=127:71 -c:v libx264 -preset veryfast -pix_fmt yuv444p"),
        Recipe("full range", "full.mp4", range: "pc", "-vf scale=out_range=pc", x264, "-color_range pc"),
        Recipe(
            "tagged BT.709", "709.mp4", matrix: "bt709", x264,
            "-colorspace bt709 -color_primaries bt709 -color_trc bt709"),
        Recipe(
            "untagged, 720 lines", "720.mp4", picture: pattern(320, 720, seconds: 0.5), matrix: "bt709", x264),
        Recipe("pixels that are not square", "sar.mp4", "-vf setsar=4/3", x264),
        Recipe("10 bits", "10.mkv", "-c:v libx264 -preset veryfast -pix_fmt yuv420p10le -bf 2"),
        Recipe(
            "HEVC of 10 bits, BT.2020 and PQ", "hdr.mp4", matrix: "bt2020",
            "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -x265-params log-level=none",
            "-colorspace bt2020nc -color_primaries bt2020 -color_trc smpte2084"),
        Recipe("ProRes", "prores.mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"),
        Recipe(
            "ProRes with alpha", "alpha.mov",
            "-vf format=yuva444p10le,colorchannelmixer=aa=0.5 -c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le"
        ),
        Recipe(
            "PNG with alpha in MOV", "png.mov", range: "pc",
            "-vf format=rgba,colorchannelmixer=aa=0.5 -c:v png"),
        Recipe(
            "RGB in H.264", "rgb.mkv", range: "pc", "-c:v libx264rgb -preset veryfast -qp 10 -pix_fmt bgr24"),
        Recipe("greyscale", "grey.mkv", range: "pc", "-c:v ffv1 -pix_fmt gray"),
        Recipe("interlaced", "fields.ts", x264, "-flags +ildct+ilme -top 1 -g 12 -bf 2"),
    ]

    /// A clip whose size changes in the middle, and the part behind the change alone.
    public static func sizeChange(in folder: TempDirectory) throws -> (whole: String, after: String) {
        let small = folder.file("small.ts")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", pattern(96, 64)] + words(x264 + " -g 12 -bf 2") + [small])
        let after = try source(folder, "-g 12 -bf 2", as: "large.ts")
        return (try folder.write("sizes.ts", folder.read("small.ts") + folder.read("large.ts")), after)
    }

    /// An ordinary clip by x264 in the folder, as material for others.
    public static func source(
        _ folder: TempDirectory, _ arguments: String, as name: String = "source.mp4"
    ) throws -> String {
        let path = folder.file(name)
        try Oracle.ffmpeg(["-f", "lavfi", "-i", pattern()] + words(x264 + " " + arguments) + [path])
        return path
    }

    private static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    private static func cut(_ path: String, to result: String, keeping share: Double) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: result))
    }
}
