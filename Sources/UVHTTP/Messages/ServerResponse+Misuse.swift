import UVCore

extension ServerResponse {
    /// A call came too late to count: an error in Node, here a warning, since the client has an answer. The first one of a
    /// response is told.
    func misuse(_ call: StaticString) {
        guard exchange.state.extras?.hasWarned != true else { return }
        exchange.setExtra { $0.hasWarned = true }
        let place = request.map { " (\($0.method) \($0.path))" } ?? ""
        let reason = isEnded ? "the response was ended" : "its head was sent"
        EventLoop.current.warn(
            LoopWarning(name: "HTTPResponseWarning", message: "\(call) came after \(reason), and has no effect\(place)")
        )
    }
}
