import Foundation
import TestSupport
import Testing

/// Films on a cluster, whose four commands are small scripts on PATH that run the jobs here. The states that Slurm has and
/// these cannot have are held as a table in `StepAttemptTests`.
@Suite struct SlurmTests {
    private static let storyboard = """
        title: Clustered
        model: pixverse:1@6
        defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: true}
        shots:
          - {id: one, prompt: a lamp in the fog, seed: 1}
          - {id: two, prompt: the lamp goes out, start: previous, seed: 2}
        film: {deliver: [mp4-copy, mov-prores]}
        """
    private static let command =
        "exec reel film film.yaml --out out --sandbox-delay 0 --executor slurm --poll 0.1 --partition media"

    /// A folder with the fakes in `bin` and what they write in `cluster`.
    private func cluster() throws -> CrashFolder {
        let folder = try CrashFolder(Self.storyboard)
        let files = FileManager.default
        for name in ["bin", "cluster"] {
            try files.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        let scripts = [
            // A job for each submission; `lose` holds how many are to be lost, `mute` how many end without a trace.
            "sbatch": """
            #!/bin/sh
            [ "$1" = --version ] && { echo "slurm 22.05.8"; exit 0; }
            cd "$(dirname "$0")/../cluster" || exit 1
            [ -e away ] && { echo "cannot connect to the controller" >&2; exit 1; }
            [ -e refuse ] && { echo "sbatch: error: invalid partition specified: media" >&2; exit 1; }
            [ "$1" = --test-only ] && exit 0
            until mkdir turn 2>/dev/null; do sleep 0.01; done
            id=$(($(cat last 2>/dev/null || echo 0) + 1)); echo $id > last; rmdir turn
            echo "$* KEY=${RUNWARE_API_KEY:-none}" >> calls
            while [ $# -gt 0 ]; do
                case "$1" in -J) name=$2; shift ;; -o) log=$2; shift ;; -D) dir=$2; shift ;; --wrap) words=$2; shift ;; esac
                shift
            done
            echo "$name" > $id.name; echo RUNNING > $id.state
            if [ -s lose ] && [ "$(cat lose)" -ge $id ]; then echo NODE_FAIL > $id.state; echo $id; exit 0; fi
            here=$PWD
            (cd "$dir" || exit 1
             env -i PATH=/usr/bin:/bin HOME=/ sh -c "$words" > "$log" 2>&1 & echo $! > "$here/$id.pid"
             wait $!; code=$?; cd "$here"
             grep -q CANCELLED $id.state && exit
             [ $code = 0 ] && echo COMPLETED > $id.state || echo FAILED > $id.state) >/dev/null 2>&1 &
            echo $id
            """,
            "squeue": """
            #!/bin/sh
            [ "$1" = --version ] && { echo "slurm 22.05.8"; exit 0; }
            cd "$(dirname "$0")/../cluster" || exit 1
            [ -e away ] && { echo "cannot connect to the controller" >&2; exit 1; }
            for file in *.name; do
                [ -e "$file" ] || exit 0
                id=${file%.name}; echo "$id|$(cat $id.state)|$(cat $file)|None"
            done
            """,
            "scancel": """
            #!/bin/sh
            [ "$1" = --version ] && { echo "slurm 22.05.8"; exit 0; }
            cd "$(dirname "$0")/../cluster" || exit 1
            [ "$1" = -n ] || exit 2
            for file in $(grep -lx "$2" *.name); do
                id=${file%.name}; echo CANCELLED > $id.state; kill $(cat $id.pid 2>/dev/null) 2>/dev/null
            done
            exit 0
            """,
            "sinfo": """
            #!/bin/sh
            [ "$1" = --version ] && { echo "slurm 22.05.8"; exit 0; }
            printf 'n1|idle|media*\nn2|down*|media*\nn1|idle|media*\n'
            """,
        ]
        for (name, text) in scripts {
            let path = "\(folder.path)/bin/\(name)"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return folder
    }

    private func film(_ folder: CrashFolder, _ words: String = "") throws -> Running {
        try Shell.start("PATH=\(folder.path)/bin:$PATH; \(Self.command) \(words)", in: folder.path)
    }

    private func calls(_ folder: CrashFolder) throws -> [String] {
        try String(contentsOfFile: folder.path + "/cluster/calls", encoding: .utf8).split(separator: "\n")
            .map(String.init)
    }

    @Test func `come out as they do here, and no job knows a key`() async throws {
        let (here, there) = (try CrashFolder(Self.storyboard), try cluster())
        let local = try await Shell.run("exec reel film film.yaml --out out --sandbox-delay 0", in: here.path)
        #expect(local.exit == 0, "\(local)")
        let run = try Shell.start(
            "export RUNWARE_API_KEY=secret-word; PATH=\(there.path)/bin:$PATH; \(Self.command) --provider sandbox",
            in: there.path)
        let outcome = await run.outcome()
        #expect(outcome.exit == 0, "\(outcome)")
        #expect(try here.packets() == there.packets())
        #expect(try here.report().shots.map(\.clipDigest) == there.report().shots.map(\.clipDigest))
        let calls = try calls(there)
        // Two shots and two films; the segments of a shot are one job, and so are a film and its thumbnails.
        #expect(calls.count == 4, "\(calls)")
        #expect(there.count("sprites.jpg", in: "out") == 1)
        for call in calls {
            #expect(
                call.contains("--export=NONE") && call.contains("--no-requeue") && call.contains("-p media"))
            #expect(!call.replacing(/KEY=.*$/, with: "").contains("secret-word"))
        }
        // Nothing is left of the steps once their outputs are in the store.
        #expect(there.count("spec.json", in: ".reel/steps") == 0)
        let again = await (try film(there)).outcome()
        #expect(again.errors.contains("nothing generated, nothing encoded"), "\(again)")
    }

    @Test func `survive lost jobs and a controller that is away`() async throws {
        let folder = try cluster()
        try "2".write(toFile: folder.path + "/cluster/lose", atomically: true, encoding: .utf8)
        try "".write(toFile: folder.path + "/cluster/away", atomically: true, encoding: .utf8)
        let run = try film(folder)
        try await run.waits(for: "cannot connect to the controller")
        try FileManager.default.removeItem(atPath: folder.path + "/cluster/away")
        let outcome = await run.outcome()
        #expect(outcome.exit == 0, "\(outcome)")
        #expect(try calls(folder).count == 6)
        #expect(try folder.books().allSatisfy { $0.timesSubmitted == 1 })
    }

    @Test func `buy nothing where Slurm will never take a job`() async throws {
        let folder = try cluster()
        try "".write(toFile: folder.path + "/cluster/refuse", atomically: true, encoding: .utf8)
        let outcome = await (try film(folder)).outcome()
        #expect(outcome.exit == 1 && outcome.errors.contains("invalid partition specified"), "\(outcome)")
        #expect(outcome.errors.contains("check --partition"))
        #expect(folder.count(".json", in: ".reel/sandbox/tasks") == 0)
        let none = try await Shell.run(
            "mkdir none && printf '#!/bin/sh\nexit 127\n' > none/squeue && chmod +x none/squeue; "
                + "PATH=$PWD/none:$PATH exec timeout 60 reel film film.yaml --executor slurm", in: folder.path
        )
        #expect(none.exit == 1 && none.errors.contains("there is no squeue"), "\(none)")
        #expect(folder.count(".json", in: ".reel/sandbox/tasks") == 0)
    }

    @Test func `go on after the head was killed, with the job that was left`() async throws {
        let folder = try cluster()
        let run = try film(folder)
        while folder.count("last", in: "cluster") == 0, run.process.isRunning {
            try await Task.sleep(for: .milliseconds(2))
        }
        kill(run.process.processIdentifier, SIGKILL)
        _ = await run.outcome()
        let outcome = await (try film(folder)).outcome()
        #expect(outcome.exit == 0, "\(outcome)")
        #expect(try calls(folder).count == 4)
        #expect(try folder.books().count == 2)
    }

    @Test func `are told by doctor what the cluster's machines lack`() async throws {
        let folder = try cluster()
        func doctor(_ words: String = "") async throws -> (exit: Int32, text: String) {
            let run = try await Shell.run(
                "PATH=\(folder.path)/bin:$PATH; exec reel doctor --executor slurm --partition media \(words)",
                in: folder.path)
            return (run.exit, run.output + run.errors)
        }
        let well = try await doctor()
        #expect(well.exit == 0 && well.text.contains("n1: idle, "), "\(well)")
        #expect(well.text.contains("n2: down*\n") && well.text.contains("squeue: slurm 22.05.8"))
        #expect(try calls(folder).count == 1 && calls(folder)[0].contains("-w n1"))
        // It leaves nothing.
        #expect(folder.count("", in: ".reel") == 0)
        // A machine without the program.
        let script = folder.path + "/bin/sbatch"
        let whole = try String(contentsOfFile: script, encoding: .utf8)
        try whole.replacing(#"--wrap) words=$2"#, with: "--wrap) words='exec /nowhere/reel'")
            .write(toFile: script, atomically: false, encoding: .utf8)
        let noProgram = try await doctor()
        #expect(noProgram.exit == 1 && noProgram.text.contains("/nowhere/reel"), "\(noProgram)")
        #expect(noProgram.text.contains("have the same program at the same path there"))
        try "#!/bin/sh\nexit 127\n".write(
            toFile: folder.path + "/bin/sinfo", atomically: false, encoding: .utf8)
        let none = try await doctor()
        #expect(none.exit == 1 && (none.text.contains("there is no sinfo")), "\(none)")
    }

    @Test func `take their settings from a file, and options before it`() async throws {
        let folder = try cluster()
        try "executor: slurm\nslurm: {partition: night, sbatch-args: [--account=film], poll: 0.1}\n".write(
            toFile: folder.path + "/reel.yaml", atomically: true, encoding: .utf8)
        let run = try await Shell.run(
            "PATH=\(folder.path)/bin:$PATH; exec reel film film.yaml --out out --sandbox-delay 0 --partition day",
            in: folder.path)
        #expect(run.exit == 0, "\(run)")
        let calls = try calls(folder)
        #expect(!calls.isEmpty && calls.allSatisfy { $0.contains("-p day --account=film") }, "\(calls)")
        try "slurm: {partitoin: night}\n".write(
            toFile: folder.path + "/reel.yaml", atomically: true, encoding: .utf8)
        let wrong = try await Shell.run("exec reel film film.yaml --out out", in: folder.path)
        #expect(
            wrong.exit == 5 && wrong.errors.contains("slurm.partitoin: unknown key"),
            "\(wrong)")
        #expect(wrong.errors.contains("reel.yaml:1:9") && wrong.errors.contains("did you mean `partition`?"))
    }

    @Test func `say by exit code and result what became of a step`() async throws {
        let folder = try cluster()
        let step = folder.path + "/spec.json"
        func run(_ text: String) async throws -> (exit: Int32, result: String) {
            try text.write(toFile: step, atomically: true, encoding: .utf8)
            let ended = try await Shell.run("exec reel step spec.json --scratch .", in: folder.path)
            return (
                ended.exit,
                (try? String(contentsOfFile: folder.path + "/result.json", encoding: .utf8)) ?? ended.errors
            )
        }
        func spec(_ file: String, libraries: String = "{}") -> String {
            #"{"folder":"file://\#(folder.path)","inputs":[],"libraries":\#(libraries),"outputs":[],"#
                + #""step":{"id":"x","inputs":[],"work":{"probe":{"source":"\#(folder.path)/\#(file)"}}}}"#
        }
        let missing = try await run(spec("nothing.mp4"))
        #expect(missing.exit == 75 && missing.result.contains(#""isFinal":false"#), "\(missing)")
        let useless = try await run(spec("film.yaml"))
        #expect(useless.exit == 65 && useless.result.contains(#""isFinal":true"#), "\(useless)")
        let foreign = try await run(spec("film.yaml", libraries: #"{"libavcodec":"1.2.3"}"#))
        #expect(foreign.exit == 75 && foreign.result.contains("1.2.3 where the film is made"), "\(foreign)")
        try FileManager.default.removeItem(atPath: folder.path + "/result.json")
        let none = try await run("no step")
        #expect(none.exit == 5 && none.result.contains("no step of this version"), "\(none)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasPrefix("reel-") }, "\(left)")
    }
}
