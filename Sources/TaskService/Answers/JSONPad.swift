import UVCore

/// Memory in which one answer after the other is written.
@LoopActor
enum JSONPad {
    @exclusivity(unchecked) private static var spare = JSONText()

    /// Lends an empty text. Another that is asked for meanwhile has memory of its own.
    static func lend(_ use: (inout JSONText) -> Void) {
        var text = JSONText()
        swap(&text, &spare)
        text.clear()
        use(&text)
        swap(&text, &spare)
    }
}
