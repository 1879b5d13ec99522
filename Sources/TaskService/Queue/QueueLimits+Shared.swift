import TaskEngine
import TaskStorage
import UVCore

extension QueueLimits {
    /// What all servers of a store have to agree on, as the flags say it.
    var shared: [SharedSetting] {
        [
            SharedSetting("--max-tasks", "\(tasks)"),
            SharedSetting("--max-bytes", "\(bytes)"),
            SharedSetting("--aging", Self.flagText(aging)),
            SharedSetting("--keep-completed", Self.flagText(retention.completed ?? .zero)),
            SharedSetting("--keep-failed", Self.flagText(retention.failed ?? .zero)),
            SharedSetting("--keep", "\(retention.count ?? 0)"),
        ]
    }

    /// In the largest unit that leaves no fraction, so that each time is written in one way: `1m`, whether that was said as
    /// 60s or as 1m.
    static func flagText(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds.isMultiple(of: length) && milliseconds > 0 {
            return "\(milliseconds / length)\(unit)"
        }
        return milliseconds == 0 ? "0" : "\(milliseconds)ms"
    }
}
