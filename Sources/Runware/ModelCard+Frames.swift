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

    func checkSize(_ request: VideoRequest) -> [Problem] {
        var found: [Problem] = []
        let hasFrames = !request.frameImages.isEmpty
        if let resolution = request.resolution, !resolutions.contains(resolution) {
            found.append(
                Problem(
                    path: "resolution", value: "\"\(resolution)\"",
                    allowed: resolutions.joined(separator: ", "),
                    suggestion: nearest(to: resolution, among: resolutions).map { "\"\($0)\"" },
                    message: "is not a resolution the model makes"))
        }
        switch (request.width, request.height) {
        case (nil, nil):
            if !hasFrames { found += checkNoSize(request) }
        case (let width?, let height?):
            if size(width: width, height: height) == nil {
                let best = nearestSize(width: width, height: height)
                found.append(
                    Problem(
                        path: "width", value: "\(width)x\(height)",
                        allowed: sizes.map(\.description).joined(separator: ", "),
                        suggestion:
                            "width \(best.width), height \(best.height) (\(best.resolution) \(best.aspect))",
                        message: "is not a size the model makes"))
            }
            if request.resolution != nil {
                found.append(
                    Problem(
                        path: "resolution", allowed: "width and height, or resolution",
                        suggestion: hasFrames ? "resolution only" : "width and height only",
                        message: "cannot stand beside width and height"))
            } else if hasFrames {
                found.append(
                    Problem(
                        path: "width", value: "\(width)x\(height)", suggestion: "resolution instead",
                        severity: .warning,
                        message:
                            "stands beside frame images; the page forbids both, its own examples have both"))
            }
        case (_, let height):
            let missing = height == nil ? "height" : "width"
            found.append(
                Problem(
                    path: missing, allowed: "width and height together", message: "is missing beside its pair"
                ))
        }
        return found
    }

    private func checkNoSize(_ request: VideoRequest) -> [Problem] {
        let unread = request.readProblems.contains {
            $0.path == "width" || $0.path == "height" || $0.path.contains("frameImages")
        }
        if unread { return [] }
        let resolution = request.resolution ?? defaultResolution
        let usual = size(resolution: resolution, aspect: "16:9") ?? nearestSize(width: 16, height: 9)
        return [
            Problem(
                path: "width", allowed: "width and height, or a frame image",
                suggestion: "width \(usual.width), height \(usual.height)",
                severity: request.resolution == nil ? .error : .warning,
                message: request.resolution == nil
                    ? "is missing: nothing says how large the clip shall be"
                    : "is missing: resolution alone does not say which shape the clip shall have")
        ]
    }
}
