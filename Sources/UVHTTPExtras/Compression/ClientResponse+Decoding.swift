public import HTTPTypes
public import UVCompression
import UVCore
public import UVHTTP

extension HTTPFields {
    /// Asks a server for a compressed answer; read it by `ClientResponse.decodedBody(upTo:)`.
    public static var acceptingCompressed: HTTPFields { [.acceptEncoding: "gzip, deflate"] }
}

/// Why the body of an answer cannot be read as what it was made of.
public enum ContentCodingError: Error, Sendable {
    /// It has a coding that this library does not know: the value of its `Content-Encoding`.
    case unknown(String)
    /// The compressed bytes are not what they should be.
    case compression(CompressionError)
}

extension ClientResponse {
    /// The whole body as it was before the server has compressed it: RFC 9110 section 8.4. A body that was not compressed is
    /// given as it is.
    ///
    /// - Parameter limit: How many bytes it may be before and behind the decoding. More is `HTTPBodyError.tooLarge`,
    ///   and takes no more memory.
    /// - Throws: `HTTPBodyError`, or ``ContentCodingError``.
    public func decodedBody(upTo limit: Int = 1 << 20) async throws -> [UInt8] {
        // What cannot be made smaller has grown by its frame.
        let wire = try await body(upTo: min(limit, .max / 2) + min(limit, .max / 2) >> 8 + 1_024)
        guard let coding = try ContentCoding(header(.contentEncoding)) else {
            if wire.count > limit { throw HTTPBodyError.tooLarge }
            return wire
        }
        // The answer to HEAD says how its body would be coded.
        if wire.isEmpty { return wire }
        let format: CompressionFormat = coding == .gzip ? .gzip : Self.deflateFormat(wire)
        do throws(CompressionError) {
            return try Decompressor.inflate(wire, format, limit: limit)
        } catch {
            if case .tooLarge = error { throw HTTPBodyError.tooLarge }
            throw ContentCodingError.compression(error)
        }
    }

    /// RFC 9110 section 8.4.1.2 means zlib by `deflate`, and knows that some servers send it without: the two bytes of
    /// zlib's head tell (RFC 1950 section 2.2).
    private static func deflateFormat(_ bytes: [UInt8]) -> CompressionFormat {
        guard bytes.count >= 2, bytes[0] & 15 == 8, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0 else { return .raw }
        return .zlib
    }
}

/// A coding that a body can be freed of.
private enum ContentCoding {
    case gzip, deflate

    /// Nil for a body that is as it was made.
    init?(_ field: String?) throws(ContentCodingError) {
        guard let field, !field.isEmpty, !field.hasSame(asciiLowercase: "identity") else { return nil }
        if field.hasSame(asciiLowercase: "gzip") || field.hasSame(asciiLowercase: "x-gzip") {
            self = .gzip
        } else if field.hasSame(asciiLowercase: "deflate") {
            self = .deflate
        } else {
            throw .unknown(field)
        }
    }
}
