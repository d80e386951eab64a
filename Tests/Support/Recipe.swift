import Foundation
import Synchronization

/// How one tiny clip of an awkward kind is made with the `ffmpeg` program.
///
/// The picture is a test pattern with a running clock and a little noise, so that no two frames are equal
/// and an error of one frame shows. Clips are about 2 s long and 128x72 unless their point is another size.
public struct Recipe: Sendable, CustomStringConvertible {
    /// The name for test reports: what is awkward about it.
    public let name: String
    /// The file's name, whose ending names the container.
    public let file: String
    /// The matrix that a reading into RGB must use: small clips without tags are BT.601.
    public let matrix: String
    /// The range that a reading into RGB must use.
    public let range: String
    let make: @Sendable (TempDirectory, String) throws -> Void

    /// Makes a recipe from a body that leaves the file at the path it is given.
    public init(
        _ name: String, _ file: String, matrix: String = "bt601", range: String = "tv",
        make: @escaping @Sendable (TempDirectory, String) throws -> Void
    ) {
        self.name = name
        self.file = file
        self.matrix = matrix
        self.range = range
        self.make = make
    }

    /// Makes a recipe from the arguments that stand between the inputs and the output of one run of `ffmpeg`.
    public init(
        _ name: String, _ file: String, picture: String = Recipe.pattern(), sound: Double? = nil,
        matrix: String = "bt601", range: String = "tv", _ arguments: String...
    ) {
        self.init(name, file, matrix: matrix, range: range) { _, path in
            var input = ["-f", "lavfi", "-i", picture]
            if let sound { input += ["-f", "lavfi", "-i", "sine=frequency=440:duration=\(sound)"] }
            let words = arguments.flatMap { $0.split(separator: " ").map(String.init) }
            try Oracle.ffmpeg(input + words + [path])
        }
    }

    /// A lavfi source: the pattern at this size, rate and length.
    public static func pattern(
        _ width: Int = 128, _ height: Int = 72, rate: String = "24", seconds: Double = 2
    ) -> String {
        "testsrc2=size=\(width)x\(height):rate=\(rate):duration=\(seconds),noise=alls=12:allf=t"
    }

    /// Puts the clip into the folder and returns its path. Blocks.
    ///
    /// It is made once in a process; whoever asks again gets the same bytes.
    public func make(in folder: TempDirectory) throws -> String {
        if let bytes = Self.made.withLock({ $0[name + "/" + file] }) { return try folder.write(file, bytes) }
        let path = folder.file(file)
        try make(folder, path)
        let bytes = try folder.read(file)
        Self.made.withLock { $0[name + "/" + file] = bytes }
        return path
    }

    private static let made = Mutex<[String: [UInt8]]>([:])

    /// The name.
    public var description: String { name }
}
