import Logging
import TaskEngine
import UVCore

/// `{"timestamp":"2026-01-02T03:04:05.678Z","level":"info","message":"Listening on …","pid":"42"}`
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
        var line = JSONText.object { json in
            json.ascii("timestamp", Timestamp.now.write)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
                $0.key < $1.key
            }) {
                json.member(named: key, value.description)
            }
        }
        line.append(UInt8(ascii: "\n"))
        StandardStream.error.write(line)
    }
}
