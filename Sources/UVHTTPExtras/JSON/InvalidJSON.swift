/// Bytes that are no JSON, or not that of the wanted value.
public struct InvalidJSON: Error, Sendable, CustomStringConvertible {
    /// One sentence for people that says where, such as `tasks[3].title: Expected to decode String but found number instead.`
    public let description: String

    /// - Parameter json: What was decoded.
    init(_ error: any Error, in json: [UInt8]) {
        if case DecodingError.dataCorrupted = error, let place = JSONPlace(in: json) {
            let what = place.isEnd ? "JSON ends too early" : "JSON is not valid"
            description = "\(what): line \(place.line), column \(place.column)."
        } else {
            description = Self.cut((error as? DecodingError)?.sentence ?? "\(error)")
        }
    }

    init(_ description: String) { self.description = description }

    /// It holds names that the peer has chosen: bounded, and without what could begin another line.
    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longest).map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    private static let longest = 300
}

extension DecodingError {
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.text(context.codingPath + [key])) is missing."
        case .valueNotFound(_, let context): "\(Self.text(context.codingPath)) must not be null."
        case .typeMismatch(_, let context): "\(Self.text(context.codingPath)): \(context.debugDescription)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? context.debugDescription : "\(Self.text(context.codingPath)): \(context.debugDescription)"
        @unknown default: "The body is not JSON of the wanted form."
        }
    }

    /// `tasks[3].title`; the whole value is `JSON`. A path is as deep as the peer has made it: its end says most.
    private static func text(_ path: [any CodingKey]) -> String {
        let text = path.suffix(8).map { key in
            key.intValue.map { "[\($0)]" } ?? ".\(Substring(key.stringValue.unicodeScalars.prefix(40)))"
        }
        .joined()
        guard let first = text.utf8.first else { return "JSON" }
        return first == UInt8(ascii: ".") ? String(Substring(text.utf8.dropFirst())) : text
    }
}
