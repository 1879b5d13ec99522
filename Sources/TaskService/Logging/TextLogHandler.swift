import Logging
import TaskEngine
import UVCore

/// `2026-01-02T03:04:05.678Z INFO  Listening on http://127.0.0.1:3000 pid=42`
struct TextLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let isColoured: Bool

    init(logLevel: Logger.Level, isColoured: Bool) {
        self.logLevel = logLevel
        self.isColoured = isColoured
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level = event.level.rawValue.uppercased().padded(to: 8)
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0)=\($1)" }
            .joined()
        let line = "\(event.message)\(details)".withoutControls
        let time = Timestamp.now
        if isColoured {
            StandardStream.error.write("\u{1B}[2m\(time)\u{1B}[0m \(event.level.colour)\(level)\u{1B}[0m \(line)\n")
        } else {
            StandardStream.error.write("\(time) \(level) \(line)\n")
        }
    }
}

extension Logger.Level {
    /// The terminal's sequence that begins the level's colour.
    fileprivate var colour: String {
        switch self {
        case .trace, .debug: "\u{1B}[2m"
        case .info, .notice: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }

    /// A log line stays one line, and gives the terminal no orders, whatever a peer has put into it.
    fileprivate var withoutControls: String {
        guard utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return self }
        return String(
            unicodeScalars.flatMap { scalar -> [Character] in
                scalar.value < 32 || scalar.value == 127
                    ? Array("\\x" + String(scalar.value, radix: 16)) : [Character(scalar)]
            })
    }
}
