import HTTPTypes

/// What an error answer calls its reason, with the status that goes with it.
struct ErrorCode: Hashable, Sendable {
    let name: String
    let status: HTTPResponse.Status

    static let badRequest = ErrorCode(name: "BAD_REQUEST", status: .badRequest)
    static let notFound = ErrorCode(name: "NOT_FOUND", status: .notFound)
    static let methodNotAllowed = ErrorCode(name: "METHOD_NOT_ALLOWED", status: .methodNotAllowed)
    static let requestTimeout = ErrorCode(name: "REQUEST_TIMEOUT", status: .requestTimeout)
    static let payloadTooLarge = ErrorCode(name: "PAYLOAD_TOO_LARGE", status: .contentTooLarge)
    static let expectationFailed = ErrorCode(name: "EXPECTATION_FAILED", status: .expectationFailed)
    static let headersTooLarge = ErrorCode(name: "HEADERS_TOO_LARGE", status: .requestHeaderFieldsTooLarge)
    static let internalError = ErrorCode(name: "INTERNAL_ERROR", status: .internalServerError)

    /// The code for bytes that are no request.
    init(status: Int) {
        self =
            switch status {
            case 408: .requestTimeout
            case 413: .payloadTooLarge
            case 431: .headersTooLarge
            default: .badRequest
            }
    }

    private init(name: String, status: HTTPResponse.Status) {
        self.name = name
        self.status = status
    }
}
