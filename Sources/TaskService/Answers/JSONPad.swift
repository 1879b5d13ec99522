import UVCore

/// Memory in which one answer after the other is written.
@LoopActor
enum JSONPad {
    /// Unchecked: it is lent to one caller at a time.
    @exclusivity(unchecked) private static var spare = JSONText()
    @exclusivity(unchecked) private static var isLent = false

    /// Lends an empty text. Another that is asked for meanwhile has memory of its own.
    static func lend(_ use: (inout JSONText) -> Void) {
        if isLent {
            var text = JSONText()
            return use(&text)
        }
        isLent = true
        spare.clear()
        use(&spare)
        isLent = false
    }
}
