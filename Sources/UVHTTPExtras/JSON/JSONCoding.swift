#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// How values are turned into JSON and back where the program gives no coder of its own. Dates are text as in RFC 3339:
/// Foundation's own default, a number of seconds since 2001, is one that other languages do not know.
package enum JSONCoding {
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        // Equal values are equal bytes: dictionaries and keys have no order of their own.
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// `value` as JSON.
    package static func bytes(of value: some Encodable, with encoder: JSONEncoder?) throws -> [UInt8] {
        Array(try (encoder ?? Self.encoder).encode(value))
    }

    /// What `body` says.
    package static func value<Value: Decodable>(
        _ type: Value.Type, of body: [UInt8], with decoder: JSONDecoder?
    ) throws(InvalidJSON) -> Value {
        // What has a byte of zero is UTF-16 or UTF-32, which the decoder takes, too, and RFC 8259 section 8.1 does not.
        if body.contains(0) { throw InvalidJSON("JSON has to be UTF-8.") }
        if CombiningRuns.areTooLong(in: body) {
            throw InvalidJSON("JSON: A text has more than 30 combining characters in a row.")
        }
        do { return try (decoder ?? Self.decoder).decode(type, from: Data(body)) } catch {
            throw InvalidJSON(error, in: body)
        }
    }
}
