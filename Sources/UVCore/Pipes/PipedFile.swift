/// Something with files that the loop ends at its own end: a pipe's file is closed, a thread is told to stop.
@LoopActor
protocol PipedFile: AnyObject {
    func loopWillEnd()
}
