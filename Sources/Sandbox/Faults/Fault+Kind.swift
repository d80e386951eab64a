extension Fault {
    /// Where in a task's life a fault strikes.
    enum Step: String, Codable, Sendable { case submit, poll, task, media, image, webhook, upload }

    /// Everything that can go wrong.
    enum Kind: String, Codable, Sendable, CaseIterable {
        // The submission is refused or lost before it is accepted: no charge.
        case submitReset = "submit-reset"
        case submit429 = "submit-429"
        case submit500 = "submit-500"
        case submit503 = "submit-503"
        case submit504 = "submit-504"
        case moderationBefore = "moderation-before"
        // The task is accepted and charged, the acknowledgement suffers.
        case slowAck = "slow-ack"
        case lostAck = "lost-ack"
        case accepted504 = "accepted-504"
        case cutAck = "cut-ack"
        case dripAck = "drip-ack"
        case gzipAck = "gzip-ack"
        case hugeAck = "huge-ack"
        // The polls.
        case pollSlow = "poll-slow"
        case pollReset = "poll-reset"
        case pollCut = "poll-cut"
        case pollDrip = "poll-drip"
        case pollGzip = "poll-gzip"
        case pollHuge = "poll-huge"
        case poll429 = "poll-429"
        case poll500 = "poll-500"
        case poll503 = "poll-503"
        case poll504 = "poll-504"
        case pollEmpty = "poll-empty"
        case pollNotFound = "poll-not-found"
        // What becomes of the task.
        case neverFinish = "never-finish"
        case providerFailure = "provider-failure"
        case moderationAfter = "moderation-after"
        case partialFailure = "partial-failure"
        case final504 = "final-504"
        case nsfw
        // The download.
        case mediaSlow = "media-slow"
        case mediaReset = "media-reset"
        case mediaCut = "media-cut"
        case mediaDrip = "media-drip"
        case mediaGzip = "media-gzip"
        case media429 = "media-429"
        case media500 = "media-500"
        case media503 = "media-503"
        case media504 = "media-504"
        case mediaTruncated = "media-truncated"
        case mediaEmpty = "media-empty"
        case mediaWrongBytes = "media-wrong-bytes"
        case mediaExpired = "media-expired"
        case mediaRedirect = "media-redirect"
        case mediaHuge = "media-huge"
        // The sending of a picture.
        case imageReset = "image-reset"
        case imageLost = "image-lost"
        case imageCut = "image-cut"
        case imageSlow = "image-slow"
        case image429 = "image-429"
        case image500 = "image-500"
        case image503 = "image-503"
        case image504 = "image-504"
        // What the service sends on its own account.
        case webhookDuplicate = "webhook-duplicate"
        case webhookReordered = "webhook-reordered"
        case webhookLost = "webhook-lost"
        case uploadLost = "upload-lost"
        case uploadTruncated = "upload-truncated"

        /// The step that it belongs to.
        var step: Step {
            switch self {
            case .submitReset, .submit429, .submit500, .submit503, .submit504, .moderationBefore, .slowAck,
                .lostAck, .accepted504, .cutAck, .dripAck, .gzipAck, .hugeAck:
                .submit
            case .pollSlow, .pollReset, .pollCut, .pollDrip, .pollGzip, .pollHuge, .poll429, .poll500,
                .poll503, .poll504, .pollEmpty, .pollNotFound:
                .poll
            case .neverFinish, .providerFailure, .moderationAfter, .partialFailure, .final504, .nsfw: .task
            case .mediaSlow, .mediaReset, .mediaCut, .mediaDrip, .mediaGzip, .media429, .media500, .media503,
                .media504, .mediaTruncated, .mediaEmpty, .mediaWrongBytes, .mediaExpired, .mediaRedirect,
                .mediaHuge:
                .media
            case .imageReset, .imageLost, .imageCut, .imageSlow, .image429, .image500, .image503, .image504:
                .image
            case .webhookDuplicate, .webhookReordered, .webhookLost: .webhook
            case .uploadLost, .uploadTruncated: .upload
            }
        }

        /// How often it strikes where nothing is said: a verdict stays, a mishap happens once.
        var usualTimes: Int? { step == .task || self == .moderationBefore ? nil : 1 }

        /// What it does to an HTTP answer as a whole; nil for what concerns one task of a batch only.
        var treatment: Treatment? {
            switch self {
            case .submitReset, .pollReset, .mediaReset, .imageReset: .init(when: .before, what: .reset)
            case .submit429, .poll429, .media429, .image429: .init(when: .before, what: .status(429))
            case .submit500, .poll500, .media500, .image500: .init(when: .before, what: .status(500))
            case .submit503, .poll503, .media503, .image503: .init(when: .before, what: .status(503))
            case .submit504, .poll504, .media504, .image504: .init(when: .before, what: .page)
            case .lostAck, .imageLost: .init(when: .after, what: .reset)
            case .accepted504: .init(when: .after, what: .page)
            case .slowAck, .pollSlow, .mediaSlow, .imageSlow: .init(when: .after, what: .slow)
            case .cutAck, .pollCut, .mediaCut, .imageCut: .init(when: .after, what: .cut)
            case .dripAck, .pollDrip, .mediaDrip: .init(when: .after, what: .drip)
            case .gzipAck, .pollGzip, .mediaGzip: .init(when: .after, what: .gzip)
            case .hugeAck, .pollHuge, .mediaHuge: .init(when: .after, what: .huge)
            default: nil
            }
        }
    }

    /// What becomes of an HTTP answer.
    struct Treatment: Sendable, Equatable {
        /// Whether the request is carried out first.
        enum When: Sendable { case before, after }
        enum What: Sendable, Equatable { case reset, status(Int), page, slow, cut, drip, gzip, huge }

        var when: When
        var what: What
    }
}
