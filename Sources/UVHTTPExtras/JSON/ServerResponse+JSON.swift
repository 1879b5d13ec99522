public import HTTPTypes
import UVCore
public import UVHTTP

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ServerResponse {
    /// Ends the response with `value` as JSON, with its Content-Length, and as `application/json` unless a `Content-Type`
    /// was set. The answer to a HEAD has the same fields.
    ///
    /// - Parameters:
    ///   - value: What is sent.
    ///   - status: What is set already, 200 at first, if it is left out.
    ///   - encoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: `EncodingError` if it cannot be encoded; then nothing was changed, and a handler that does not catch it is
    ///   answered 500.
    /// - Complexity: O(size of `value`), on the loop's thread.
    public func json(
        _ value: some Encodable, status: HTTPResponse.Status? = nil, with encoder: JSONEncoder? = nil
    ) throws {
        let body = try (encoder ?? JSONCoding.encoder).encode(value)
        if let status { self.status = status }
        if !headersSent, case .none = header(.contentType) { setHeader(.contentType, "application/json") }
        // The answer to HEAD has no body whose length could be known later.
        if !headersSent { setHeader(.contentLength, "\(body.count)") }
        end(body.bytes)
    }
}
