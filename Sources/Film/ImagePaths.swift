import Foundation

/// Resolves the picture paths of a storyboard. A storyboard from somebody else must not make us read (and
/// upload) files of its choice, so a path stays inside the storyboard's folder unless the person allows more.
struct ImagePaths {
    let folder: String
    let allowOutside: Bool

    /// The absolute path of an existing, regular, readable file; links are followed before judging.
    ///
    /// - Parameter kind: what a person would call the file: "picture".
    func resolve(_ cursor: YAMLCursor, kind: String = "picture") throws(FilmError) -> String {
        let text = try cursor.text()
        guard !text.contains("://") else {
            throw cursor.error(
                "\(kind == "picture" ? "pictures are files" : "a \(kind) is a file"), not an address",
                hint: "download it beside the storyboard",
                code: .fileInvalid)
        }
        let url = URL(fileURLWithPath: text, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
        let real = url.standardizedFileURL.resolvingSymlinksInPath().path
        if !allowOutside {
            let home = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath().path
            guard real.hasPrefix(home.hasSuffix("/") ? home : home + "/") else {
                throw cursor.error(
                    "\(text) lies outside the storyboard's folder",
                    hint: "copy it beside the storyboard, or allow outside files", code: .fileInvalid)
            }
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: real, isDirectory: &isFolder) else {
            throw cursor.error(
                "no such \(kind): \(text)", hint: "paths start at the storyboard's folder", code: .fileInvalid
            )
        }
        guard !isFolder.boolValue else { throw cursor.error("\(text) is a folder", code: .fileInvalid) }
        guard FileManager.default.isReadableFile(atPath: real) else {
            throw cursor.error("\(text) cannot be read", hint: "check its permissions", code: .fileInvalid)
        }
        return real
    }
}
