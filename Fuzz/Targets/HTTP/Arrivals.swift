@testable import UVHTTP

/// Messages of HTTP that arrive whole, in pieces, and where little is allowed.
enum Arrivals {
    private static let small: HTTPLimits = {
        var limits = HTTPLimits()
        (limits.head, limits.fields, limits.body, limits.chunkExtensions) = (64, 3, 16, 8)
        return limits
    }()

    /// - Returns: The messages that `bytes` are.
    static func check(_ bytes: [UInt8], _ kind: MessageHeadParser.Kind) throws -> [WireReader.Message] {
        let few = try reading(bytes, kind, small)
        for message in few.messages {
            try expect(
                message.headBytes.count <= small.head && message.head.fields.count <= small.fields
                    && message.body.count <= small.body && message.trailers.count <= small.fields,
                "a limit does not hold: \(message)")
        }
        return try reading(bytes, kind, .defaults).messages
    }

    private static func reading(
        _ bytes: [UInt8], _ kind: MessageHeadParser.Kind, _ limits: HTTPLimits
    ) throws -> Reading {
        let whole = Reading(bytes, kind, limits: limits)
        let cut = Cuts(of: bytes).rows[0][0]
        let two = Reading(bytes, cutAt: cut, kind, limits: limits)
        try expect(two == whole, "cut at \(cut): \(two), and whole: \(whole)")
        guard bytes.count <= 200 else { return whole }
        let many = Reading(byteByByte: bytes, kind, limits: limits)
        try expect(many == whole, "byte by byte: \(many), and whole: \(whole)")
        return whole
    }
}

extension FuzzTarget {
    /// A head that is written of what was read means the same.
    static func checkWrittenAgain(
        _ message: WireReader.Message, asLine line: String, _ kind: MessageHeadParser.Kind
    ) throws {
        let bytes = [UInt8](latin1: ([line] + message.fields).joined(separator: "\r\n") + "\r\n\r\n")
        var parser = MessageHeadParser(kind, limits: .defaults)
        // White space that was left out is put back as one space, so that a head may be longer than the one that came.
        guard bytes.count <= HTTPLimits.defaults.head else { return }
        try expect(try parser.step(bytes.span.bytes) == .head(length: bytes.count), "it is no head once more: \(line)")
        var again = WireReader.Message(head: parser.head, headBytes: bytes)
        (again.body, again.trailers) = (message.body, message.trailers)
        let (new, old) = (again.head, message.head)
        try expect(
            again.fields == message.fields && new.framing == old.framing && new.isPersistent == old.isPersistent
                && new.expectation == old.expectation && new.hostCount == old.hostCount
                && new.requestsUpgrade == old.requestsUpgrade && new.method == old.method
                && new.status == old.status && new.minorVersion == old.minorVersion,
            "written again it means something else: \(again), and not \(message)")
    }
}
