import HTTPTypes
import UVCore

/// A status with the first line of its responses. Those with Node's phrases are made once.
struct StatusLine {
    let status: HTTPResponse.Status

    /// The line, with its line end.
    let bytes: [UInt8]

    init(_ status: HTTPResponse.Status) {
        self.status = status
        let index = status.code - Self.firstCode
        let line = Self.ready.indices.contains(index) ? Self.ready[index] : []
        let phrase = status.reasonPhrase
        // A status without a phrase has Node's.
        let isReady = !line.isEmpty && (phrase.utf8.isEmpty || line.span.bytes.hasPhrase(phrase.utf8.span.bytes))
        bytes = isReady ? line : Self.make(status.code, status.phrase)
    }

    /// The line of 200 OK.
    static let ok: StaticString = "HTTP/1.1 200 OK\r\n"

    private static func make(_ code: Int, _ phrase: String) -> [UInt8] { Array("HTTP/1.1 \(code) \(phrase)\r\n".utf8) }

    private static let firstCode = 100

    /// By code; empty where Node knows none.
    private static let ready = (firstCode..<600).map { code in
        HTTPResponse.Status.phrases[code].map { make(code, $0) } ?? []
    }
}

extension RawSpan {
    /// Whether a line begins with its code and ends with `phrase`.
    fileprivate func hasPhrase(_ phrase: RawSpan) -> Bool {
        let start = "HTTP/1.1 200 ".utf8.count
        guard byteCount > start else { return false }
        return extracting(start..<byteCount - 2).isSame(as: phrase)
    }
}

extension HTTPResponse.Status {
    /// The reason phrase to send: the status's own, or else Node's for the code.
    ///
    /// Two statuses have got new names since Node gave them theirs; on the wire they keep Node's.
    var phrase: String {
        let isNode = !Self.renamed.contains { $0.isSame(as: reasonPhrase) }
        return isNode ? reasonPhrase : Self.phrases[code] ?? "unknown"
    }

    /// No name at all, and those that Node does not know.
    private static let renamed = ["", "Content Too Large", "Unprocessable Content"]

    /// `http.STATUS_CODES` of Node 20.
    fileprivate static let phrases: [Int: String] = [
        100: "Continue",
        101: "Switching Protocols",
        102: "Processing",
        103: "Early Hints",
        200: "OK",
        201: "Created",
        202: "Accepted",
        203: "Non-Authoritative Information",
        204: "No Content",
        205: "Reset Content",
        206: "Partial Content",
        207: "Multi-Status",
        208: "Already Reported",
        226: "IM Used",
        300: "Multiple Choices",
        301: "Moved Permanently",
        302: "Found",
        303: "See Other",
        304: "Not Modified",
        305: "Use Proxy",
        307: "Temporary Redirect",
        308: "Permanent Redirect",
        400: "Bad Request",
        401: "Unauthorized",
        402: "Payment Required",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        406: "Not Acceptable",
        407: "Proxy Authentication Required",
        408: "Request Timeout",
        409: "Conflict",
        410: "Gone",
        411: "Length Required",
        412: "Precondition Failed",
        413: "Payload Too Large",
        414: "URI Too Long",
        415: "Unsupported Media Type",
        416: "Range Not Satisfiable",
        417: "Expectation Failed",
        418: "I'm a Teapot",
        421: "Misdirected Request",
        422: "Unprocessable Entity",
        423: "Locked",
        424: "Failed Dependency",
        425: "Too Early",
        426: "Upgrade Required",
        428: "Precondition Required",
        429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        451: "Unavailable For Legal Reasons",
        500: "Internal Server Error",
        501: "Not Implemented",
        502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
        505: "HTTP Version Not Supported",
        506: "Variant Also Negotiates",
        507: "Insufficient Storage",
        508: "Loop Detected",
        509: "Bandwidth Limit Exceeded",
        510: "Not Extended",
        511: "Network Authentication Required",
    ]
}
