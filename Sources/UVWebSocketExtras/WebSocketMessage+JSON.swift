package import UVHTTPExtras
public import UVWebSocket

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension WebSocketMessage {
    /// The content, decoded from JSON, of a text message or a binary one.
    ///
    /// ```swift
    /// for try await message in socket.messages {
    ///     guard let move = try? message.json(as: Move.self) else { return socket.close(.invalidPayload) }
    ///     try play(move)
    /// }
    /// ```
    /// - Parameters:
    ///   - type: What it is decoded as.
    ///   - decoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: `InvalidJSON` if it cannot be decoded, whose description says where. Where a route's task throws it, the
    ///   WebSocket is closed as after any other error, with `CloseCode.internalError`: a program that tells a peer's
    ///   mistake from its own catches it.
    /// - Complexity: O(length), on the loop's thread.
    public func json<Value: Decodable>(
        as type: Value.Type = Value.self, with decoder: JSONDecoder? = nil
    ) throws(InvalidJSON) -> Value {
        try JSONCoding.value(type, of: bytes, with: decoder)
    }
}
