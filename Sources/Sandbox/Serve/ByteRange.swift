/// Which bytes of a file a `Range` header asks for (RFC 9110 §14).
enum ByteRange: Equatable {
    /// No range, several ranges, or one that cannot be read: the whole file is the answer.
    case whole
    /// These bytes.
    case part(Range<Int>)
    /// A range that begins beyond the end.
    case unsatisfiable

    /// Reads the header for a file of `size` bytes.
    init(header: String?, size: Int) {
        self = .whole
        guard let header else { return }
        let parts = header.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bytes", !parts[1].contains(",") else { return }
        let ends = parts[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return }
        let digits = ends.map { $0.filter { $0 != " " && $0 != "\t" } }
        guard digits.allSatisfy({ $0.allSatisfy(\.isWholeNumber) }) else { return }
        if digits[0].isEmpty {
            // The last so many bytes.
            guard let count = Int(digits[1]) else { return }
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
            return
        }
        guard let first = Int(digits[0]) else { return }
        var end = size
        if !digits[1].isEmpty {
            guard let last = Int(digits[1]), last >= first else { return }
            end = min(size, last == .max ? .max : last + 1)
        }
        self = first < size ? .part(first..<end) : .unsatisfiable
    }
}
