import ArgumentParser
import Film
import Foundation
import Media

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Say what of a film's store nobody needs any more, and free it.",
        discussion: """
            Without --force nothing is removed. Clips that were paid for stay, whatever became of their shots; --paid \
            lets those go too that no film needs. Everything else is made again where it is wanted.
            """)

    @OptionGroup var folder: StateFolder

    @Flag(help: "Remove it.")
    var force = false

    @Flag(help: "Clips too that were paid for, where no film needs them.")
    var paid = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let path = try folder.path()
        let storyboard =
            try folder.isStoryboard ? Storyboard.load(path: folder.storyboard, allowOutside: true) : nil
        let (paid, force) = (paid, force)
        let found = try await Lanes.shared.run { _ in
            try Film.clean(stateDirectory: path, storyboard: storyboard, paid: paid, remove: force)
        }
        if common.json { return try Streams.result(json: found) }
        for heap in found.freed {
            Streams.result("\(heap.kind): \(Self.words(heap.files, heap.bytes))")
        }
        let what = found.isDone ? "freed" : "can be freed"
        Streams.result(
            "\(what): \(Self.words(found.files, found.bytes)); \(Numbers.bytes(found.kept.bytes)) are needed")
        if found.paid.files > 0, !paid {
            let cost = found.paidFor.sorted { $0.key < $1.key }.map { "$\($0.value) (\($0.key))" }
            Streams.result(
                "kept: \(Self.words(found.paid.files, found.paid.bytes)) of clips that no film needs, paid for with "
                    + cost.joined(separator: ", ") + "; --paid lets them go")
        }
        if !found.isDone, found.files > 0 { Streams.note("nothing was removed: give --force") }
    }

    private static func words(_ files: Int, _ bytes: Int64) -> String {
        "\(files) \(files == 1 ? "file" : "files"), \(Numbers.bytes(bytes))"
    }
}
