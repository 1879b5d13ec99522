import HTTPTypes
import UVCore
public import UVHTTP

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension IncomingMessage {
    /// The body, decoded from JSON.
    ///
    /// ```swift
    /// router.post("/tasks") { request, response in
    ///     let task = try await request.json(as: NewTask.self)
    ///     try response.json(store.add(task), status: .created)
    /// }
    /// ```
    /// - Parameters:
    ///   - type: What it is decoded as.
    ///   - limit: How long the body may be, in bytes.
    ///   - decoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: `HTTPError` with 415 if a `Content-Type` says that it is something else, none being taken for JSON; with
    ///   400 and a message that says where if it cannot be decoded; with 413 if it is longer than `limit`.
    ///   `HTTPBodyError` if it has not arrived whole, or was read before.
    /// - Complexity: O(length of the body), on the loop's thread.
    public func json<Value: Decodable>(
        as type: Value.Type = Value.self, upTo limit: Int = 1_048_576, with decoder: JSONDecoder? = nil
    ) async throws -> Value {
        if let contentType = header(.contentType), !JSONType.isNamed(by: contentType) {
            throw HTTPError(.unsupportedMediaType, "The body must be of the type application/json.")
        }
        do {
            return try JSONCoding.value(type, of: try await body(upTo: limit), with: decoder)
        } catch HTTPBodyError.tooLarge {
            throw HTTPError(.contentTooLarge, "The body may have \(limit) bytes at most.")
        } catch let error as InvalidJSON {
            throw HTTPError(.badRequest, error.description)
        }
    }
}
