import Glibc

/// What the peers answer `GET /health` with: taskflow's body and request id, made anew for each request.
public struct Answer {
    public let requestID: String
    public let body: String

    public init() {
        var random = SystemRandomNumberGenerator()
        requestID = Self.uuid(random.next(), random.next())
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        body =
            #"{"status":"healthy","timestamp":"\#(Self.text(of: now))","requestId":"\#(requestID)","uptimeSeconds":0}"#
    }

    /// `2026-01-02T03:04:05.678Z`
    private static func text(of time: timespec) -> String {
        var (seconds, parts) = (time.tv_sec, tm())
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            strftime(text.baseAddress, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
            let milliseconds = 1_000 + time.tv_nsec / 1_000_000
            return "\(String(cString: text.baseAddress.unsafelyUnwrapped)).\(String(milliseconds).dropFirst())Z"
        }
    }

    private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var digit = 0
            for place in 0..<36 {
                if place == 8 || place == 13 || place == 18 || place == 23 {
                    text[place] = UInt8(ascii: "-")
                    continue
                }
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(4 * (15 - digit % 16))) & 15
                text[place] = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                digit += 1
            }
            return 36
        }
    }
}
