// The house rules as data, and the checks as functions from source files to complaints. The rules are
// apart from the tests so that the tests can also feed them sources that break a rule on purpose: a check
// that never complains is no check.

import Foundation

/// Which modules of ours and of others each target may import. Nothing else is allowed, apart from the
/// system modules below.
let allowedImports: [String: Set<String>] = [
    "CFFmpeg": [],
    "CFFmpegShim": [],
    "COpenSSL": [],
    "Media": ["CFFmpeg", "CFFmpegShim", "COpenSSL"],
    "Montage": ["Media", "Yams"],
    "CCurl": [],
    "Curl": ["CCurl"],
    // Not FoundationNetworking, here or anywhere: see the essay of Curl.
    "Runware": ["Curl", "Logging", "Yams"],
    "Film": ["Montage", "Runware", "Media", "Yams", "Logging", "GRDB"],
    // Not Runware: were client and sandbox to share code, a misreading of the protocol would pass every test.
    "Sandbox": ["Media", "Curl", "Logging", "FlyingFox", "FlyingSocks"],
    // A room of its own: the client must not know a server, and the command line only puts rooms together.
    "Webhooks": ["FlyingFox", "FlyingSocks"],
    "reel": ["Media", "Montage", "Runware", "Film", "Sandbox", "Webhooks", "Logging", "ArgumentParser"],
]

let systemModules: Set<String> = [
    "Swift", "Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin", "os",
]

/// The one file of Film that may make a Runware client: all that is bought passes through it.
let generatorFile = "Sources/Film/RunwareGenerator.swift"

let sizeLimit = 30_000
let essayLines = 10...40
/// The C targets hold a header each: a line is enough.
let paragraphLines = 1...40
let targetsOfC: Set<String> = ["CFFmpeg", "CFFmpegShim", "CCurl", "COpenSSL"]

enum House {
    static func forbiddenImports(_ files: [SourceFile]) -> [String] {
        files.flatMap { file -> [String] in
            guard let allowed = allowedImports[file.room] else {
                return ["\(file.path): \(file.room) is a target the house does not know"]
            }
            return file.imports
                .filter { !allowed.contains($0.module) && !systemModules.contains($0.module) }
                .map { "\(file.path):\($0.number): \(file.room) must not import \($0.module)" }
        }
    }

    static func clientsOutsideTheGenerator(_ files: [SourceFile]) -> [String] {
        files.filter { $0.room == "Film" && $0.path != generatorFile }.flatMap {
            lines(of: $0, matching: #/\b(?:Runware\.)?Client\s*\(/#, "makes a Runware client")
        }
    }

    /// FFmpeg is a library here. No program is started, least of all ffmpeg or ffprobe.
    /// The one file that may start programs: Slurm is spoken to by its commands.
    static let commander = "Sources/Film/Engine/SlurmCommands.swift"

    static func programCalls(_ files: [SourceFile]) -> [String] {
        files.flatMap { file in
            (file.path == commander
                ? [] : lines(of: file, matching: #/\bProcess\s*\(|\bProcess\.run/#, "starts a process"))
                + lines(
                    of: file,
                    matching: #/\b(?:posix_spawnp?|popen|system|execv[pe]*|execl[pe]*|v?fork)\s*\(/#,
                    "starts a process")
                + lines(
                    of: file, matching: #/"(?:[^"\s]*\/)?ff(?:mpeg|probe|play)(?:\.exe)?(?:"|\s+-)/#,
                    "names a program of FFmpeg")
        }
    }

    static func crashes(_ files: [SourceFile]) -> [String] {
        files.flatMap { file in
            lines(of: file, matching: #/\btry!/#, "try! ends the program on an error")
                + lines(of: file, matching: #/\bfatalError\s*\(/#, "fatalError ends the program")
        }
    }

    static func leftovers(_ files: [SourceFile]) -> [String] {
        files.flatMap { file in
            file.text.components(separatedBy: "\n").enumerated()
                .filter { $0.element.contains(#/\b(?:TODO|FIXME|XXX)\b/#) }
                .map { "\(file.path):\($0.offset + 1): unfinished: \($0.element)" }
        }
    }

    static func oversized(_ files: [SourceFile]) -> [String] {
        files.filter { $0.text.utf8.count > sizeLimit }
            .map { "\($0.path): \($0.text.utf8.count) bytes, the limit is \(sizeLimit)" }
    }

    /// The file named after its target opens with an essay: the idea, the types to know, what it does not do.
    static func missingEssays(_ files: [SourceFile]) -> [String] {
        Set(files.map(\.room)).sorted().compactMap { room in
            let rooms = files.filter { $0.room == room }
            let first = rooms.first { file in
                ["\(room).swift", "\(room).h", "shim.h"].contains {
                    file.name.lowercased() == $0.lowercased()
                }
            }
            guard let first else { return "Sources/\(room): no file named after the target" }
            let wanted = targetsOfC.contains(room) ? paragraphLines : essayLines
            guard wanted.contains(first.essayLength) else {
                return "\(first.path): opens with \(first.essayLength) comment lines, wanted are \(wanted)"
            }
            return nil
        }
    }

    private static func lines(
        of file: SourceFile, matching pattern: some RegexComponent, _ complaint: String
    ) -> [String] {
        file.code.filter { $0.line.contains(pattern) }.map { "\(file.path):\($0.number): \(complaint)" }
    }
}
