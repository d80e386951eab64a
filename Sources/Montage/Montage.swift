// Montage: what is done to clips.
//
// The room takes files and gives files, pictures and reports. It looks into a clip (`Probe`), takes exact
// frames out of it (`FrameExtraction`), makes thumbnails, brings clips into a delivery's form (`Transcode`,
// `Segments`), lays the sound and puts the film together (`Join`, `Concat`), and proves what it made.
//
// Three types to know.
//   `ClipReport`  what is in a file, for programs (Codable) and for people (`text`), with findings: the
//                 things about this clip that surprise players and people.
//   `Picture`     an RGB picture as a value. It comes out of a frame by a stated matrix and range, goes into
//                 a PNG without loss and is what a service is sent as the first frame of the next shot.
//   `Preset`      a delivery as data: container, codecs, options. Segments, sound and joins follow it.
//
// The last frame is the last *presented* one. A decoder hands frames out of a stream whose order of coding is
// not the order of showing, edit lists hide frames that are in the file, sound may outlast the picture, and
// an index may lie. So the end is found by decoding from a keyframe to the very end, never by asking for a
// time; a start near the end is only an economy, is checked, and gives way to decoding everything.
//
// A film is a row of frames, not a span of seconds: lengths are counted in frames, sound follows by exact
// arithmetic, and seconds as `Double` appear only where a person types or reads them.
//
// Everything here is synchronous and blocks: call it inside `Lanes.run` and hand on its `Interrupt`. Results
// are written under a temporary name and renamed, so nothing half-made stands under a final name.
//
// Errors are `MontageError` for what this room finds out itself and `MediaError` for what the room below says
// best in its own words (no such file, cancelled).
//
// It does not know prompts, prices or the network, and starts no other program.
