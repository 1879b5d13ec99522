package import UVHTTP

// What is kept of messages that have not come whole is bounded for all WebSockets that came the same way together.
extension WebSocket: UnfinishedMessages.Owner {
    package var unfinished: UnfinishedMessages.Part? {
        get { extras?.unfinished }
        set { makeExtras().unfinished = newValue }
    }

    package var allUnfinished: UnfinishedMessages { shared.unfinished }

    /// Counts what is kept of the message under way. Most messages come whole.
    @inline(__always)
    func countUnfinished() {
        let bytes = state.assembler.keptBytes
        if bytes > 0 || extras?.unfinished != nil { countUnfinished(bytes) }
    }

    package func giveUpMessage() {
        state.assembler.giveUp()
        countUnfinished()
        fail(.tryAgainLater, "Too much is under way")
    }
}
