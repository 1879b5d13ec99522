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
    var next = 0
    // The sink owns the closure, so the closure does not own the sink.
    let writeSome = { [unowned sink] in
        while next < count {
            next += 1
            guard sink.write(line(next - 1)) else { return }
        }
        sink.onDrain = nil
        sink.end()
    }
    sink.onDrain = writeSome
    writeSome()
}
