// Media: FFmpeg's libraries as Swift values and owners.
//
// The room knows packets, frames, containers, codecs and filters, and nothing else: no shots, no
// network, no database. Its users see no C type; the compiler refuses a public signature with one.
//
// Three types carry it.
//   `Demuxer`   opens a file, describes its streams as values (`StreamInfo`), hands out packets.
//   `Frame`     decoded picture or sound; filled by `Decoder`, `FilterGraph` and `Scaler`, eaten by
//               `Encoder`. A frame's planes are shared by reference counting in C; `reference()` makes
//               a second owner of the same planes, after which both are read-only.
//   `Muxer`     takes encoded packets and writes a container; `finish()` consumes it.
//
// Ownership. Everything that C allocates has one owner, a `~Copyable` struct whose `deinit` frees it.
// What FFmpeg only lends (streams, codec parameters) leaves as a value, copied. A class stands only
// where C keeps an address: the interrupt flag.
//
// End of file and "needs more input" are values (`Pull`, `false`), never errors. Errors are
// `MediaError`, thrown typed, with the C function, FFmpeg's text and the last line that FFmpeg logged.
//
// Blocking. All of it is synchronous and blocks. Call it inside `Lanes.run`, which gives a thread of
// its own and an `Interrupt` that task cancellation raises; every reading and writing call and every
// loop in this package polls it. Several threads of one job meet in `BoundedQueue`.
//
// Time. Ticks are `Int64` with a `Rational` time base. Rounding is an argument of `rescale`. Seconds
// as `Double` exist where a person types or reads them, in other rooms.
//
// It does not wrap FFmpeg one to one, does not guess policy (presets, tags for untagged video), and
// opens only local files, by a short list of demuxers.
