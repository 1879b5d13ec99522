/// A file that the loop closes at its end, if the pipe has not come to one.
@LoopActor
protocol PipedFile: AnyObject {
    func loopWillEnd()
}
