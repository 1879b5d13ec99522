import UVCore

/// The `Date` line of responses, made anew when a second has passed and not for each response.
struct DateLine {
    private var line: [UInt8] = []
    private var validUntil = Int64.min

    /// - Parameter now: The loop's time, which costs nothing to ask for.
    mutating func at(_ now: Int64) -> [UInt8] {
        guard now >= validUntil else { return line }
        let time = SystemTime.milliseconds()
        validUntil = now + 1_000 - time % 1_000
        line = Array("Date: ".utf8)
        HTTPDate(secondsSince1970: Int(time / 1_000)).append(to: &line)
        line += [13, 10]
        return line
    }
}
