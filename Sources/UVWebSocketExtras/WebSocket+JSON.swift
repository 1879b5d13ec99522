import UVHTTPExtras
public import UVWebSocket

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension WebSocket {
    /// Sends `value` as JSON, in a text message.
    ///
    /// - Parameters:
    ///   - value: What is sent. An array of bytes is taken for JSON that is encoded already.
    ///   - encoder: Dates are text as in RFC 3339 if it is left out.
    /// - Returns: as `WebSocket.send(_:)` of a text: false when so much waits that the program should stop until `onDrain`.
    /// - Throws: `EncodingError` if it cannot be encoded; then nothing is sent.
    /// - Complexity: O(size of `value`), on the loop's thread.
    @discardableResult
    public func send(json value: some Encodable, with encoder: JSONEncoder? = nil) throws -> Bool {
        send(json: try JSONCoding.bytes(of: value, with: encoder))
    }
}

extension WebSocketHub {
    /// Sends `value` as JSON to every member of `audience`, but not to `sender`; it is encoded once.
    ///
    /// - Parameters:
    ///   - value: What is sent.
    ///   - audience: The members that it is for.
    ///   - sender: A member that is passed over.
    ///   - encoder: Dates are text as in RFC 3339 if it is left out.
    /// - Throws: `EncodingError` if it cannot be encoded; then nothing is sent.
    /// - Complexity: O(size of `value`), on the loop's thread, and as of `WebSocketHub.broadcast(_:to:except:)`.
    public func broadcast(
        json value: some Encodable, to audience: Audience, except sender: WebSocket? = nil,
        with encoder: JSONEncoder? = nil
    ) throws {
        let message = WebSocketMessage(json: try JSONCoding.bytes(of: value, with: encoder))
        broadcast(message, to: audience, except: sender)
    }
}
