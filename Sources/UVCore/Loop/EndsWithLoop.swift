/// Something with files that the loop ends at its own end: a pipe's file is closed, a thread is told to stop.
@LoopActor
protocol PipedFile: AnyObject {
    func loopWillEnd()
}

extension PipedFile {
    /// Has `loop` tell of its end, and keep this until then or until ``leave(_:)``. Silent the second time.
    func join(_ loop: EventLoop) { loop.pipedFiles[ObjectIdentifier(self)] = self }

    func leave(_ loop: EventLoop) { loop.pipedFiles[ObjectIdentifier(self)] = nil }
}
