// Curl: libcurl in Swift, one HTTP exchange at a time, many side by side.
//
// Why not Foundation's URLSession: on Linux it is a layer over libcurl whose sources end the whole program
// (`fatalError`) in states they take for impossible; one of our test runs ended so, though it could not be made to
// again. A program that has just ordered something for money must not end there. So this room uses libcurl itself.
//
// How it works. A `CurlEngine` has one thread and one multi handle; all that libcurl does, it does on that
// thread, so no handle is ever used by two. `run` puts a job into the engine's tray, wakes the thread, and
// suspends: Swift's pool is never blocked. The thread sleeps in `curl_multi_poll` until a socket, a timer or
// the tray has something. Bytes go to the caller's `CurlReceiver` as they come, on that thread: a receiver that
// writes slowly slows the sender down, nothing piles up.
//
// Who owns what: `MultiHandle` the multi handle, `CurlExchange` an easy handle with its list of header fields,
// each freed with its owner.
//
// What is set differently from libcurl's defaults: only http and https; redirects are never followed (what a
// redirect may do is the caller's rule); HTTP/1.1; no cookies; no proxy for this machine's own addresses; one
// deadline from start to last byte.
//
// What this room does not do: it knows no service, retries nothing, and follows nothing. libcurl repeats a
// request by itself where a kept connection turns out dead; `CurlCall.isAlone` rules that out.
