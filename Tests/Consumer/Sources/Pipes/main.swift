import UVCore

EventLoop.main { loop in
    let sort = ChildProcess.spawn("sort", errors: .inherit)
    guard let input = sort.input, let output = sort.output else { return }
    loop.standardInput.pipe(to: input) { error in if let error { throw error } }
    output.pipe(to: loop.standardOutput) { error in if let error { throw error } }
    sort.onExit = { exit in loop.exitCode = exit == .code(0) ? 0 : 1 }
}
