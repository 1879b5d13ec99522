import Foundation
import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Each in a process of its own, whose descriptors 0 to 2 are its to change.
@Suite("Standard input and output do not hold up the loop")
struct StandardStreamTests {
    @Test("A pipe is read to its end, and stays for others as it was: one that blocks")
    func pipe() async {
        await #expect(processExitsWith: .success) {
            let ends = newPipe()
            dup2(ends.reading, 0)
            let log = Log()
            let code = EventLoop.run { loop in
                let input = loop.standardInput
                input.onData = { bytes in log(String(decoding: bytes, as: UTF8.self)) }
                input.onEnd = { log("end") }
                log("\(input.isTerminal) \(fcntl(0, F_GETFL) & O_NONBLOCK)")
                turns(5) {
                    _ = write(ends.writing, "hello", 5)
                    turns(5) { close(ends.writing) }
                }
            }
            precondition(code == 0 && log.lines == ["false 0", "hello", "end"], "\(log.lines)")
        }
    }

    @Test("A file is read to its end, and so is nothing; a folder is an error")
    func file() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/file"
            _ = FileManager.default.createFile(atPath: path, contents: Data(repeating: 120, count: 200_000))
            for (path, expected) in [(path, ["200000"]), ("/dev/null", ["0"]), ("/", ["EISDIR"])] {
                let file = open(path, O_RDONLY)
                dup2(file, 0)
                close(file)
                let log = Log()
                let code = EventLoop.run { loop in
                    var count = 0
                    let input = loop.standardInput
                    input.onData = { bytes in count += bytes.count }
                    input.onEnd = { log("\(count)") }
                    input.onError = { error in log(error.name) }
                }
                precondition(code == 0 && log.lines == expected, "\(log.lines)")
            }
        }
    }

    @Test("Output whose reader is slow waits, in order, and the loop goes on; a reader that has gone is EPIPE")
    func slowReader() async {
        await #expect(processExitsWith: .success) {
            let ends = newPipe()
            dup2(ends.writing, 1)
            close(ends.writing)
            let log = Log()
            let code = EventLoop.run { loop in
                let output = loop.standardOutput
                let piece = [UInt8](repeating: 120, count: 1 << 20)
                log("\(output.write(piece)) \(output.write("end"))")
                output.onDrain = {
                    log("drain")
                    turns(5) {
                        output.onError = { log($0.name) }
                        output.write("lost")
                    }
                }
                loop.setTimeout(.milliseconds(1)) {
                    log("the loop goes on")
                    let reader = try Socket.open(descriptor: ends.reading)
                    var received: [UInt8] = []
                    reader.onData = { bytes in
                        received += bytes
                        guard received.count == piece.count + 3 else { return }
                        log("\(received.suffix(4) == Array("xend".utf8)[...])")
                        reader.destroy()
                    }
                }
            }
            let flags = fcntl(1, F_GETFL) & O_NONBLOCK
            precondition(
                code == 0 && flags == 0
                    && log.lines.filter { $0 != "drain" } == ["false false", "the loop goes on", "true", "EPIPE"],
                "\(log.lines)")
        }
    }

    @Test("A file is written in order, and standard error beside it")
    func outputFile() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/file"
            for descriptor in [1, 2] as [Int32] {
                let file = open("\(path)\(descriptor)", O_WRONLY | O_CREAT, 0o600)
                dup2(file, descriptor)
                close(file)
            }
            let code = EventLoop.run { loop in
                for number in 0..<1_000 { loop.standardOutput.write("\(number)\n") }
                loop.standardError.write("error\n")
            }
            let lines = (0..<1_000).map { "\($0)\n" }.joined()
            let text = FileManager.default.contents(atPath: "\(path)1").map { String(decoding: $0, as: UTF8.self) }
            let errors = FileManager.default.contents(atPath: "\(path)2").map { String(decoding: $0, as: UTF8.self) }
            precondition(code == 0 && text == lines && errors == "error\n")
        }
    }

    @Test("What is piped into standard output is all written, and it stays open", arguments: [false, true])
    func piping(isFile: Bool) async {
        await #expect(processExitsWith: .success) { [isFile = isFile as Bool] in
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/file"
            _ = FileManager.default.createFile(atPath: path, contents: Data(repeating: 120, count: 100_000))
            let input = open(path, O_RDONLY)
            dup2(input, 0)
            let ends = newPipe()
            dup2(isFile ? open("\(path)-copy", O_RDWR | O_CREAT, 0o600) : ends.writing, 1)
            close(ends.writing)
            let log = Log()
            let code = EventLoop.run { loop in
                let reader = try Socket.open(descriptor: ends.reading)
                var count = 0
                reader.onBytes = { bytes in
                    count += bytes.byteCount
                    if count == 100_003 { reader.destroy() }
                }
                loop.standardInput.pipe(to: loop.standardOutput) { error in
                    log("\(error == nil)")
                    loop.standardOutput.write("end")
                    if isFile { reader.destroy() }
                }
            }
            let copy = FileManager.default.contents(atPath: "\(path)-copy")
            precondition(code == 0 && log.lines == ["true"], "\(log.lines)")
            precondition(!isFile || copy?.count == 100_003)
        }
    }

    @Test("Raw mode hands on each key, and the terminal is as it was when the loop has ended; no terminal has none")
    func rawMode() async {
        await #expect(processExitsWith: .success) {
            guard let terminal = newTerminal() else { return }
            dup2(terminal.screen, 0)
            let log = Log()
            let code = EventLoop.run { loop in
                let input = loop.standardInput
                try input.setRawMode(true)
                log("\(input.isTerminal) \(isCanonical(terminal.screen))")
                input.onData = { bytes in
                    log("\(bytes)")
                    loop.exit()
                }
                turns(5) { _ = write(terminal.keyboard, "\u{3}", 1) }
            }
            precondition(isCanonical(terminal.screen))
            dup2(newPipe().reading, 0)
            _ = EventLoop.run { loop in
                do throws(LoopError) { try loop.standardInput.setRawMode(true) } catch { log(error.name) }
            }
            precondition(code == 0 && log.lines == ["true false", "[3]", "ENOTTY"], "\(log.lines)")
        }
    }

    @Test("A signal that ends the program gives the terminal back first")
    func rawModeAtSignal() async {
        guard let terminal = newTerminal() else { return }
        let name = terminal.name
        await #expect(processExitsWith: .signal(SIGTERM)) { [name = name as String] in
            dup2(open(name, O_RDWR | O_NOCTTY), 0)
            _ = EventLoop.run { loop in
                try loop.standardInput.setRawMode(true)
                loop.standardInput.onData = { _ in }
                precondition(!isCanonical(0))
                // To the process: the thread of a test may not take signals.
                loop.setImmediate { _ = kill(getpid(), SIGTERM) }
            }
        }
        #expect(isCanonical(terminal.screen))
    }
}

private func newPipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0)
    return (ends[0], ends[1])
}

/// A terminal: what is written to `keyboard` is typed there. See `man 4 pts`.
private func newTerminal() -> (keyboard: Int32, screen: Int32, name: String)? {
    let keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (lock, number): (Int32, Int32) = (0, 0)
    // TIOCSPTLCK and TIOCGPTN, as Linux has them.
    guard keyboard >= 0, ioctl(keyboard, 0x4004_5431, &lock) == 0, ioctl(keyboard, 0x8004_5430, &number) == 0 else {
        return nil
    }
    let name = "/dev/pts/\(number)"
    return (keyboard, open(name, O_RDWR | O_NOCTTY), name)
}

/// Whether the terminal hands on whole lines.
private func isCanonical(_ terminal: Int32) -> Bool {
    var attributes = termios()
    return tcgetattr(terminal, &attributes) == 0 && attributes.c_lflag & tcflag_t(ICANON) != 0
}
