import HTTPTypes
import Logging
import UVCore
import UVHTTP
import UVWebSocket

/// A line in the log for each request when it is answered, and for each WebSocket when it opens and when it ends.
///
/// A line holds no query and no field of the request but its id, so no token either.
@LoopActor
final class AccessLog {
    /// A request that has no line yet.
    final class Entry {
        let start = ContinuousClock.now
        /// Taken at once: a connection that is gone has none.
        let address: SocketAddress?
        /// The answer that is waited for. It is another one when the first was given up, as for a body that is too large.
        var response: ServerResponse?

        init(_ address: SocketAddress?) { self.address = address }

        var microseconds: Int { Int((ContinuousClock.now - start) / .microseconds(1)) }
    }

    private let log: Logger
    private let level: Logger.Level

    /// - Parameter isWanted: Whether lines are written at `info`; otherwise it is `debug`.
    /// - Returns: Nil where the log would drop the lines, so that they cost nothing.
    init?(_ log: Logger, isWanted: Bool) {
        level = isWanted ? .info : .debug
        guard log.logLevel <= level else { return nil }
        self.log = log
    }

    /// Writes a line when `response` has been sent, or will not be.
    func watch(_ request: IncomingMessage?, _ response: ServerResponse) {
        let entry = request?[Entry.self] ?? Entry(response.remoteAddress)
        entry.response = response
        request?[Entry.self] = entry
        response.whenClosed { [self] in
            guard entry.response == response else { return }
            entry.response = nil
            write(entry, request, response)
        }
    }

    private func write(_ entry: Entry, _ request: IncomingMessage?, _ response: ServerResponse) {
        let status = response.headersSent ? response.status.code : 0
        var fields = fields(of: request, entry, status: status, bytes: response.bodyLength)
        fields["requestId"] = "\(response.requestID)"
        if let trace = request.flatMap(TraceParent.init(of:)) {
            fields["traceId"] = "\(trace.trace)"
            fields["parentId"] = "\(trace.parent)"
        }
        if !response.isFinished { fields["aborted"] = .stringConvertible(true) }
        let outcome = response.isFinished ? "\(status)" : "aborted"
        log.log(level: level, "\(Self.name(of: request)) \(outcome)", metadata: fields)
    }

    private func fields(of request: IncomingMessage?, _ entry: Entry, status: Int, bytes: Int) -> Logger.Metadata {
        [
            "method": "\(request?.method.rawValue ?? "-")", "path": "\(request?.path ?? "-")",
            "status": .stringConvertible(status), "bytes": .stringConvertible(bytes),
            "microseconds": .stringConvertible(entry.microseconds),
            "address": "\(entry.address.map { "\($0)" } ?? "-")",
            "role": "\(request?[Role.self]?.name ?? "none")",
        ]
    }

    private static func name(of request: IncomingMessage?) -> String {
        request.map { "\($0.method.rawValue) \($0.path)" } ?? "No request"
    }
}

// MARK: - WebSockets

extension AccessLog {
    /// Writes a line now, in place of the one for the request, and another one when `socket` has ended.
    func watch(_ socket: WebSocket, openedBy request: IncomingMessage) {
        let entry = request[Entry.self] ?? Entry(socket.remoteAddress)
        let requestID = entry.response?.requestID ?? ""
        entry.response = nil
        write("opened", nil, entry, request, socket, requestID)
        let previous = socket.onClose
        socket.onClose = { [self] code, reason in
            try previous?(code, reason)
            write("closed with \(code.rawValue)", code, entry, request, socket, requestID)
        }
    }

    private func write(
        _ what: String, _ code: CloseCode?, _ entry: Entry, _ request: IncomingMessage, _ socket: WebSocket,
        _ requestID: String
    ) {
        var fields = fields(of: request, entry, status: 101, bytes: socket.bytesWritten)
        fields["requestId"] = "\(requestID)"
        if let code { fields["closeCode"] = .stringConvertible(Int(code.rawValue)) }
        log.log(level: level, "WebSocket \(request.path) \(what)", metadata: fields)
    }
}
