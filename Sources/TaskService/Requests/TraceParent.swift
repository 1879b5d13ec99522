import UVCore
import UVHTTP

/// What a request says of the trace that it belongs to: `traceparent` of W3C Trace Context, level 1.
///
/// ```
/// 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
///  │  trace                           parent           flags
///  └─ version: a later one may have more behind the flags
/// ```
///
/// A field that is not exactly so is as if it were not there, as section 3.2 has it; so are two of them.
struct TraceParent: Sendable {
    let trace: String
    let parent: String
    /// All of it, as a name of the request: characters that one may have.
    let text: String

    private static let length = 55

    /// - Complexity: O(1).
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.length else { return nil }
        for place in 0..<Self.length {
            let byte = bytes.byte(at: place)
            switch place {
            case 2, 35, 52: guard byte == UInt8(ascii: "-") else { return nil }
            default: guard Self.isHexDigit(byte) else { return nil }
            }
        }
        let version = bytes.extracting(0..<2)
        guard !version.isSame(as: "ff"), Self.mayEnd(bytes, isFirstVersion: version.isSame(as: "00")),
            !Self.isZero(bytes.extracting(3..<35)), !Self.isZero(bytes.extracting(36..<52))
        else { return nil }
        trace = bytes.extracting(3..<35).text
        parent = bytes.extracting(36..<52).text
        text = bytes.extracting(0..<Self.length).text
    }

    /// Nothing comes behind the flags of the first version; behind those of a later one a dash, and what it has more.
    private static func mayEnd(_ bytes: RawSpan, isFirstVersion: Bool) -> Bool {
        bytes.byteCount == length || !isFirstVersion && bytes.byte(at: length) == UInt8(ascii: "-")
    }

    /// What the request says; nil if it says nothing of the form.
    @LoopActor
    init?(of request: IncomingMessage) {
        guard let trace = request.withHeader(.traceParent, TraceParent.init) ?? nil else { return nil }
        self = trace
    }

    /// In lower case alone.
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
    }

    private static func isZero(_ bytes: RawSpan) -> Bool {
        (0..<bytes.byteCount).allSatisfy { bytes.byte(at: $0) == UInt8(ascii: "0") }
    }
}
