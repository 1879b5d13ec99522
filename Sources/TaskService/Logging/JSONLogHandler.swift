import Logging
import TaskEngine
import UVCore

/// `{"timestamp":"2026-01-02T03:04:05.678Z","level":"info","message":"Listening on …","pid":"42"}`
///
/// Numbers and truth values that are given as such are written as such.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(logLevel: Logger.Level) { self.logLevel = logLevel }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        StandardStream.error.write(Self.line(event, metadata.merging(event.metadata ?? [:]) { $1 }))
    }

    static func line(_ event: LogEvent, _ metadata: Logger.Metadata) -> [UInt8] {
        var line = JSONText.object { json in
            json.member("timestamp", Timestamp.now)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { json.member(named: key, value) }
        }
        line.append(UInt8(ascii: "\n"))
        return Self.withoutControls(line)
    }

    /// Escapes what JSON lets stand and a terminal may obey: DEL and the controls from U+0080 to U+009F, which are two
    /// bytes in UTF-8. In JSON they can only stand within a string.
    private static func withoutControls(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(where: { $0 == 0x7F || $0 == 0xC2 }) else { return line }
        var (result, index) = ([UInt8](), 0)
        while index < line.count {
            let byte = line[index]
            index += 1
            if byte == 0x7F {
                result += "\\u007f".utf8
            } else if byte == 0xC2, index < line.count, line[index] < 0xA0 {
                result += "\\u00\(String(line[index], radix: 16))".utf8
                index += 1
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

extension JSONText {
    fileprivate mutating func member(named name: String, _ value: Logger.MetadataValue) {
        guard case .stringConvertible(let value) = value else { return member(named: name, value.description) }
        switch value {
        case let number as Int: member(named: name, number)
        case let isSo as Bool: member(named: name, literal: isSo ? "true" : "false")
        case let number as Double where number.isFinite: member(named: name, literal: number.description)
        default: member(named: name, value.description)
        }
    }
}
