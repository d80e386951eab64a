import TestSupport
import Testing

@Suite(.blocking) struct `The house stands` {
    let sources: [SourceFile]
    let tests: [SourceFile]

    init() throws {
        sources = try Checkout.files(under: "Sources")
        tests = try Checkout.files(under: "Tests")
    }

    @Test func `the check sees every target`() {
        #expect(Set(sources.map(\.room)) == Set(allowedImports.keys))
    }

    @Test func `no target imports what it must not know`() {
        #expect(House.forbiddenImports(sources) == [])
    }

    @Test func `only the generator makes a Runware client`() {
        #expect(House.clientsOutsideTheGenerator(sources) == [])
    }

    @Test func `no program is started and none of FFmpeg's is named`() {
        #expect(House.programCalls(sources) == [])
        let slurm = sources.first { $0.path == House.commander }?.text ?? ""
        let names = slurm.matches(of: #/case ([a-z, ]+)\n/#).map { String($0.1) }
        #expect(names == ["sbatch, squeue, scancel, sinfo"])
        // The only way to a program is by one of these names.
        #expect(slurm.matches(of: #/process\.run|Process\(/#).count == 2)
        #expect(slurm.contains("process.arguments = [command.rawValue] + words"))
    }

    @Test func `an error never ends the program`() {
        #expect(House.crashes(sources) == [])
    }

    @Test func `nothing is left unfinished`() {
        #expect(House.leftovers(sources) == [])
    }

    @Test func `no file is over 30 kB`() {
        #expect(House.oversized(sources + tests) == [])
    }

    @Test func `every target opens with an essay`() {
        #expect(House.missingEssays(sources) == [])
    }
}
