// What the tests share: a folder that cleans up after itself, tiny clips of every awkward kind, and the
// `ffmpeg` and `ffprobe` programs as an oracle.
//
// Sources never start another program; the tests do, because a reading of a file that is checked against
// our own reading proves nothing. A test that needs the oracle and does not find it fails and says which
// package to install: a suite that quietly skips its referee is green for the wrong reason.
//
// Three types to know: `TempDirectory`, `Oracle`, `Recipe` (how one awkward clip is made).
