import Foundation
import Runware

/// Frame images of a request that name a picture file are sent inside the request.
enum PictureFiles {
    private static let endings: Set = ["png", "jpg", "jpeg", "webp"]

    /// Paths start in `folder`. Returns what is wrong with the files, by path in the request; a picture that
    /// cannot be read is replaced by a stand-in, so that the rest of the request can be judged.
    static func embed(in task: inout VideoRequest, from folder: String) -> [Finding] {
        var findings: [Finding] = []
        for place in task.frameImages.indices {
            let image = task.frameImages[place].image
            guard !image.contains(":"), endings.contains((image as NSString).pathExtension.lowercased())
            else {
                continue
            }
            let start = URL(fileURLWithPath: folder, isDirectory: true)
            let path = URL(fileURLWithPath: image, relativeTo: start).path
            let field = "inputs.frameImages[\(place)].image"
            do {
                try InputPath.check(path, what: "picture")
                let picture = try ImageFile.read(path: path)
                findings += picture.problems(field: field).map { Finding($0, place: path) }
                task.frameImages[place].image = picture.dataURI
            } catch {
                var finding = Finding(Complaint(error))
                (finding.path, finding.place) = (field, path)
                findings.append(finding)
                task.frameImages[place].image = "00000000-0000-4000-8000-000000000000"
            }
        }
        return findings
    }
}
