public import HTTPTypes
import UVCore
public import UVHTTP

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension HTTPClient {
    /// Sends a request whose body is `value` as JSON, and waits for the head of the answer.
    ///
    /// ```swift
    /// let answer = try await client.post("http://localhost:3000/tasks", json: ["title": "Water the plants"])
    /// let task = try await answer.json(as: Task.self)
    /// ```
    /// - Parameters:
    ///   - method: The method.
    ///   - url: Where it goes.
    ///   - headers: `Content-Type` and `Accept` are `application/json` where they are missing.
    ///   - value: What is sent.
    ///   - encoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: `EncodingError` if the value cannot be encoded, before anything is sent; `HTTPClient.Failure` as
    ///   `HTTPClient.request(_:_:headers:body:)` does.
    public func request(
        _ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], json value: some Encodable,
        with encoder: JSONEncoder? = nil
    ) async throws -> ClientResponse {
        var headers = headers
        if case .none = headers[.contentType] { headers[.contentType] = "application/json" }
        if case .none = headers[.accept] { headers[.accept] = "application/json" }
        let body = try (encoder ?? JSONCoding.encoder).encode(value)
        return try await request(method, url, headers: headers, body: Array(body))
    }

    /// Sends `POST` with `value` as JSON, and waits for the head of the answer. See
    /// ``request(_:_:headers:json:with:)``.
    public func post(
        _ url: String, headers: HTTPFields = [:], json value: some Encodable, with encoder: JSONEncoder? = nil
    ) async throws -> ClientResponse {
        try await request(.post, url, headers: headers, json: value, with: encoder)
    }

    /// Sends `PUT` with `value` as JSON, and waits for the head of the answer. See
    /// ``request(_:_:headers:json:with:)``.
    public func put(
        _ url: String, headers: HTTPFields = [:], json value: some Encodable, with encoder: JSONEncoder? = nil
    ) async throws -> ClientResponse {
        try await request(.put, url, headers: headers, json: value, with: encoder)
    }

    /// Sends `PATCH` with `value` as JSON, and waits for the head of the answer. See
    /// ``request(_:_:headers:json:with:)``.
    public func patch(
        _ url: String, headers: HTTPFields = [:], json value: some Encodable, with encoder: JSONEncoder? = nil
    ) async throws -> ClientResponse {
        try await request(.patch, url, headers: headers, json: value, with: encoder)
    }
}

extension ClientResponse {
    /// The body, decoded from JSON, whatever the status: look at that first.
    ///
    /// - Parameters:
    ///   - type: What it is decoded as.
    ///   - limit: Of a longer body it throws `HTTPBodyError.tooLarge`, and the answer is given up. As long as
    ///     `HTTPLimits.body` if it is left out.
    ///   - decoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: ``InvalidJSON`` if a `Content-Type` says that it is something else, which gives the answer up, or if it
    ///   cannot be decoded; `HTTPBodyError` as `ClientResponse.body(upTo:)` does.
    /// - Complexity: O(length of the body), on the loop's thread.
    public func json<Value: Decodable>(
        as type: Value.Type = Value.self, upTo limit: Int? = nil, with decoder: JSONDecoder? = nil
    ) async throws -> Value {
        if let contentType = header(.contentType), !JSONType.isNamed(by: contentType) {
            destroy()
            throw InvalidJSON("The answer is not of the type application/json.")
        }
        return try JSONCoding.value(type, of: try await body(upTo: limit), with: decoder)
    }
}
