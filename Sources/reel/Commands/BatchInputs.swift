import Foundation

/// The clips that words on the command line mean: files as they are, folders by what is in them, patterns that
/// no shell has spread.
struct BatchInputs {
    let isRecursive: Bool

    /// Endings of files that a folder's clips have; whatever else is there is passed over.
    static let endings: Set<String> = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mts", "mpg", "mpeg", "flv", "3gp", "mxf",
        "ogv", "wmv", "gif", "h264", "hevc",
    ]

    /// Each clip once, in the order of the words, a folder's by name.
    func clips(of words: [String]) throws -> [String] {
        var found: [String] = []
        var seen: Set<String> = []
        func add(_ path: String) {
            if seen.insert(URL(fileURLWithPath: path).standardizedFileURL.path).inserted {
                found.append(path)
            }
        }
        for word in words {
            var facts = stat()
            if stat(word, &facts) == 0 {
                if facts.st_mode & S_IFMT == S_IFDIR {
                    for path in try files(in: word) { add(path) }
                } else {
                    add(word)
                }
                continue
            }
            let matches = word.contains { "*?[".contains($0) } ? spread(word) : []
            if matches.isEmpty {
                throw Complaint(
                    .inputInvalid, code: "notFound",
                    word.contains { "*?[".contains($0) } ? "nothing matches this pattern" : "no such file",
                    at: word, hint: "check the path and its spelling")
            }
            for path in matches { add(path) }
        }
        return found
    }

    private func files(in folder: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw Complaint(
                .failed, code: "permissionDenied", "the folder may not be read", at: folder,
                hint: "change its permissions")
        }
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        var found: [String] = []
        for name in names where !name.hasPrefix(".") {
            let path = "\(base)/\(name)"
            var facts = stat()
            guard lstat(path, &facts) == 0 else { continue }
            // A link to a folder may lead back to where it stands.
            if facts.st_mode & S_IFMT == S_IFDIR {
                if isRecursive { found += try files(in: path) }
            } else if Self.endings.contains((name as NSString).pathExtension.lowercased()) {
                found.append(path)
            }
        }
        return found
    }

    private func spread(_ pattern: String) -> [String] {
        var list = glob_t()
        defer { globfree(&list) }
        guard glob(pattern, 0, nil, &list) == 0 else { return [] }
        return (0..<Int(list.gl_pathc)).compactMap { list.gl_pathv[$0].map { String(cString: $0) } }
            .filter { path in
                var facts = stat()
                return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
            }
    }
}
