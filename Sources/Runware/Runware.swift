// Runware: the video generation API, as values and one client.
//
// The idea. The service sells video by the task, and a task costs real money, so this room is built around
// one rule: a task is bought once. Three things make that hold. The caller names the task (its UUID) and has
// written it down before the first byte leaves (`willSend`). A failure that leaves it open whether the
// service heard us is followed by a question about that UUID, and only then, if need be, by the same
// submission under the same UUID, which the service answers with a conflict instead of a second bill. And
// every error says whether money was spent: yes, no, or unknown.
//
// Three types to know:
//
// - `VideoRequest`: what may be asked of the service, every documented field, read leniently (four spellings
//   of frame images occur in the wild) and written in the one documented form.
// - `ModelCard`: what a model accepts and costs, as data from a YAML file. It finds all mistakes of a request
//   at once, each with its path and what to write instead, before anything is bought.
// - `Client`: an actor that submits, polls, recovers, uploads pictures and fetches the finished film clip.
//   What it decides is in `TaskMachine`, a struct that takes events and returns actions and does no I/O;
//   the client only carries the actions out. What came of a task is a `TaskOutcome`.
//
// One client serves a thousand tasks: `Asker` puts their questions together, fifty an exchange;
// `ExchangeGate` bounds the exchanges under way; `Bell` lets a hint from outside (a webhook) end a task's
// pause.
//
// Below the client is `Transport`, a protocol of two functions: one exchange in memory, one download to a
// file. `CurlTransport` is the real one, on libcurl; it follows redirects itself, without the key. `Download` decides, again without I/O, what piece of a file
// to ask for next, and whether what came belongs to what is there.
//
// How a reply becomes a decision: bytes -> `Envelope` (both `data` and `errors` may be there, whatever the
// HTTP status) -> `SubmitReply` or `AskReply` -> `TaskMachine` -> the next action.
//
// What this room does not do: it knows no storyboard, no journal and no picture format. It keeps nothing on
// disk but the file a download was told to write. It never makes a new task UUID for a task that failed:
// another take is the caller's decision, because it costs.
