import HTTPTypes

/// What an error answer calls its reason, with the status that goes with it.
struct ErrorCode: Hashable, Sendable {
    let name: String
    let status: HTTPResponse.Status

    static let badRequest = ErrorCode(name: "BAD_REQUEST", status: .badRequest)
    static let invalidJSON = ErrorCode(name: "INVALID_JSON", status: .badRequest)
    static let invalidToken = ErrorCode(name: "INVALID_TOKEN", status: .unauthorized)
    static let insufficientPermissions = ErrorCode(name: "INSUFFICIENT_PERMISSIONS", status: .forbidden)
    static let forbiddenOrigin = ErrorCode(name: "FORBIDDEN_ORIGIN", status: .forbidden)
    static let forbiddenHost = ErrorCode(name: "FORBIDDEN_HOST", status: .forbidden)
    static let notFound = ErrorCode(name: "NOT_FOUND", status: .notFound)
    static let taskNotFound = ErrorCode(name: "TASK_NOT_FOUND", status: .notFound)
    static let projectNotFound = ErrorCode(name: "PROJECT_NOT_FOUND", status: .notFound)
    static let jobNotFound = ErrorCode(name: "JOB_NOT_FOUND", status: .notFound)
    static let methodNotAllowed = ErrorCode(name: "METHOD_NOT_ALLOWED", status: .methodNotAllowed)
    static let requestTimeout = ErrorCode(name: "REQUEST_TIMEOUT", status: .requestTimeout)
    static let historyGone = ErrorCode(name: "HISTORY_GONE", status: .gone)
    static let conflict = ErrorCode(name: "CONFLICT", status: .conflict)
    static let leaseLost = ErrorCode(name: "LEASE_LOST", status: .conflict)
    static let invalidTransition = ErrorCode(name: "INVALID_TRANSITION", status: .conflict)
    static let duplicateTask = ErrorCode(name: "DUPLICATE_TASK", status: .conflict)
    static let preconditionFailed = ErrorCode(name: "PRECONDITION_FAILED", status: .preconditionFailed)
    static let payloadTooLarge = ErrorCode(name: "PAYLOAD_TOO_LARGE", status: .contentTooLarge)
    static let expectationFailed = ErrorCode(name: "EXPECTATION_FAILED", status: .expectationFailed)
    static let validationError = ErrorCode(name: "VALIDATION_ERROR", status: .unprocessableContent)
    static let missingRequiredField = ErrorCode(name: "MISSING_REQUIRED_FIELD", status: .unprocessableContent)
    static let idempotencyMismatch = ErrorCode(name: "IDEMPOTENCY_MISMATCH", status: .unprocessableContent)
    static let upgradeRequired = ErrorCode(name: "UPGRADE_REQUIRED", status: .upgradeRequired)
    static let headersTooLarge = ErrorCode(name: "HEADERS_TOO_LARGE", status: .requestHeaderFieldsTooLarge)
    static let internalError = ErrorCode(name: "INTERNAL_ERROR", status: .internalServerError)
    static let notImplemented = ErrorCode(name: "NOT_IMPLEMENTED", status: .notImplemented)
    static let serviceUnavailable = ErrorCode(name: "SERVICE_UNAVAILABLE", status: .serviceUnavailable)
    static let queueFull = ErrorCode(name: "QUEUE_FULL", status: .serviceUnavailable)
    static let storageUnavailable = ErrorCode(name: "STORAGE_UNAVAILABLE", status: .serviceUnavailable)
    static let outcomeUnknown = ErrorCode(name: "OUTCOME_UNKNOWN", status: .serviceUnavailable)

    /// The code for what the library refuses by itself: bytes that are no request, a path that has no route.
    init(status: Int) {
        self =
            switch status {
            case 404: .notFound
            case 405: .methodNotAllowed
            case 408: .requestTimeout
            case 413: .payloadTooLarge
            case 431: .headersTooLarge
            case 500: .internalError
            case 501: .notImplemented
            case 503: .serviceUnavailable
            default: .badRequest
            }
    }

    private init(name: String, status: HTTPResponse.Status) {
        self.name = name
        self.status = status
    }
}
