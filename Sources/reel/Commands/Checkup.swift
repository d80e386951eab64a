import Film
import Foundation
import Media
import Montage

/// What `reel doctor` finds on this machine.
struct Checkup: Encodable, Sendable {
    struct Library: Encodable, Sendable {
        var name: String
        /// The version whose headers Reel was compiled with.
        var build: String
        /// The version that was loaded.
        var run: String
    }
    struct PresetEntry: Encodable, Sendable {
        var name: String
        var path: String
        var encoders: [String]
        var missingEncoders: [String]
    }
    struct Finding: Encodable, Sendable {
        var what: String
        var location: String
        var hint: String
    }

    var reel = Version.number
    var ffmpeg: [Library] = []
    var ffmpegLicence = ""
    var presets: [PresetEntry] = []
    var presetDirectories: [String] = []
    /// Whether RUNWARE_API_KEY is set. The key itself is shown nowhere.
    var keyPresent = false
    var freeBytes: Int64?
    var cores = 0
    var memoryBytes: UInt64 = 0
    var openFiles: UInt64 = 0
    /// The cluster, where films are made on one.
    var cluster: ClusterCheckup?
    var findings: [Finding] = []

    /// Looks; changes nothing. `presetDirectories` as they will be searched, in order.
    static func make(presetDirectories: [String]) -> Checkup {
        var checkup = Checkup()
        checkup.presetDirectories = presetDirectories
        checkup.lookAtFFmpeg()
        checkup.lookAtPresets()
        checkup.lookAtMachine()
        return checkup
    }

    private mutating func lookAtFFmpeg() {
        ffmpeg = FFmpegVersions.libraries.map { Library(name: $0.name, build: $0.build, run: $0.run) }
        ffmpegLicence = FFmpegVersions.license
        for trouble in FFmpegVersions.mismatches() {
            findings.append(
                Finding(
                    what: trouble.what, location: trouble.library,
                    hint: "build Reel again on this machine: make clean build"))
        }
    }

    private mutating func lookAtPresets() {
        do {
            let library = try PresetLibrary(searching: presetDirectories)
            for fault in library.faults {
                let complaint = Complaint(fault.error)
                findings.append(
                    Finding(
                        what: complaint.what, location: complaint.location ?? fault.path,
                        hint: complaint.hint ?? "correct the file"))
            }
            for (preset, path) in library.presets {
                let encoders = [preset.video.codec, preset.audio?.codec].compactMap { $0 }
                let missing = encoders.filter { !FFmpegVersions.hasEncoder($0) }
                presets.append(
                    PresetEntry(name: preset.name, path: path, encoders: encoders, missingEncoders: missing))
                if !missing.isEmpty {
                    findings.append(
                        Finding(
                            what: "this FFmpeg has no encoder \(missing.joined(separator: ", "))",
                            location: "preset \(preset.name)",
                            hint: "install an FFmpeg that has it, or deliver by another preset"))
                }
            }
        } catch {
            let complaint = Complaint(error)
            findings.append(
                Finding(
                    what: complaint.what, location: complaint.location ?? "presets",
                    hint: complaint.hint ?? "correct the file"))
        }
        if presets.isEmpty, findings.isEmpty {
            findings.append(
                Finding(
                    what: "no presets found", location: presetDirectories.joined(separator: ", "),
                    hint: "name their folder with --presets or REEL_PRESETS"))
        }
    }

    private mutating func lookAtMachine() {
        let process = ProcessInfo.processInfo
        keyPresent = !(process.environment["RUNWARE_API_KEY"] ?? "").isEmpty
        cores = process.activeProcessorCount
        memoryBytes = process.physicalMemory
        var limit = rlimit()
        #if os(Linux)
            let openFilesKind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let openFilesKind = RLIMIT_NOFILE
        #endif
        if getrlimit(openFilesKind, &limit) == 0 { openFiles = UInt64(limit.rlim_cur) }
        var disk = statvfs()
        guard statvfs(".", &disk) == 0 else { return }
        let free = Int64(disk.f_bavail) * Int64(disk.f_frsize)
        freeBytes = free
        if free < 1_000_000_000 {
            findings.append(
                Finding(
                    what: "only \(Numbers.bytes(free)) of disk are free", location: "this folder",
                    hint: "a minute of ProRes at 720p takes about 1 GB; make room or work elsewhere"))
        }
    }

    /// Takes in what was found of a cluster.
    mutating func add(_ found: ClusterCheckup) {
        cluster = found
        findings += found.findings.map { Finding(what: $0.what, location: $0.location, hint: $0.hint) }
    }

    private static func line(_ machine: ClusterCheckup.Machine) -> String {
        var words = "node      \(machine.name): \(machine.state)"
        if let trouble = machine.trouble { return words + ", " + trouble }
        if let processors = machine.processors { words += ", \(processors) processors" }
        if let free = machine.freeBytes {
            words += ", \(Numbers.bytes(free)) free for copies, the same program and FFmpeg as here"
        }
        return words
    }

    /// The same for people.
    var text: String {
        var lines = ["reel      \(reel)"]
        for library in ffmpeg {
            let versions =
                library.build == library.run ? library.run : "\(library.run), compiled for \(library.build)"
            lines.append("FFmpeg    \(library.name) \(versions)")
        }
        lines.append("licence   FFmpeg here: \(ffmpegLicence)")
        for preset in presets {
            let state =
                preset.missingEncoders.isEmpty
                ? preset.encoders.joined(separator: " + ")
                : "missing: \(preset.missingEncoders.joined(separator: ", "))"
            lines.append("preset    \(preset.name): \(state) (\(preset.path))")
        }
        lines.append("key       RUNWARE_API_KEY is \(keyPresent ? "set" : "not set: films use the sandbox")")
        if let freeBytes { lines.append("disk      \(Numbers.bytes(freeBytes)) free here") }
        lines.append(
            "machine   \(cores) cores, \(Numbers.bytes(Int64(clamping: memoryBytes))) memory, \(openFiles) open files"
        )
        if let cluster {
            for (name, version) in cluster.commands.sorted(by: { $0.key < $1.key }) {
                lines.append("slurm     \(name): \(version)")
            }
            lines.append("shared    \(cluster.folder)")
            lines += cluster.machines.map(Self.line)
        }
        for finding in findings { lines.append("missing   \(finding.what) — \(finding.location)") }
        if findings.isEmpty { lines.append("all well") }
        return lines.joined(separator: "\n")
    }
}
