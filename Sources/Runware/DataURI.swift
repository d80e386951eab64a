public import Foundation

/// Pictures as text, for requests that carry them along.
public enum DataURI {
    /// The PNG file as a data URI. Length: 4/3 of the bytes, and 22 characters.
    public static func png(_ bytes: [UInt8]) -> String { make(bytes, mediaType: "image/png") }

    /// Any file as a data URI.
    public static func make(_ bytes: [UInt8], mediaType: String) -> String {
        "data:\(mediaType);base64," + Data(bytes).base64EncodedString()
    }

    /// The bytes of a Base64 data URI; nil where the text is none.
    public static func bytes(of uri: String) -> Data? {
        guard uri.hasPrefix("data:"), let comma = uri.firstIndex(of: ","),
            uri[..<comma].hasSuffix(";base64")
        else { return nil }
        return Data(base64Encoded: String(uri[uri.index(after: comma)...]))
    }
}
