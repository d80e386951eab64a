import Foundation
import Runware

/// Frame images of a request that name a picture file are sent inside the request.
enum PictureFiles {
    private static let kinds = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
    ]

    static func embed(in task: inout VideoRequest, beside request: String) throws {
        let folder = URL(fileURLWithPath: request).deletingLastPathComponent()
        for place in task.frameImages.indices {
            let image = task.frameImages[place].image
            guard !image.contains(":"), let kind = kinds[(image as NSString).pathExtension.lowercased()]
            else {
                continue
            }
            let path = URL(fileURLWithPath: image, relativeTo: folder).path
            try InputPath.check(path, what: "picture")
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw Complaint(.failed, code: "io", "the picture cannot be read", at: path)
            }
            task.frameImages[place].image = DataURI.make([UInt8](bytes), mediaType: kind)
        }
    }
}
