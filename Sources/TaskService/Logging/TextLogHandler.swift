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
        let level = event.level.label
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
    /// The name, as wide as the longest.
    fileprivate var label: StaticString {
        switch self {
        case .trace: "TRACE   "
        case .debug: "DEBUG   "
        case .info: "INFO    "
        case .notice: "NOTICE  "
        case .warning: "WARNING "
        case .error: "ERROR   "
        case .critical: "CRITICAL"
        }
    }

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
    /// A log line stays one line, gives the terminal no orders, and reads in one direction, whatever a peer has put into
    /// it.
    fileprivate var withoutControls: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.isControl {
                text.append(contentsOf: "\\x\(String(scalar.value, radix: 16))".unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1; the ends of lines and the changes of direction that are not ASCII.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
