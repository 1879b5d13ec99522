/// What lines are written to, such as the response to a client.
public protocol Sink: AnyObject {
    /// Takes `text`, always; false says: no more, please, until `onDrain` is called.
    func write(_ text: String) -> Bool

    /// Called each time that there is room again.
    var onDrain: (() -> Void)? { get set }

    /// Says that nothing follows.
    func end()
}

/// Writes so many lines and ends the sink. A line is made when there is room for it, and not before.
public func send(_ count: Int, to sink: any Sink, line: @escaping (Int) -> String) {
    for number in 0..<count { _ = sink.write(line(number)) }
    sink.end()
}
