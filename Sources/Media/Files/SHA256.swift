import CFFmpeg
import COpenSSL
import Foundation

/// SHA-256 of bytes as they come. Source: OpenSSL's `EVP_DigestUpdate`, which uses the processor's own instructions for
/// it where there are some: five times as fast as libavutil's `av_sha`, and films are hashed whole, more than once.
public struct SHA256: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    /// Begins a digest.
    public init() throws(MediaError) {
        guard let context = EVP_MD_CTX_new() else {
            throw MediaError(.outOfMemory, operation: "EVP_MD_CTX_new", subject: "SHA-256")
        }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw MediaError(.unsupported, operation: "EVP_DigestInit_ex", subject: "SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public consuming func finish() -> String {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            count = 32
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of bytes at hand.
    public static func hex(of bytes: some Sequence<UInt8>) throws(MediaError) -> String {
        let sha = try SHA256()
        Array(bytes).withUnsafeBytes { sha.update($0) }
        return sha.finish()
    }

    /// The digest of a file, read once. Blocks.
    public static func hex(ofFile path: String, interrupt: Interrupt) throws(MediaError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "open", subject: path)
        }
        defer { close(file) }
        let sha = try SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            try interrupt.check()
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw MediaError(ffmpeg: reel_averror(errno), operation: "read", subject: path)
            }
            if count == 0 { return sha.finish() }
            buffer.withUnsafeBytes { sha.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
