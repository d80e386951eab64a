import ArgumentParser
import Film
import Foundation

/// A film's state folder, named by its storyboard or by the folder in which that lies.
struct StateFolder: ParsableArguments {
    @Argument(help: "The storyboard, or the folder in which it lies.")
    var storyboard: String

    /// Whether a storyboard was named, and not its folder.
    var isStoryboard: Bool {
        var isFolder: ObjCBool = false
        return
            !(FileManager.default.fileExists(atPath: storyboard, isDirectory: &isFolder)
            && isFolder.boolValue)
    }

    /// The folder `.reel`.
    func path() throws -> String {
        if !isStoryboard {
            return (storyboard as NSString).lastPathComponent == ".reel"
                ? storyboard : (storyboard as NSString).appendingPathComponent(".reel")
        }
        try InputPath.check(storyboard, what: "storyboard")
        return FilmSettings.stateDirectory(besideStoryboard: storyboard)
    }
}
