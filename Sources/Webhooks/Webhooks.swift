// Webhooks: the small server that a generation service calls when a task has news.
//
// A task's end can be learnt in two ways: by asking for it again and again, or by being told. Being told is
// sooner and cheaper, but worth less: the calls are unsigned, come twice, in any order, or not at all, and
// anybody who learns the address can make one. So a call is taken for a hint and never for a fact. It says
// "ask about this task now"; what has become of the task is then heard from the service itself, over the
// connection that carries the key. While hints come in, the client asks on its own more seldom; when they stop,
// it goes on as if there had never been any. Nothing is lost by a call that fails, and nothing can be
// forged with one that lies.
//
// What keeps strangers out is the path: 32 random bytes, minted for each run, that only the service is given.
// Every other path is answered alike, whatever the method, so that nothing can be learnt by trying.
//
// Where to begin: `WebhookListener` listens, gives out its secret path and hands over each body it is called
// with. What a body says is read by the client (`WebhookBody` in Runware), which knows the protocol.
//
// What this room does not do: it reads no JSON, knows no task, and keeps nothing.
