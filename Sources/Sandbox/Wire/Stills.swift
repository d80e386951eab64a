import Foundation
import Media
import Synchronization

/// Takes in the pictures of requests: data URIs, base64, UUIDs of uploads, and URLs.
struct Stills: Sendable {
    let world: World
    let address: Address
    /// For decoding, apart from the painters' lanes: a request must not wait for a painting.
    let lanes: Lanes

    /// Where this sandbox's own URLs begin.
    var origin: String { address.origin }

    /// Looks at a frame image and says where it is, or would be kept, and how large.
    func look(at image: String, parameter: String) async throws -> VideoReading.SeenStill {
        if let id = ownUUID(image) {
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: world.imagePath(id))) else {
                throw Refusal(
                    code: "invalidFrameImage", message: "There is no image with the UUID \(id).",
                    parameter: [parameter], type: "string")
            }
            let size = try await look(bytes, parameter: parameter)
            return .init(source: .stored(id), width: size.width, height: size.height)
        }
        if image.hasPrefix("http://") || image.hasPrefix("https://") {
            return .init(source: .elsewhere(image), width: nil, height: nil)
        }
        let bytes = try decodeText(image, parameter: parameter)
        let size = try await look(bytes, parameter: parameter)
        let id = UUID().uuidString.lowercased()
        return .init(
            source: .stored(id), width: size.width, height: size.height, bytes: bytes)
    }

    /// Keeps an uploaded image; its UUID.
    func upload(_ image: String) async throws -> String {
        guard !image.hasPrefix("http://"), !image.hasPrefix("https://") else {
            throw Refusal(
                code: "invalidImage",
                message: "The sandbox fetches nothing: send the image as a data URI or base64.",
                parameter: ["image"], type: "string")
        }
        let bytes = try decodeText(image, parameter: "image")
        _ = try await look(bytes, parameter: "image")
        let id = UUID().uuidString.lowercased()
        try world.keepImage(bytes, id: id)
        return id
    }

    private func ownUUID(_ image: String) -> String? {
        if UUID(uuidString: image) != nil { return image.lowercased() }
        let prefix = origin + "/images/"
        guard image.hasPrefix(prefix) else { return nil }
        let id = String(image.dropFirst(prefix.count))
        return UUID(uuidString: id) == nil ? nil : id.lowercased()
    }

    private func decodeText(_ text: String, parameter: String) throws -> Data {
        var base64 = Substring(text)
        if text.hasPrefix("data:") {
            guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64") else {
                throw unreadable(parameter, "is a data URI without ';base64,'")
            }
            base64 = text[text.index(after: comma)...]
        }
        guard let bytes = Data(base64Encoded: String(base64)), !bytes.isEmpty else {
            throw unreadable(parameter, "is neither a UUID, a URL, a data URI nor base64")
        }
        guard bytes.count <= 20 << 20 else { throw unreadable(parameter, "is larger than 20 MB") }
        return bytes
    }

    private func look(_ bytes: Data, parameter: String) async throws -> (width: Int, height: Int) {
        let size: (width: Int, height: Int)
        do {
            size = try await lanes.run { _ in
                let frame = try Still.decode(bytes)
                return (frame.width, frame.height)
            }
        } catch is MediaError {
            throw unreadable(parameter, "is not a PNG, JPEG, WEBP or BMP picture")
        }
        for (side, name) in [(size.width, "Width"), (size.height, "Height")]
        where !(300...4000).contains(side) {
            throw Refusal(
                code: "invalidFrameImage\(name)",
                message: "The image is \(size.width)x\(size.height); each side must have 300 to 4000 pixels.",
                parameter: [parameter], type: "string", min: 300, max: 4000)
        }
        return size
    }

    private func unreadable(_ parameter: String, _ what: String) -> Refusal {
        Refusal(
            code: "invalidFrameImage", message: "The image in '\(parameter)' \(what).",
            parameter: [parameter],
            type: "string")
    }
}

/// Where this sandbox's own URLs begin: "http://127.0.0.1:PORT", known once it listens.
final class Address: Sendable {
    private let number = Mutex(UInt16(0))

    var port: UInt16 { number.withLock { $0 } }
    var origin: String { "http://127.0.0.1:\(port)" }

    func set(port: UInt16) { number.withLock { $0 = port } }
}
