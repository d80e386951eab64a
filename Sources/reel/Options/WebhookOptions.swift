import ArgumentParser
import Foundation
import Webhooks

/// How the service may tell of a task's end, beside being asked.
struct WebhookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Listen here for the service's calls, which make it be asked sooner.", valueName: "host:port"))
    var webhookListen: String?

    @Option(
        name: .customLong("webhook-url"),
        help: ArgumentHelp(
            "The address under which the service reaches that listener. A secret path is put behind it.",
            valueName: "url"))
    var webhookURL: String?

    func validate() throws {
        if webhookURL != nil, webhookListen == nil {
            throw ValidationError("--webhook-url needs --webhook-listen HOST:PORT, where its calls arrive")
        }
        if webhookListen != nil, webhookURL == nil {
            throw ValidationError("--webhook-listen needs --webhook-url URL, which is given to the service")
        }
        if let text = webhookURL, let url = URL(string: text), ["http", "https"].contains(url.scheme),
            url.host != nil
        {
            return
        } else if let text = webhookURL {
            throw ValidationError("--webhook-url takes a web address, not '\(text)'")
        }
    }

    /// A listener that is not listening yet, and the address the service is to call; nil where none is wanted.
    func prepare() throws -> (listener: WebhookListener, address: String)? {
        guard let webhookListen, let base = webhookURL.flatMap(URL.init(string:)) else { return nil }
        let listener = try WebhookListener(address: webhookListen)
        return (listener, listener.address(under: base).absoluteString)
    }
}
