public import HTTPTypes
import UVCore

extension ServerResponse {
    /// Sends `100 Continue`: the client may send the body now. RFC 9110 section 15.2.1.
    public func writeContinue() {
        exchange.state.value.tellToContinue()
        writeInformational("HTTP/1.1 100 Continue\r\n\r\n", "writeContinue")
    }

    /// Sends `102 Processing`: the client should go on waiting. RFC 2518 section 10.1.
    public func writeProcessing() { writeInformational("HTTP/1.1 102 Processing\r\n\r\n", "writeProcessing") }

    /// Sends `103 Early Hints` with `fields`, such as links to load meanwhile. RFC 8297.
    public func writeEarlyHints(_ fields: HTTPFields) {
        let lines = fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        writeInformational("HTTP/1.1 103 Early Hints\r\n\(lines)\r\n", "writeEarlyHints")
    }

    private func writeInformational(_ text: String, _ call: StaticString) {
        guard !headersSent else { return misuse(call) }
        guard exchange.responseHead.minorVersion > 0 else { return }
        exchange.send(text.utf8Span.span.bytes)
    }
}
