import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

extension ServerResponse {
    /// Ends the response with a JSON body.
    func end(json: RawSpan) {
        setHeader(Self.json)
        end(json)
    }

    /// Ends the response with what was written.
    func end(json: borrowing JSONText) { json.withBytes { end(json: $0) } }

    /// Ends the response with a JSON object, whose members `body` writes.
    func endObject(_ body: (inout JSONText) -> Void) {
        JSONPad.lend { json in
            json.object(body)
            end(json: json)
        }
    }

    /// Ends the response with an object about the server: it begins with the name of the request, and with the process
    /// that answers, for where there are several this is true of that one.
    func endReport(_ body: (inout JSONText) -> Void) {
        endObject { json in
            json.member(requestIDOf: self)
            json.member("pid", Int(EventLoop.processID))
            body(&json)
        }
    }

    /// Ends the response with a task.
    func end(_ task: TaskRecord) {
        JSONPad.lend { json in
            json.task(task)
            end(json: json)
        }
    }

    /// Ends the response with the JSON that `write` writes, `room` bytes at most.
    func end(room: Int, _ write: (inout OutputSpan<UInt8>, inout TimestampText) -> Void) {
        JSONPad.lend { json in
            json.value(room: room, write)
            end(json: json)
        }
    }

    static let json = FieldLine(.contentType, "application/json; charset=utf-8")

    /// Whether the request is HEAD: nothing is worked out for a body then.
    var answersHead: Bool { request?.method == .head }

    /// Ends the response to HEAD with the head that JSON has.
    func endHead() {
        setHeader(Self.json)
        writeHead(status)
        end()
    }

    /// The name that the request has, as the answer's head gives it.
    var requestName: RequestName {
        if let id = number.map(TaskID.init) { return RequestName(id) }
        var name = RequestName("")
        readHeader(.requestID) { name = RequestName(utf8: $0) }
        return name
    }

    /// The text of that name.
    var requestID: String { requestName.text }

    /// Appends that name: 128 bytes at most, none of which needs an escape.
    func writeRequestID(to output: inout OutputSpan<UInt8>) {
        if let number { return TaskID(number).write(to: &output) }
        output.append(copying: requestName.text.utf8.span.bytes)
    }

    /// Ends the response with the one shape that every error has.
    ///
    /// - Parameter details: Writes the members of `details`, for the errors that have some.
    func end(_ code: ErrorCode, _ message: String, details: ((inout JSONText) -> Void)? = nil) {
        status = code.status
        endObject { json in
            json.member("error") { error in
                error.errorMembers(code, message, requestID)
                if let details { error.member("details", details) }
            }
        }
    }

    /// Ends the response with 422: the parameter or field `name` does not keep to its rule.
    func end(invalid name: String, _ message: String) {
        end(.validationError, message) { $0.member("field", name) }
    }
}

extension JSONText {
    /// Writes the name of the request that `response` answers.
    @LoopActor
    mutating func member(requestIDOf response: ServerResponse) {
        if let id = response.number.map(TaskID.init) { return member("requestId", id) }
        response.readHeader(.requestID) { member("requestId", ascii: $0) }
    }

    /// What every error has.
    mutating func errorMembers(_ code: ErrorCode, _ message: String, _ requestID: String) {
        member("code", code.name)
        member("message", message)
        member("requestId", requestID)
        member("timestamp", Timestamp.now)
    }
}

extension TaskID {
    /// The number of a request, as the name that it has.
    fileprivate init(_ number: RequestNumber) { self.init(high: number.high, low: number.low) }
}

extension Timestamp {
    /// The time of day.
    static var now: Timestamp { Timestamp(milliseconds: SystemTime.milliseconds()) }
}
