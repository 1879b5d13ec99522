import UVCore

func childStreams() -> Int32 {
    EventLoop.run { _ in
        let script = "read -r line; echo \"got $line\"; read -r line || echo \"no more input\"; exit 3"
        let child = ChildProcess.spawn("/bin/sh", ["-c", script], errors: .inherit)
        var text: [UInt8] = []
        var hasExited = false
        child.output?.onData = { bytes in
            text += bytes
            child.input?.end()
        }
        child.onExit = { exit in
            hasExited = true
            if case .code(let code) = exit { print("exit with code", code) }
        }
        child.onClose = {
            print("close, after the exit:", hasExited)
            print(text.text, terminator: "")
            endSleeper()
        }
        child.input?.write("a line\n")
        print("the errors are a stream:", child.errors != nil)
    }
}

@LoopActor
private func endSleeper() {
    let sleeper = ChildProcess.spawn("/bin/sleep", ["60"], input: .ignore, output: .ignore, errors: .ignore)
    sleeper.onExit = { exit in
        if case .signal(let signal) = exit { print("exit by", signal) }
        print("signal sent:", sleeper.kill())
    }
    sleeper.onClose = { print("close") }
    print("signal sent:", sleeper.kill())
}
