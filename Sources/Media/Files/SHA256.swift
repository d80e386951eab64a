import CFFmpeg
import Foundation

/// SHA-256 of bytes as they come. Source: libavutil's `av_sha`.
public struct SHA256: ~Copyable, @unchecked Sendable {
    private let state: OpaquePointer

    /// Begins a digest.
    public init() throws(MediaError) {
        guard let state = av_sha_alloc() else {
            throw MediaError(.outOfMemory, operation: "av_sha_alloc", subject: "SHA-256")
        }
        av_sha_init(state, 256)
        self.state = state
    }

    deinit { av_free(UnsafeMutableRawPointer(state)) }

    /// Adds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        av_sha_update(state, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public consuming func finish() -> String {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            av_sha_final(state, buffer.baseAddress)
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
