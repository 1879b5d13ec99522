/// Which end of the connection this process is.
///
/// A client masks every frame it sends and a server masks none (RFC 6455 section 5.1), so each knows what to expect.
package enum WebSocketRole: Sendable {
    case client
    case server
}
