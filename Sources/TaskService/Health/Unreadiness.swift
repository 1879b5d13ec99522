/// Why a server should be sent no requests.
struct Unreadiness {
    let code: ErrorCode
    let message: String

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    static let loading = Unreadiness(.serviceUnavailable, "The tasks are being read.")
}
