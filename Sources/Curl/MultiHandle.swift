import CCurl

/// Owns a multi handle: the sockets, timers and kept connections of one engine.
///
/// All functions but `wake` are for the engine's thread alone; libcurl allows `wake` from any. The handle goes
/// when engine and thread have both let go of it, so nobody wakes what is freed.
final class MultiHandle: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer?

    init(connectionsPerHost: Int) {
        _ = Self.isReady
        multi = curl_multi_init()
        _ = reel_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        _ = reel_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionsPerHost)
    }

    deinit { curl_multi_cleanup(multi) }

    /// Once for the process, before any other thread of it uses libcurl.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Ends the thread's sleep, or its next one.
    func wake() { _ = curl_multi_wakeup(multi) }

    /// Starts an exchange; false where libcurl has no memory for it.
    func add(_ easy: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(multi, easy) == CURLM_OK }

    /// Ends an exchange, finished or not.
    func remove(_ easy: UnsafeMutableRawPointer) { _ = curl_multi_remove_handle(multi, easy) }

    /// Does what can be done without waiting.
    func perform() {
        var running: Int32 = 0
        _ = curl_multi_perform(multi, &running)
    }

    /// The next exchange that has ended.
    func nextEnded() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            if message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle {
                return (easy, message.pointee.data.result)
            }
        }
        return nil
    }

    /// Sleeps until there is something to do, `wake` is called, or the time is up.
    func sleep(milliseconds: Int32) { _ = curl_multi_poll(multi, nil, 0, milliseconds, nil) }
}
