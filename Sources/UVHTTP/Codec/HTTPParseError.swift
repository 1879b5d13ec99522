/// Why bytes were refused: one case a rule.
///
/// Each has the status that answers it and the code that Node's `clientError` event shows for the same bytes, so that
/// logs of both can be read side by side.
package enum HTTPParseError: Error, Equatable, Sendable, CaseIterable {
    // The start line, RFC 9112 sections 2.3, 3 and 4.
    case invalidMethod
    case unknownMethod
    case invalidTarget
    case invalidProtocol
    case invalidVersion
    case invalidStatus

    // Line ends, RFC 9112 section 2.2.
    case missingLineFeed
    case bareCarriageReturn
    case bareLineFeed

    // Field lines, RFC 9112 section 5.
    case spaceAfterStartLine
    case lineFolding
    case invalidFieldName
    case spaceBeforeColon
    case missingColon
    case invalidFieldValue
    case invalidHost

    // Framing, RFC 9112 sections 6 and 7.
    case invalidContentLength
    case repeatedContentLength
    case contentLengthBesideTransferEncoding
    case transferEncodingBesideContentLength
    case invalidTransferEncoding
    case unknownTransferCoding
    case transferEncodingInHTTP10
    case invalidChunkSize
    case invalidChunkExtension
    case missingChunkEnd
    case forbiddenTrailer
    case unexpectedEnd

    // Limits.
    case headTooLarge
    case tooManyFields
    case bodyTooLarge
    case chunkExtensionsTooLarge
    case tooManyInterimHeads
}

extension HTTPParseError {
    /// The status of the answer: 400, 413, 431 or 501.
    package var status: Int {
        switch self {
        case .headTooLarge, .tooManyFields: 431
        case .bodyTooLarge, .chunkExtensionsTooLarge: 413
        case .unknownMethod, .unknownTransferCoding: 501
        default: 400
        }
    }

    /// The code that Node shows. It has no limit on content nor on interim heads, so those two names are ours.
    package var code: String {
        switch self {
        case .invalidMethod, .unknownMethod: "HPE_INVALID_METHOD"
        case .invalidTarget: "HPE_INVALID_URL"
        case .invalidProtocol: "HPE_INVALID_CONSTANT"
        case .invalidVersion: "HPE_INVALID_VERSION"
        case .invalidStatus: "HPE_INVALID_STATUS"
        case .missingLineFeed, .missingChunkEnd, .invalidChunkExtension: "HPE_STRICT"
        case .bareCarriageReturn: "HPE_LF_EXPECTED"
        case .bareLineFeed: "HPE_CR_EXPECTED"
        case .spaceAfterStartLine: "HPE_UNEXPECTED_SPACE"
        case .lineFolding, .invalidFieldName, .spaceBeforeColon, .missingColon, .invalidFieldValue, .invalidHost,
            .forbiddenTrailer:
            "HPE_INVALID_HEADER_TOKEN"
        case .invalidContentLength, .contentLengthBesideTransferEncoding: "HPE_INVALID_CONTENT_LENGTH"
        case .repeatedContentLength: "HPE_UNEXPECTED_CONTENT_LENGTH"
        case .transferEncodingBesideContentLength, .invalidTransferEncoding, .unknownTransferCoding,
            .transferEncodingInHTTP10:
            "HPE_INVALID_TRANSFER_ENCODING"
        case .invalidChunkSize: "HPE_INVALID_CHUNK_SIZE"
        case .unexpectedEnd: "HPE_INVALID_EOF_STATE"
        case .headTooLarge, .tooManyFields: "HPE_HEADER_OVERFLOW"
        case .bodyTooLarge: "ERR_HTTP_CONTENT_TOO_LARGE"
        case .chunkExtensionsTooLarge: "HPE_CHUNK_EXTENSIONS_OVERFLOW"
        case .tooManyInterimHeads: "ERR_HTTP_TOO_MANY_INTERIM_HEADS"
        }
    }

    /// One sentence for people. It quotes nothing of what the peer sent.
    package var message: String {
        switch self {
        case .invalidMethod: "The method is not one of HTTP's, or is not followed by one space."
        case .unknownMethod: "The method is none that this server knows."
        case .invalidTarget: "The request target is not in a form that the method allows, or holds a forbidden byte."
        case .invalidProtocol: "The start line does not name HTTP."
        case .invalidVersion: "The version is neither HTTP/1.0 nor HTTP/1.1, or is not followed by CR LF."
        case .invalidStatus: "The status is not three digits, the first one not 0, and a reason of text."
        case .missingLineFeed: "A CR is not followed by LF."
        case .bareCarriageReturn: "A CR inside a field value is not followed by LF."
        case .bareLineFeed: "A line ends in LF without CR."
        case .spaceAfterStartLine: "There is white space between the start line and the first field."
        case .lineFolding: "A field value goes on on a second line."
        case .invalidFieldName: "A field name is empty or holds a byte that is not a token's."
        case .spaceBeforeColon: "There is white space between a field name and its colon."
        case .missingColon: "A field line has no colon."
        case .invalidFieldValue: "A field value holds a control character."
        case .invalidHost: "The Host field is not a host with an optional port."
        case .invalidContentLength: "Content-Length is not a decimal number, or is too large a one."
        case .repeatedContentLength: "There is more than one Content-Length."
        case .contentLengthBesideTransferEncoding: "There is a Content-Length after a Transfer-Encoding."
        case .transferEncodingBesideContentLength: "There is a Transfer-Encoding after a Content-Length."
        case .invalidTransferEncoding: "Transfer-Encoding is not a list of codings, or names chunked before its end."
        case .unknownTransferCoding: "The only transfer coding that this server knows is chunked."
        case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding."
        case .invalidChunkSize: "A chunk size is not a hexadecimal number, or is too large a one."
        case .invalidChunkExtension: "A chunk extension is not ;name or ;name=value."
        case .missingChunkEnd: "The data of a chunk is not followed by CR LF."
        case .forbiddenTrailer: "A trailer is a field that frames, routes or authorises, as only the head may."
        case .unexpectedEnd: "The connection ended inside a message."
        case .headTooLarge: "The head, or the trailer section, is too large."
        case .tooManyFields: "There are too many fields."
        case .bodyTooLarge: "The content is too large."
        case .chunkExtensionsTooLarge: "The chunk extensions are too large."
        case .tooManyInterimHeads: "The server says too much before its answer."
        }
    }
}
