public import Foundation
public import Montage

/// Everything a person may ask about a finished film. Written as `film.json`; equal films have equal reports,
/// which is why what this run did (``run``) is not written.
public struct FilmReport: Sendable, Codable {
    /// The film's title.
    public var title: String
    /// The storyboard's file name.
    public var storyboard: String
    /// The model that was asked.
    public var model: String
    /// Who was asked: `sandbox` or `runware`.
    public var provider: String
    /// Size, rate and sound of all deliveries.
    public var format: FilmFormat
    /// The shots in order.
    public var shots: [ShotReport]
    /// The output files.
    public var deliveries: [DeliveryReport]
    /// Poster and sprites: file name to digest.
    public var thumbnails: [String: String]
    /// What is seen and heard where one shot goes over into the next, in order.
    public var seams: [SeamReport]
    /// SHA-256 of `seams.jpg`, the frames on both sides of every seam; nil for a film of one shot.
    public var seamSheet: String?
    /// SHA-256 of the manifest, which lies beside the film and in every delivery.
    public var manifestDigest: String
    /// What all takes of all shots cost together, in USD, as the service said.
    public var totalCost: Decimal
    /// Versions of the libraries that made it.
    public var versions: [String: String]
    /// What this run did; nil in the file.
    public var run: RunReport?

    /// One shot.
    public struct ShotReport: Sendable, Codable {
        /// The shot's id.
        public var id: String
        /// Whether it begins on the last frame of the shot before.
        public var isChained: Bool
        /// What is written on the slate that stands in its place; nil where its clip is there.
        public var slate: String?
        /// The name of its chapter, where the storyboard gives one.
        public var title: String?
        /// How it joins to the shot before: `"match"`, `"cut"`, `{"dissolve": 12}`,
        /// `{"colour": "black", "fade": 12}`; nil for the first.
        public var join: JSONDocument?
        /// The film's frame at which its first picture is seen.
        public var start: Int
        /// The clip as delivered, relative to the output folder.
        public var file: String
        /// Its last frame, relative to the output folder.
        public var lastFrame: String
        /// The request that was sent, pictures replaced by their digests.
        public var request: JSONDocument
        /// All takes; `taskUUID` and `clipDigest` are those of the one in the film.
        public var takes: [TakeReport]
        /// The task of the take in the film.
        public var taskUUID: String?
        /// What the take in the film cost, in USD.
        public var cost: Decimal?
        /// The seed of the take in the film.
        public var seed: Int64?
        /// SHA-256 of the clip.
        public var clipDigest: String
        /// SHA-256 of the last frame's PNG.
        public var lastFrameDigest: String
        /// How many frames of the clip the film shows, at the film's rate; those of a dissolve with others.
        public var framesShown: Int
        /// What the clip consists of.
        public var probe: JSONDocument
    }

    /// One take.
    public struct TakeReport: Sendable, Codable {
        /// Which take, from 1.
        public var number: Int
        /// Its task.
        public var taskUUID: String?
        /// What it cost, in USD.
        public var cost: Decimal?
        /// The seed the service used.
        public var seed: Int64?
        /// SHA-256 of its clip.
        public var clipDigest: String
    }

    /// One seam.
    public struct SeamReport: Sendable, Codable {
        /// The id of the shot before it.
        public var before: String
        /// The id of the shot after it.
        public var after: String
        /// What was measured.
        public var seam: Montage.SeamReport
    }

    /// One output file.
    public struct DeliveryReport: Sendable, Codable {
        /// The preset's name.
        public var preset: String
        /// File name in the output folder.
        public var file: String
        /// The container.
        public var container: String
        /// The picture's codec.
        public var videoCodec: String
        /// The sound's codec.
        public var audioCodec: String?
        /// Pixels across.
        public var width: Int
        /// Pixels down.
        public var height: Int
        /// Number of pictures.
        public var frames: Int
        /// Seconds.
        public var duration: Double
        /// Bytes.
        public var byteCount: Int64
        /// SHA-256 of the file.
        public var digest: String
        /// What was found when the finished file was opened again.
        public var proof: Proof
    }

    /// What one run did.
    public struct RunReport: Sendable, Codable, Equatable {
        /// Takes that were bought.
        public var generated: Int
        /// Takes of earlier runs that were picked up.
        public var resumed: Int
        /// Media steps that ran.
        public var steps: Int
        /// Steps found in the store.
        public var reused: Int
        /// Files of the output folder that were put (back) in place.
        public var restored: Int
        /// What this run spent, in USD.
        public var spent: Decimal
        /// Nothing was generated and nothing encoded.
        public var isUpToDate: Bool { generated == 0 && resumed == 0 && steps == 0 }
    }

    /// The file's text: sorted keys, readable.
    func text() throws -> [UInt8] {
        var plain = self
        plain.run = nil
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(plain)) + [0x0A]
    }
}
