public import Logging
import UVCore

/// How log lines look.
public enum LogFormat: String, CaseIterable, Sendable {
    /// For people; with colour on a terminal.
    case text
    /// A JSON object a line, for machines.
    case json
}

extension Logger {
    /// A logger for standard error.
    public static func taskflow(level: Logger.Level, format: LogFormat) -> Logger {
        Logger(label: "taskflow") { _ in
            switch format {
            case .text: TextLogHandler(logLevel: level, isColoured: StandardStream.error.isTerminal)
            case .json: JSONLogHandler(logLevel: level)
            }
        }
    }
}
