/// What the loop tells of its end, as no handle of libuv stands for it: a pipe's file is closed then, a thread is told to
/// stop.
@LoopActor
protocol EndsWithLoop: AnyObject {
    func loopWillEnd()
}

extension EndsWithLoop {
    /// Has `loop` tell of its end, and keep this until then or until ``leave(_:)``. Silent the second time.
    func join(_ loop: EventLoop) { loop.toldOfEnd[ObjectIdentifier(self)] = self }

    func leave(_ loop: EventLoop) { loop.toldOfEnd[ObjectIdentifier(self)] = nil }
}
