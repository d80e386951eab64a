import Foundation

extension ModelCard {
    func checkFrames(_ request: VideoRequest) -> [Problem] {
        let images = FrameImage.placed(request.frameImages)
        var found: [Problem] = []
        if images.count > mostFrameImages {
            found.append(
                Problem(
                    path: "inputs.frameImages", value: "(\(images.count) images)",
                    allowed: "at most \(mostFrameImages)", message: "has too many images"))
        }
        for role in FrameRole.allCases where images.count(where: { $0.frame == role }) > 1 {
            found.append(
                Problem(
                    path: "inputs.frameImages", value: "\"\(role.rawValue)\"", allowed: "each place once",
                    message: "gives the same place to two images"))
        }
        for (index, image) in images.enumerated() where !isImageInput(image.image) {
            found.append(
                Problem(
                    path: "inputs.frameImages[\(index)].image", value: "\"\(image.image.prefix(60))\"",
                    allowed: "UUID of an uploaded image, http(s) URL, data URI, Base64",
                    message:
                        "is none of the forms the service reads (a local file must be embedded or uploaded)"))
        }
        return found
    }

    /// Text that is a file name, or an address of another scheme, is caught before it is paid for.
    private func isImageInput(_ text: String) -> Bool {
        if UUID(uuidString: text) != nil || isWebAddress(text) { return true }
        if text.hasPrefix("data:") { return text.hasPrefix("data:image/") && text.contains(";base64,") }
        // No real picture is shorter than 60 bytes, and a file name always has a dot.
        return text.utf8.count >= 80
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2B || byte == 0x2F || byte == 0x3D
            }
    }
}
