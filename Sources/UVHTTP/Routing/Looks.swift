package import HTTPTypes
import UVCore

// What a server looks at in every request and answer. A generic function of another module is not specialised for its
// caller, and would cost several times as much as the look itself.

extension IncomingMessage {
    /// Whether the host and port that the request is for are these bytes.
    package func isFor(authority: [UInt8]) -> Bool {
        withAuthority { $0.isSame(as: authority.span.bytes) } ?? false
    }

    /// Gives the value of a known field to `body`, as ``header(_:)`` has it; false if there is none.
    package func readHeader(_ field: KnownField, _ body: (RawSpan) -> Void) -> Bool {
        if case .some = withHeader(field, body) { return true }
        return false
    }

    /// Gives the path's segment that the route's first `:name` stands for to `body`, percent-decoded; false if the route
    /// has no name.
    package func readFirstParameter(_ body: (RawSpan) -> Void) -> Bool {
        // The first byte of a path is a slash. A name for the whole route would cost two retains.
        guard let segment = exchange.state.route?.firstNamed, segment.lowerBound > 0 else { return false }
        withPath { $0.withDecodedSegment(segment, body) }
        return true
    }
}

extension ServerResponse {
    /// Gives the first value that the field `name` was set to to `body`; false if it was not.
    @discardableResult
    package func readHeader(_ name: HTTPField.Name, _ body: (RawSpan) -> Void) -> Bool {
        if case .some = withHeader(name, body) { return true }
        return false
    }
}
