import ArgumentParser
import Foundation
import Media
import Montage
import Runware

/// The kinds of picture files that are written.
enum PictureFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case png
    case jpg
    case webp

    /// The kind that a file's name says; nil for others.
    init?(ending path: String) {
        let ending = (path as NSString).pathExtension.lowercased()
        self.init(rawValue: ending == "jpeg" ? "jpg" : ending)
    }
}

/// What becomes of a shape that does not fit.
enum FitChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case crop
    case pad
    case stretch

    /// The same in Montage's words.
    var fit: Fit {
        switch self {
        case .crop: .crop
        case .pad: .pad
        case .stretch: .stretch
        }
    }
}

/// The size in which pictures leave a clip, and how they are written.
struct PictureShape: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Bring the picture to exactly this size; without it the clip's own is kept.", valueName: "WxH"))
    var fit: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Bring it to the nearest size that this model takes.", valueName: "model"))
    var model: String?

    @Option(help: ArgumentHelp("Which of the model's resolutions, as in 720p.", valueName: "name"))
    var resolution: String?

    @Option(
        help: ArgumentHelp(
            "Where the shapes differ: cut off, add bars or distort (crop, pad, stretch; else crop).",
            valueName: "how"))
    var how: FitChoice?

    @Option(help: ArgumentHelp("Kind of the files in --out: png, jpg or webp (else png).", valueName: "kind"))
    var format: PictureFormat?

    @Option(help: ArgumentHelp("1 to 100: of .jpg, and makes .webp lossy.", valueName: "n"))
    var quality: Int?

    /// Throws `ValidationError`.
    func check() throws {
        if fit != nil, model != nil { throw ValidationError("give --fit or --for, not both") }
        if let fit, Self.size(fit) == nil {
            throw ValidationError("--fit takes a size as in 1280x720, not '\(fit)'")
        }
        if resolution != nil, model == nil { throw ValidationError("--resolution goes with --for MODEL") }
        if how != nil, fit == nil, model == nil { throw ValidationError("--how goes with --fit or --for") }
        if let quality, !(1...100).contains(quality) { throw ValidationError("--quality goes from 1 to 100") }
        if quality != nil, format == .png { throw ValidationError("--quality is for jpg and webp") }
    }

    /// What is to be made of each picture. Reads the model's card.
    func target(_ presets: PresetOptions) throws -> PictureTarget {
        var target = PictureTarget(how: how?.fit ?? .crop, quality: quality)
        if let fit { target.size = Self.size(fit) }
        if let model {
            let card = try ModelCard.find(model: model, in: presets.modelDirectories())
            let name = resolution ?? card.defaultResolution
            guard card.resolutions.contains(name) else {
                throw Complaint(
                    .usage, code: "resolutionUnknown", "\(card.name) has no resolution \(name)",
                    at: "--resolution", hint: "one of \(card.resolutions.joined(separator: ", "))")
            }
            target.card = card
            target.resolution = name
        }
        return target
    }

    /// `1280x720` as numbers; nil where it is none, or a side is not from 1 to 16384.
    static func size(_ text: String) -> (width: Int, height: Int)? {
        let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
            (1...16384).contains(width), (1...16384).contains(height)
        else { return nil }
        return (width, height)
    }
}

/// The size and quality asked for.
struct PictureTarget: Sendable {
    var how: Fit
    var quality: Int?
    var size: (width: Int, height: Int)?
    var card: ModelCard?
    var resolution: String?

    init(how: Fit, quality: Int?) {
        self.how = how
        self.quality = quality
    }

    /// The picture in the size asked for; its own where none is.
    func fitted(_ picture: Picture) throws -> Picture {
        if let card {
            // A model's sizes have square pixels, so what counts is the shape that is seen.
            let shape = picture.pixelAspect.isValid ? picture.pixelAspect.value : 1
            let size = card.nearestSize(
                width: whole(Double(picture.width) * shape), height: picture.height, resolution: resolution)
            return try picture.fitted(width: size.width, height: size.height, how: how)
        }
        guard let size else { return picture }
        return try picture.fitted(width: size.width, height: size.height, how: how)
    }

    /// The picture as a file of this kind.
    func encode(_ picture: Picture, _ format: PictureFormat) throws -> [UInt8] {
        switch format {
        case .png: try picture.png()
        case .jpg: try picture.jpeg(quality: quality ?? 95)
        case .webp: try picture.webp(quality: quality)
        }
    }
}
