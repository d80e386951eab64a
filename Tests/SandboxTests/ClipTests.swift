import Foundation
import TestSupport
import Testing

@Suite(.blocking) struct ClipTests {
    private func probe(_ path: String) throws -> [[String: Any]] {
        let data = try run(
            "ffprobe", ["-v", "error", "-count_frames", "-show_streams", "-of", "json", path])
        let top = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return top?["streams"] as? [[String: Any]] ?? []
    }

    @Test func `a clip has the size, length, rate and tags asked for, and sound only when asked`()
        async throws
    {
        let sandbox = try await Caller()
        let silent = try probe(try await sandbox.clip(task()))
        #expect(silent.count == 1)
        let video = try #require(silent.first)
        #expect(video["codec_name"] as? String == "h264")
        #expect(video["nb_read_frames"] as? String == "120")
        #expect(video["width"] as? Int == 360 && video["height"] as? Int == 360)
        #expect(video["r_frame_rate"] as? String == "24/1")
        #expect(video["pix_fmt"] as? String == "yuv420p")
        for key in ["color_space", "color_primaries", "color_transfer"] {
            #expect(video[key] as? String == "bt709")
        }
        #expect(video["color_range"] as? String == "tv")

        let path = try await sandbox.clip(
            task(["width": 480, "height": 360, "providerSettings": ["pixverse": ["audio": true]]]))
        let both = try probe(path)
        #expect(both.map { $0["codec_type"] as? String } == ["video", "audio"])
        #expect(both.last?["codec_name"] as? String == "aac")
        #expect(both.last?["sample_rate"] as? String == "48000")
        #expect(both.last?["channels"] as? Int == 2)
        let seconds = Double(both.last?["duration"] as? String ?? "") ?? 0
        #expect(abs(seconds - 5) < 0.1)
        // Index before data, so that a player can begin at once.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let moov = try #require(bytes.range(of: Data("moov".utf8)))
        let mdat = try #require(bytes.range(of: Data("mdat".utf8)))
        #expect(moov.lowerBound < mdat.lowerBound)
        await sandbox.close()
    }

    @Test func `the sound neither clips nor is silent, and begins and ends without a click`() async throws {
        let sandbox = try await Caller()
        let path = try await sandbox.clip(task(["providerSettings": ["pixverse": ["audio": true]]]))
        let data = try run("ffmpeg", ["-v", "error", "-i", path, "-map", "0:a", "-f", "f32le", "-"])
        let samples = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let peak = samples.reduce(0) { max($0, abs($1)) }
        #expect(peak > 0.15 && peak < 0.40)
        #expect(samples.prefix(200).allSatisfy { abs($0) < 0.01 })
        #expect(samples.suffix(200).allSatisfy { abs($0) < 0.02 })
        await sandbox.close()
    }

    @Test func `a clip begins on the first image given and ends on the last`() async throws {
        let sandbox = try await Caller()
        let first = try png(width: 640, height: 360)
        let inside = try await sandbox.clip(task(["width": 640, "height": 360, "seed": 99]))
        let still = try run(
            "ffmpeg",
            ["-v", "error", "-i", inside, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "-"])
        let last = "data:image/png;base64," + still.base64EncodedString()
        var sent = task(["width": nil, "height": nil, "resolution": "360p", "seed": 3])
        sent["inputs"] = [
            "frameImages": [["image": first, "frame": "first"], ["image": last, "frame": "last"]]
        ]
        let path = try await sandbox.clip(sent)

        let wanted = Data(base64Encoded: String(first.drop { $0 != "," }.dropFirst())) ?? Data()
        let firstPath = "\(sandbox.folder)/first.png"
        try wanted.write(to: URL(fileURLWithPath: firstPath))
        let begun = try rgb(path, frame: 0, size: "640:360")
        #expect(psnr(begun, try rgb(firstPath, frame: 0, size: "640:360")) > 35)
        let ended = try rgb(path, frame: 119, size: "640:360")
        #expect(psnr(ended, try rgb(inside, frame: 0, size: "640:360")) > 35)
        // In between it goes somewhere else, and it does so without a jump.
        #expect(psnr(begun, try rgb(path, frame: 60, size: "640:360")) < 25)
        #expect(psnr(begun, try rgb(path, frame: 1, size: "640:360")) > 32)
        await sandbox.close()
    }

    @Test func `the seed decides: another seed another picture, the same seed the same`() async throws {
        let sandbox = try await Caller()
        let a = try await sandbox.clip(task(["seed": 1]))
        let b = try await sandbox.clip(task(["seed": 2]))
        let c = try await sandbox.clip(task(["seed": 1]))
        let frames = try [a, b, c].map { try rgb($0, frame: 50, size: "360:360") }
        #expect(psnr(frames[0], frames[1]) < 25)
        #expect(frames[0] == frames[2])
        await sandbox.close()
    }

    @Test(arguments: ["WEBM", "MOV"])
    func `the other containers are made too`(format: String) async throws {
        let sandbox = try await Caller()
        let sent = task(["outputFormat": format, "providerSettings": ["pixverse": ["audio": true]]])
        let streams = try probe(try await sandbox.clip(sent))
        #expect(streams.first?["nb_read_frames"] as? String == "120")
        #expect(
            streams.map { $0["codec_name"] as? String }
                == (format == "WEBM" ? ["vp9", "opus"] : ["h264", "aac"]))
        await sandbox.close()
    }
}
