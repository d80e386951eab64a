import Foundation

/// What to do with an answer that points elsewhere. Pure, so that the rules can be tried without a network.
///
/// Rules: at most five steps; only http and https, and never from https to http; a POST is repeated only where
/// the status says to keep method and body (307, 308), and never one that must be sent once; `Authorization`
/// and cookies stay with the origin (scheme, host and port) they were meant for.
package enum Redirect {
    package enum Step: Sendable {
        /// Not a redirect, or one that is not ours to follow: the answer stands.
        case stay
        case follow(HTTPCall)
        case refuse(String)
    }

    package static let mostSteps = 5

    package static func step(after call: HTTPCall, status: Int, location: String?, steps: Int) -> Step {
        guard [301, 302, 303, 307, 308].contains(status), let location else { return .stay }
        let isRead = call.method == "GET" || call.method == "HEAD"
        guard isRead || ((status == 307 || status == 308) && !call.once) else { return .stay }
        guard steps < mostSteps else {
            return .refuse("more than \(mostSteps) redirects from \(plain(call.url))")
        }
        guard let target = URL(string: location, relativeTo: call.url)?.absoluteURL,
            isWebAddress(target.absoluteString)
        else { return .refuse("\(plain(call.url)) redirects to an address that is not http or https") }
        if call.url.scheme?.lowercased() == "https", target.scheme?.lowercased() != "https" {
            return .refuse("\(plain(call.url)) redirects to an unencrypted address")
        }
        var next = call
        next.url = target
        if origin(target) != origin(call.url) {
            next.headers = call.headers.filter { !["authorization", "cookie"].contains($0.key.lowercased()) }
        }
        return .follow(next)
    }

    private static func origin(_ url: URL) -> String {
        let scheme = url.scheme?.lowercased() ?? ""
        return "\(scheme)://\(url.host?.lowercased() ?? ""):\(url.port ?? (scheme == "https" ? 443 : 80))"
    }
}
