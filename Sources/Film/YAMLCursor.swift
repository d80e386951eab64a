import Foundation
import Yams

/// A node of a YAML file that knows where it stands, so that every complaint names file, line, column and
/// the path of keys that leads there.
struct YAMLCursor {
    let file: String
    let keyPath: String
    let node: Node

    /// The root of a document. Throws for text that is not YAML, a key given twice, or no mapping.
    static func root(of text: String, file: String) throws(FilmError) -> YAMLCursor {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw describe(error, file: file)
        } catch {
            throw FilmError(.storyboardInvalid, "is not YAML: \(error)", subject: file)
        }
        guard let node else {
            throw FilmError(
                .storyboardInvalid, "is empty", subject: file,
                hint: "a storyboard needs at least `title`, `model` and `shots`")
        }
        return YAMLCursor(file: file, keyPath: "", node: node)
    }

    /// `file:line:column`, as editors understand it.
    var place: String {
        guard let mark = node.mark else { return file }
        return "\(file):\(mark.line):\(mark.column)"
    }

    /// Line of the node, from 1.
    var line: Int { node.mark?.line ?? 0 }

    /// An error at this node.
    func error(_ message: String, hint: String? = nil, code: FilmError.Code = .storyboardInvalid) -> FilmError
    {
        FilmError(code, keyPath.isEmpty ? message : "\(keyPath): \(message)", subject: place, hint: hint)
    }

    func expected(_ what: String, hint: String? = nil) -> FilmError {
        error("expected \(what), found \(kind)", hint: hint)
    }

    /// What a person would call this node.
    var kind: String {
        switch node {
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        case .alias: return "an alias"
        case .scalar(let scalar):
            switch node.tag.rawValue {
            case Tag.Name.null.rawValue: return "nothing"
            case Tag.Name.bool.rawValue: return "the yes/no value \(scalar.string)"
            case Tag.Name.int.rawValue, Tag.Name.float.rawValue: return "the number \(scalar.string)"
            default: return "the text \"\(scalar.string.prefix(40))\""
            }
        }
    }

    private var scalarText: (text: String, tag: String)? {
        guard case .scalar(let scalar) = node else { return nil }
        return (scalar.string, node.tag.rawValue)
    }

    /// The entries of a mapping by key; refuses keys that are not in `known`.
    func entries(known: [String]) throws(FilmError) -> [String: YAMLCursor] {
        guard case .mapping(let mapping) = node else { throw expected("a mapping of keys") }
        var found: [String: YAMLCursor] = [:]
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let path = keyPath.isEmpty ? name : "\(keyPath).\(name)"
            guard known.contains(name) else {
                let at = YAMLCursor(file: file, keyPath: path, node: key)
                let near = Nearest.word(to: name, among: known).map { "did you mean `\($0)`? " } ?? ""
                throw at.error("unknown key", hint: near + "known here: \(known.joined(separator: ", "))")
            }
            found[name] = YAMLCursor(file: file, keyPath: path, node: value)
        }
        return found
    }

    /// The items of a list.
    func items() throws(FilmError) -> [YAMLCursor] {
        guard case .sequence(let sequence) = node else { throw expected("a list") }
        return sequence.enumerated().map {
            YAMLCursor(file: file, keyPath: "\(keyPath)[\($0.offset)]", node: $0.element)
        }
    }

    /// Text. A number or yes/no where text is wanted is refused: YAML would have changed it.
    func text() throws(FilmError) -> String {
        guard let (text, tag) = scalarText else { throw expected("text") }
        guard tag == Tag.Name.str.rawValue || tag == Tag.Name.timestamp.rawValue else {
            throw expected(
                "text", hint: tag == Tag.Name.null.rawValue ? nil : "put it in quotes: \"\(text)\"")
        }
        return text
    }

    /// The characters of a scalar as they stand in the file, whatever YAML takes them for (`16:9`, `24`).
    func rawText(_ what: String) throws(FilmError) -> String {
        guard let (text, tag) = scalarText, tag != Tag.Name.null.rawValue else { throw expected(what) }
        return text
    }

    func bool() throws(FilmError) -> Bool {
        guard let (_, tag) = scalarText, tag == Tag.Name.bool.rawValue, let value = node.bool else {
            throw expected("true or false")
        }
        return value
    }

    func int(_ range: ClosedRange<Int64>) throws(FilmError) -> Int64 {
        guard let (text, tag) = scalarText, tag == Tag.Name.int.rawValue, let value = Int64(text) else {
            throw expected("a whole number")
        }
        guard range.contains(value) else {
            throw error(
                "\(value) is out of range", hint: "allowed: \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// A number of this unit within bounds.
    func number(_ range: ClosedRange<Double>, _ unit: String) throws(FilmError) -> Double {
        guard let (text, tag) = scalarText, [Tag.Name.int.rawValue, Tag.Name.float.rawValue].contains(tag),
            let value = Double(text), value.isFinite
        else { throw expected("a number (\(unit))") }
        guard range.contains(value) else {
            func plain(_ value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }
            throw error(
                "\(text) is out of range",
                hint: "allowed: \(plain(range.lowerBound)) to \(plain(range.upperBound)) \(unit)")
        }
        return value
    }

    func seconds() throws(FilmError) -> Double {
        guard let (text, tag) = scalarText, [Tag.Name.int.rawValue, Tag.Name.float.rawValue].contains(tag),
            let value = Double(text), value.isFinite, value > 0
        else { throw expected("a number of seconds above 0") }
        return value
    }

    /// One of a few words.
    func word(_ allowed: [String]) throws(FilmError) -> String {
        let word = try rawText("one of \(allowed.joined(separator: ", "))")
        guard allowed.contains(word) else {
            let near = Nearest.word(to: word, among: allowed).map { "did you mean \($0)? " } ?? ""
            throw error(
                "\"\(word)\" is not known", hint: near + "allowed: \(allowed.joined(separator: ", "))")
        }
        return word
    }

    private static func describe(_ error: YamlError, file: String) -> FilmError {
        func make(_ message: String, _ mark: Mark?, _ hint: String? = nil) -> FilmError {
            let place = mark.map { "\(file):\($0.line):\($0.column)" } ?? file
            return FilmError(.storyboardInvalid, message, subject: place, hint: hint)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return make("is not YAML: \(problem)", mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().joined(separator: ", ")
            return make("key given twice: \(keys)", context.mark, "keep one of them")
        case .reader(let problem, _, _, _):
            return make("is not YAML: \(problem)", nil, "save the file as UTF-8 text")
        default:
            return make("is not YAML", nil)
        }
    }
}
