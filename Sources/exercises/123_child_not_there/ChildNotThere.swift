import UVCore

func childNotThere() -> Int32 {
    EventLoop.run { loop in
        let child = ChildProcess.spawn("/no/such/program")
        child.onExit = { _ in print("exit") }
        child.onError = { error in print("error", error.name) }
        child.onClose = { print("close") }
        child.input?.write("lost")
        print("it has a number:", child.processID != nil)
        loop.nextTick { print("tick") }
        loop.setImmediate { print("immediate") }
    }
}
