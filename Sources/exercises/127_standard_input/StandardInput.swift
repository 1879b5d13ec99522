import UVCore

func standardInput() -> Int32 {
    EventLoop.run { loop in
        if EventLoop.environment("IS_READER") != nil { read(on: loop) } else { feed() }
    }
}

@LoopActor
private func read(on loop: EventLoop) {
    let input = loop.standardInput
    var rest = ""
    input.onData = { bytes in
        var lines = (rest + bytes.text).split(separator: "\n", omittingEmptySubsequences: false)
        rest = String(lines.removeLast())
        for line in lines { print("line:", line) }
        guard lines.contains("two") else { return }
        input.pause()
        loop.setTimeout(.milliseconds(100)) {
            print("paused, and left:", rest)
            input.resume()
        }
    }
    input.onEnd = { print("end, and left:", rest) }
    loop.setTimeout(.milliseconds(20)) { print("a timer, while nothing comes") }
}

@LoopActor
private func feed() {
    var pieces = ["one\ntw", "o\nthr", "ee"]
    var options = ChildProcess.Options()
    options.variables = [("IS_READER", "yes")]
    let child = ChildProcess.spawn(
        ChildProcess.ownPath, ["run", "127"], errors: .inherit, options: options)
    child.output?.onData = { bytes in
        print(bytes.text, terminator: "")
        guard !pieces.isEmpty else { return }
        child.input?.write(pieces.removeFirst())
        if pieces.isEmpty { child.input?.end() }
    }
    child.onClose = {
        if case .code(let code) = child.exit { print("the reader returned", code) }
    }
}
