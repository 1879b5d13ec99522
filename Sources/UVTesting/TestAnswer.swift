public import HTTPTypes
import UVCore

/// A whole answer, as a ``TestClient`` has got it.
public struct TestAnswer: Sendable {
    /// The status that the handler has set, or what it threw.
    public let status: HTTPResponse.Status

    /// In the order they came.
    public let headers: HTTPFields

    /// The whole body.
    public let body: [UInt8]

    /// The body as UTF-8; what is none becomes U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the field `name`, several joined by a comma; nil if there is none.
    public func header(_ name: HTTPField.Name) -> String? { headers[name] }
}
