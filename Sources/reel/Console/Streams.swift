import Foundation

/// The two streams as plain writes: no buffer of ours holds a line back when the process is killed.
enum Streams {
    /// The result. A reader that went away (`reel probe … | head -1`) is no error.
    static func result(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    static func result(json value: some Encodable) throws {
        result(try JSONText.document(value))
    }

    /// Progress and complaints.
    static func note(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var from = 0
        while from < bytes.count {
            let written = bytes[from...].withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            from += written
        }
    }
}
