/// A sign that a run has come so far. Each stays true once it is, and each implies those before it.
struct CrashMoment: Sendable {
    var name: String
    var isBeforeTheEnd = true
    var isThere: @Sendable (_ folder: CrashFolder, _ errors: String) -> Bool

    /// The life of a film of two chained shots and one delivery, from the first promise to the last file.
    static let walk: [CrashMoment] = [
        .init(name: "the journal is there, nothing is meant yet") { folder, _ in
            folder.exists(".reel/journal.sqlite")
        },
        .init(name: "the intent is committed, the first byte is about to leave") { folder, errors in
            errors.contains("one: ordered") || folder.count(".json", in: ".reel/sandbox/tasks") >= 1
        },
        .init(name: "the service has booked the task, its answer is on the way") { folder, _ in
            folder.count(".json", in: ".reel/sandbox/tasks") >= 1
        },
        .init(name: "the task is asked for, and painted") { folder, errors in
            errors.contains("one: asking for task")
        },
        .init(name: "the clip is finished at the service") { folder, _ in
            folder.count(".mp4", in: ".reel/sandbox/media") >= 1 && folder.hasFinished(1)
        },
        .init(name: "the clip is being downloaded or measured") { folder, _ in
            folder.count(".mp4", in: ".reel/tmp") >= 1 || folder.clips >= 1
        },
        .init(name: "the clip is in the store") { folder, _ in folder.clips >= 1 },
        .init(name: "its last frame is in the store") { folder, _ in
            folder.count(".png", in: ".reel/store") >= 1
        },
        .init(name: "the first shot is being rendered, the second ordered") { folder, errors in
            folder.count(".mov", in: ".reel/tmp") >= 1
                && folder.count(".json", in: ".reel/sandbox/tasks") >= 2
                || folder.segments >= 1
        },
        .init(name: "the first segment is in the store") { folder, _ in folder.segments >= 1 },
        .init(name: "the second clip is in the store") { folder, _ in folder.clips >= 2 },
        .init(name: "both segments are in the store") { folder, _ in folder.segments >= 2 },
        .init(name: "the film is being joined") { folder, _ in
            folder.segments >= 2 && folder.count(".mov", in: ".reel/tmp") >= 1 || folder.segments >= 3
        },
        .init(name: "the film is in the store, not yet published") { folder, _ in folder.segments >= 3 },
        .init(name: "the film is being published", isBeforeTheEnd: false) { folder, _ in
            folder.exists("out/film.mov") || folder.count(".part", in: "out") >= 1
        },
    ]
}

extension CrashFolder {
    /// Clips in the store: downloads are MP4, what is rendered here is MOV.
    fileprivate var clips: Int { count(".mp4", in: ".reel/store") }
    fileprivate var segments: Int { count(".mov", in: ".reel/store") }

    fileprivate func hasFinished(_ number: Int) -> Bool { finishedTasks >= number }
}
