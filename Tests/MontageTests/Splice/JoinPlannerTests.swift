import Media
import Montage
import Testing

@Suite struct JoinPlannerTests {
    /// Parameter sets as short as they may be, with a number and something to tell them apart.
    static func sets(_ id: UInt8 = 0, mark: UInt8 = 1, level: UInt8 = 31) throws -> ParameterSets {
        // ue(v): 0 is "1", 1 is "010", 2 is "011".
        let code: UInt8 = [0x80, 0x40, 0x60][Int(id)] | mark
        return try #require(
            ParameterSets(avcC: [
                1, 100, 0, level, 0xff, 0xe1, 0, 5, 0x67, 100, 0, level, code, 1, 0, 3, 0x68, code, 1,
            ])
        )
    }

    static func clip(_ path: String, frames: Int = 48, cuts: [Int]? = nil) throws -> ClipTraits {
        var clip = ClipTraits(path: path, frames: frames, cuts: cuts)
        clip.sets = try sets()
        clip.profile = "High"
        clip.references = 4
        return clip
    }

    /// An oddity of the second of three clips, and what must be said about it.
    struct Oddity: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var change: @Sendable (inout ClipTraits) throws -> Void
    }

    static let oddities: [Oddity] = [
        .init(testDescription: "size", reason: "its size is 640x360") { ($0.width, $0.height) = (640, 360) },
        .init(testDescription: "pixel shape", reason: "its pixels are 4:3") {
            $0.pixelAspect = Rational(4, 3)
        },
        .init(testDescription: "pixel format", reason: "yuv444p") { $0.pixelFormat = "yuv444p" },
        .init(testDescription: "colour", reason: "its colour is bt709") { $0.colour = .bt709 },
        .init(testDescription: "rate", reason: "its rate is 25") { $0.rate = Rational(25, 1) },
        .init(testDescription: "codec", reason: "its pictures are hevc") { $0.codec = "hevc" },
        .init(testDescription: "profile", reason: "its profile is Main") { $0.profile = "Main" },
        .init(testDescription: "sets", reason: "under the same number") { $0.sets = try sets(0, mark: 2) },
        .init(testDescription: "turned", reason: "turned") { $0.faults = ["it is turned by a flag"] },
    ]

    @Test(arguments: oddities) func `an outlier is conformed, and the others stay copied`(oddity: Oddity)
        throws
    {
        var clips = try ["a", "b", "c"].map { try Self.clip($0) }
        try oddity.change(&clips[1])
        let plan = try JoinPlanner(clips: clips).plan()
        #expect(plan.clips.map(\.treatment) == [.copy, .conform, .copy])
        #expect(plan.clips[1].reasons.joined().contains(oddity.reason), "\(plan.clips[1].reasons)")
        #expect(plan.reference == 0)
        #expect(plan.conformSetID == 30)
        #expect(plan.clips[1].frames == (oddity.testDescription == "rate" ? 46 : 48))
        let fault = #expect(throws: MontageError.self) {
            try JoinPlanner(clips: clips, mode: .copy).plan()
        }
        #expect(fault?.code == .incompatible)
        #expect(fault?.message.contains(oddity.reason) == true)
    }

    @Test func `the most frames decide what the film is, not the first clip`() throws {
        var small = try Self.clip("small", frames: 60)
        small.width = 640
        let plan = try JoinPlanner(clips: [small, Self.clip("b"), Self.clip("c")]).plan()
        #expect(plan.clips.map(\.treatment) == [.conform, .copy, .copy])
        #expect(plan.reference == 1)
    }

    @Test(arguments: [
        // Cuts of the clip, frames left out, what is copied.
        ([48], 0, 48), ([44, 48], 1, 44), ([46, 47, 48], 1, 47), ([40, 44, 48], 5, 40), ([48], 3, 0),
    ]) func `as much is copied as is complete before the cut`(cuts: [Int], twins: Int, copied: Int) throws {
        let planner = try JoinPlanner(
            clips: [Self.clip("a", cuts: cuts), Self.clip("b")], seams: [SeamChoice(twins: twins)])
        let plan = try planner.plan()
        #expect(plan.clips[0].copied == copied)
        #expect(plan.clips[0].frames == 48 - twins)
        #expect(plan.clips[0].treatment == (copied == 48 - twins ? .copy : .seam))
        #expect(plan.tailSetID == (copied == 48 - twins ? nil : 31))
        #expect(plan.clips[1].dropped == 0)
    }

    @Test func `different sets of different numbers are copied side by side, and new numbers are free ones`()
        throws
    {
        var other = try Self.clip("b", cuts: [44, 48])
        other.sets = try Self.sets(1, mark: 3)
        let plan = try JoinPlanner(
            clips: [Self.clip("a"), other, Self.clip("c")], seams: [0, 1].map { SeamChoice(twins: $0) }
        ).plan()
        #expect(plan.clips.map(\.treatment) == [.copy, .seam, .copy])
        #expect(plan.tailSetID == 31)
    }

    @Test func `where every number is taken, nothing is cut by encoding an end`() throws {
        var clip = try Self.clip("a", cuts: [44, 48])
        // Picture sets of all numbers: ue(v) of n is n + 1 in binary after as many zeros as it has bits, less one.
        var header: [UInt8] = [1, 100, 0, 31, 0xff, 0xe1, 0, 5, 0x67, 100, 0, 31, 0x81, 32]
        for id in UInt16(1)...32 {
            let zeros = 15 - id.leadingZeroBitCount
            let code = id << (15 - 2 * zeros)
            header += [0, 4, 0x68, UInt8(code >> 8), UInt8(code & 0xff), 1]
        }
        clip.sets = ParameterSets(avcC: header)
        #expect(clip.sets?.pictureIDs == Array(0..<32))
        let plan = try JoinPlanner(clips: [clip, clip], seams: [1].map { SeamChoice(twins: $0) }).plan()
        #expect(plan.clips.map(\.treatment) == [.encode, .encode])
        #expect(plan.reasons == ["a: no parameter-set number is free for its end"])
    }

    @Test func `an end that cannot be decoded by itself makes the clip an outlier`() throws {
        var open = try Self.clip("open", cuts: [44, 48])
        open.tailFaults = ["some of its keyframes are recovery points of open groups and no IDR pictures"]
        let planner = try JoinPlanner(
            clips: [open, Self.clip("b"), Self.clip("c")], seams: [1, 0].map { SeamChoice(twins: $0) })
        let plan = try planner.plan()
        #expect(plan.clips.map(\.treatment) == [.conform, .copy, .copy])
        #expect(plan.clips[0].reasons[0].contains("recovery points"))
        #expect(plan.clips[0].frames == 47)
        // Without a cut it is copied like any other.
        #expect(try JoinPlanner(clips: planner.clips).plan().clips[0].treatment == .copy)
    }

    @Test func `codecs without numbered sets are copied or all encoded`() throws {
        func vp9(_ path: String) -> ClipTraits {
            var clip = ClipTraits(path: path, codec: "vp9", frames: 48, cuts: Array(40...48))
            clip.tailFaults = ["vp9 has no parameter sets by number"]
            return clip
        }
        var planner = JoinPlanner(
            clips: [vp9("a"), vp9("b")], seams: [1].map { SeamChoice(twins: $0) }, container: "webm")
        #expect(try planner.plan().clips.map(\.treatment) == [.copy, .copy])
        planner.clips[1].width = 640
        let plan = try planner.plan()
        #expect(plan.clips.map(\.treatment) == [.encode, .encode])
        #expect(plan.reasons[0].contains("its size is 640x720"))
        planner.container = "mp4"
        planner.clips = try [Self.clip("a"), Self.clip("b")]
        planner.container = "webm"
        #expect(try planner.plan().reasons[0].contains("webm does not take h264"))
    }

    @Test func `a preset that encodes is obeyed, and so are modes`() throws {
        let clips = try [Self.clip("a"), Self.clip("b")]
        var planner = JoinPlanner(clips: clips, encodingPreset: "mp4-social")
        #expect(try planner.plan().reasons == ["the preset mp4-social encodes"])
        planner.mode = .copy
        #expect(try planner.plan().copies)
        planner = JoinPlanner(clips: clips, mode: .encode)
        #expect(try planner.plan().reasons == ["it was asked for"])
    }

    @Test func `a cut as long as the clip is refused`() throws {
        let fault = #expect(throws: MontageError.self) {
            try JoinPlanner(
                clips: [Self.clip("a", frames: 2), Self.clip("b")], seams: [2].map { SeamChoice(twins: $0) }
            ).plan()
        }
        #expect(fault?.code == .invalidArgument)
        #expect(fault?.subject == "a")
    }
}
