/// The preset files that were found, before and after inheritance.
///
/// A preset extends one other by name. Its own name may be that one: then the next folder's is meant, so that
/// a person can change one value of a preset that Reel brings and keep its name.
struct PresetShelf: Sendable {
    /// Longer chains are a mistake, and nobody could follow them.
    static let deepest = 8

    struct Fault: Sendable {
        var path: String
        /// What the file calls itself, or its file name where it cannot be read.
        var name: String
        var error: MontageError
    }
    private struct Book: Sendable {
        var name: String
        var path: String
        var tree: PresetTree
    }

    private var books: [Book] = []
    private(set) var faults: [Fault] = []

    /// Names that have at least one readable file, each once.
    var names: [String] {
        var seen: Set<String> = []
        return books.map(\.name).filter { seen.insert($0).inserted }
    }

    /// Reads a file; what is wrong with it is kept for the one who asks for it.
    mutating func add(_ path: String) {
        do throws(MontageError) {
            let tree = try PresetFile.read(path)
            let fields = PresetFields(tree)
            // A misspelt `name` is better told as such than as missing.
            if tree["name"] == nil { try fields.allow(only: PresetFile.topKeys) }
            books.append(Book(name: try fields.string("name"), path: path, tree: tree))
        } catch {
            faults.append(Fault(path: path, name: Self.stem(path), error: error))
        }
    }

    mutating func blame(_ name: String, _ error: MontageError) {
        guard let book = books.first(where: { $0.name == name }) else { return }
        faults.append(Fault(path: book.path, name: name, error: error))
    }

    func fault(named name: String) -> MontageError? { faults.first { $0.name == name }?.error }

    /// The first file of this name, with what it inherits.
    func file(named name: String) throws(MontageError) -> PresetFile {
        guard let first = books.firstIndex(where: { $0.name == name }) else {
            throw MontageError(.presetUnknown, operation: "no preset has this name", subject: name)
        }
        return try PresetFile(try resolved(first, above: []), path: books[first].path)
    }

    private func resolved(_ at: Int, above: [Int]) throws(MontageError) -> PresetTree {
        let book = books[at]
        let fields = PresetFields(book.tree)
        let own = book.tree.without(["extends"])
        guard let parent = try fields.optionalString("extends") else { return own }
        let chain = above + [at]
        guard chain.count <= Self.deepest else {
            throw fields.fault("extends", "makes a chain of more than \(Self.deepest) presets")
        }
        let candidates = books.indices.filter { books[$0].name == parent && (parent != book.name || $0 > at) }
        guard let next = candidates.first else {
            if let fault = fault(named: parent) {
                throw fields.fault(
                    "extends", "names '\(parent)', which is no good preset: \(fault.message)",
                    hint: fault.hint)
            }
            let near = parent.nearest(of: names).map { "Did you mean '\($0)'?" }
            throw fields.fault(
                "extends", "names '\(parent)', and no preset has that name",
                hint: near ?? "Known: \(names.sorted().joined(separator: ", ")).")
        }
        if chain.contains(next) {
            let places = chain.map { books[$0] }.map { ($0.tree["extends"]?.origin ?? $0.tree.origin).text }
            throw fields.fault("extends", "goes in a circle: \(places.joined(separator: " -> "))")
        }
        // Name and note are what tells presets apart: they are never inherited.
        return try resolved(next, above: chain).without(["name", "note"]).overlaid(with: own)
    }

    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    }
}
