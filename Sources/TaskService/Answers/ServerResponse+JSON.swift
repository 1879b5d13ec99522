import TaskEngine
import UVCore
import UVHTTP

extension ServerResponse {
    /// Ends the response with a JSON body.
    func end(json: [UInt8]) {
        setHeader(.contentType, "application/json; charset=utf-8")
        end(json)
    }

    /// The name that the request has, as the answer's head gives it.
    var requestID: String { header(.requestID) ?? "" }

    /// Ends the response with the one shape that every error has.
    func end(_ code: ErrorCode, _ message: String) {
        status = code.status
        end(
            json: JSONText.object { json in
                json.member("error") { error in
                    error.member("code", code.name)
                    error.member("message", message)
                    error.member("requestId", requestID)
                    error.member("timestamp", Timestamp.now.description)
                }
            })
    }
}

extension Timestamp {
    /// The time of day.
    static var now: Timestamp { Timestamp(milliseconds: SystemTime.milliseconds()) }
}
