extension RunwareError.Category {
    /// The family of one of the service's codes: exact names first, then beginnings of names.
    ///
    /// Order matters: `invalidProviderContent` is a matter of safety although it begins with `invalid`, and
    /// `missingApiKey` one of authentication. An unknown code is `.unknown`, which is never repeated.
    public init(code: String) {
        if let exact = exactCodes[code] {
            self = exact
        } else if validationPrefixes.contains(where: code.hasPrefix) {
            self = .validation
        } else {
            self = .unknown
        }
    }

    /// The family of a code, or of the HTTP status it came with where the code is in no list.
    ///
    /// A code that is not known says nothing, but a 402 does. 400 and 404 are given for so many reasons that
    /// they stand in only where there is no code at all.
    init(code: String, httpStatus: Int) {
        let family = Self(code: code)
        let isTelling = [401, 402, 403, 408, 429].contains(httpStatus) || httpStatus >= 500
        let isNameless = code == "unknown" && httpStatus >= 400
        self = family == .unknown && (isTelling || isNameless) ? Self(httpStatus: httpStatus) : family
    }

    /// The family for an answer that has a status and no code of its own.
    init(httpStatus: Int) {
        switch httpStatus {
        case 401, 403: self = .auth
        case 402: self = .quota
        case 404, 410: self = .notFound
        case 408, 504: self = .timeout
        case 429: self = .rateLimit
        case 500...: self = .serverError
        case 400..<500: self = .validation
        default: self = .protocol
        }
    }
}

private let validationPrefixes = ["invalid", "missing", "unsupported", "conflict"]

private let exactCodes: [String: RunwareError.Category] = {
    let families: [(RunwareError.Category, [String])] = [
        (.validation, ["incompatibleParameters", "unknownParameter"]),
        (
            .auth,
            [
                "invalidApiKey", "missingApiKey", "unauthorized", "forbidden", "tokenExpired",
                "accountSuspended",
            ]
        ),
        (.quota, ["insufficientCredits", "insufficientBalance", "quotaExceeded", "paymentRequired"]),
        (.rateLimit, ["rateLimitExceeded", "providerRateLimitExceeded", "inferenceRateLimitExceeded"]),
        (
            .safety,
            [
                "contentPolicyViolation", "providerContentPolicyViolation", "invalidProviderContent",
                "nsfwContentDetected", "sensitiveContentDetected", "promptBlocked", "imageBlocked",
                "moderationFailed",
            ]
        ),
        (.timeout, ["timeout", "providerTimeout", "failedProviderTimeout"]),
        (
            .provider,
            [
                "providerError", "inferenceError", "taskFailed", "processingFailed", "downloadFailed",
                "uploadFailed", "noAvailableServer", "modelUnavailable", "modelNotReady",
            ]
        ),
        (.serverError, ["internalServerError", "serviceUnavailable"]),
        (.notFound, ["taskNotFound", "taskExpired", "taskCancelled", "taskFailedOrNotFound"]),
    ]
    var table: [String: RunwareError.Category] = [:]
    for (category, codes) in families {
        for code in codes { table[code] = category }
    }
    return table
}()
