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
    ///
    /// - Parameter namesProcess: Whether each line says which process has written it.
    public static func taskflow(level: Logger.Level, format: LogFormat, namesProcess: Bool = false) -> Logger {
        var log = Logger(label: "taskflow") { _ in
            switch format {
            case .text: TextLogHandler(logLevel: level, isColoured: StandardStream.error.isTerminal)
            case .json: JSONLogHandler(logLevel: level)
            }
        }
        if namesProcess { log[metadataKey: "pid"] = .stringConvertible(Int(EventLoop.processID)) }
        return log
    }
}
