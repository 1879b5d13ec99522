public import HTTPTypes
import UVCore

extension HTTPClient {
    /// Begins a request whose body is written piece by piece; ``ClientRequest/end()`` sends it off.
    ///
    /// - Parameters:
    ///   - method: Any but `CONNECT`.
    ///   - url: `http://` or, with TLS, `https://`; another fails with ``InvalidRequest``.
    ///   - headers: Sent in their order. `Host`, `Connection` and what frames the body are added where they are missing; a
    ///     `Content-Length` announces the body, which is sent in chunks without it.
    public func begin(_ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:]) -> ClientRequest {
        let place = HTTPURL(url)
        let head = OutgoingHead(method: method, url: place ?? .nowhere, fields: headers)
        let request = ClientRequest(
            head, place == nil ? .url : RequestMethod(method) == .connect ? .method : nil, of: self)
        request.start()
        return request
    }

    /// Sends a request with its whole body; `done` gets the head of the answer, whose body it may read, or the failure.
    @discardableResult
    public func request(
        _ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: [UInt8] = [],
        _ done: @escaping (Result<ClientResponse, Failure>) throws -> Void
    ) -> ClientRequest {
        let request = begin(method, url, headers: headers)
        request.onResponse = { [unowned request] response in
            // `done` has the answer: that the request is cut off behind it is not told a second time.
            request.onError = nil
            try done(.success(response))
        }
        request.onError = { try done(.failure($0)) }
        request.end(body)
        return request
    }

    /// Sends `GET`; `done` gets the head of the answer, whose body it may read, or the failure.
    @discardableResult
    public func get(
        _ url: String, headers: HTTPFields = [:], _ done: @escaping (Result<ClientResponse, Failure>) throws -> Void
    ) -> ClientRequest {
        request(.get, url, headers: headers, done)
    }

    /// Sends a request with its whole body, and waits for the head of the answer.
    ///
    /// - Throws: ``Failure/aborted`` if the task is cancelled: the request leaves the line, or its connection closes.
    public func request(
        _ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws(Failure) -> ClientResponse {
        let sent = SentRequest()
        let result = await withTaskCancellationHandler {
            await loop.suspend { continuation in
                sent.request = request(method, url, headers: headers, body: body) { result in
                    continuation.resume(returning: result)
                }
                if Task.isCancelled { sent.request?.abort() }
            }
        } onCancel: {
            EventLoop.execute { sent.request?.abort() }
        }
        return try result.get()
    }

    /// Sends `GET`, and waits for the head of the answer.
    ///
    /// - Throws: ``Failure/aborted`` if the task is cancelled.
    public func get(_ url: String, headers: HTTPFields = [:]) async throws(Failure) -> ClientResponse {
        try await request(.get, url, headers: headers)
    }
}

/// A request that a task waits for, known to what cancels it.
@LoopActor
private final class SentRequest {
    var request: ClientRequest?
}
