import Foundation

/// The command line as it was given.
///
/// Swift's strings are Unicode: where an argument is not UTF-8, the standard library puts U+FFFD in the place of
/// each wrong byte. As a path that would name another file, which may well exist. So such an argument is refused
/// before any command sees it.
enum ArgumentBytes {
    static func check() throws {
        for i in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[i] else { continue }
            let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument)).map {
                UInt8(bitPattern: $0)
            }
            guard String(validating: bytes, as: UTF8.self) == nil else { continue }
            throw Complaint(
                .usage, code: "notUTF8", "an argument is not UTF-8", at: shown(bytes),
                hint: "rename the file, or lead to it by a symbolic link with a plain name")
        }
    }

    /// As a shell would take it between $' and '.
    static func shown(_ bytes: [UInt8]) -> String {
        bytes.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : String(format: "\\x%02x", $0) }
            .joined()
    }
}
