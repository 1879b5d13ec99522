import LoopTesting
import Testing
import UVCore

@Suite("All bytes of one thing go to another, as fast as that takes them, with one end")
struct PipeTests {
    private static let much = [UInt8](unsafeUninitializedCapacity: 8 << 20) { buffer, count in
        for index in 0..<(8 << 20) { buffer.initializeElement(at: index, to: UInt8(truncatingIfNeeded: index / 7)) }
        count = 8 << 20
    }

    /// Two connections: bytes go from the outside through `entry` and `exit` to the outside again.
    @LoopActor
    private struct Relay {
        let sender, entry, exit, receiver: Socket

        static func open(_ body: @escaping (Relay) throws -> Void) {
            Connection.open { one in
                Connection.open { two in
                    try body(
                        Relay(sender: one.client, entry: one.accepted, exit: two.accepted, receiver: two.client))
                }
            }
        }

        func destroy() { for socket in [sender, entry, exit, receiver] { socket.destroy() } }
    }

    @Test("A socket that is piped to itself is an echo, of all bytes in their order, to the end")
    func echo() async {
        let lines = await loggedLoop { _, log in
            Connection.open { connection in
                connection.accepted.pipe(to: connection.accepted) { log("piped \($0 == nil)") }
                var received: [UInt8] = []
                connection.client.onData = { received += $0 }
                connection.client.onClose = { hadError in log("\(received == Self.much) \(hadError)") }
                connection.client.end(Self.much)
            }
        }
        #expect(lines.sorted() == ["piped true", "true false"])
    }

    @Test("A sink that does not take them holds the source up, and little waits between the two")
    func backpressure() async {
        let lines = await loggedLoop { _, log in
            Relay.open { relay in
                relay.entry.pipe(to: relay.exit) { log("piped \($0 == nil)") }
                relay.receiver.pause()
                // More than the buffers of the system hold on the way.
                let count = 64 << 20
                relay.sender.end([UInt8](repeating: 7, count: count))
                turns(200) {
                    log("\(relay.sender.writableLength > 0) \(relay.exit.writableLength <= 2 * 65_536)")
                    var received = 0
                    relay.receiver.onBytes = { received += $0.byteCount }
                    relay.receiver.onEnd = { log("\(received == count)") }
                    relay.receiver.resume()
                }
            }
        }
        #expect(lines.first == "true true" && lines.dropFirst().sorted() == ["piped true", "true"])
    }

    @Test("A source that breaks: the one error, and the sink is given up; the program's own callbacks are called too")
    func brokenSource() async {
        let lines = await loggedLoop { _, log in
            Relay.open { relay in
                relay.entry.onError = { log("entry \($0.name)") }
                relay.entry.onClose = { log("entry closed \($0)") }
                relay.exit.onError = { log("exit \($0.name)") }
                relay.exit.onClose = { log("exit closed \($0)") }
                relay.entry.pipe(to: relay.exit) { error in
                    log("piped \((error as? LoopError)?.name ?? "well") \(relay.exit.isDestroyed)")
                }
                relay.receiver.resume()
                relay.sender.resetAndDestroy()
            }
        }
        #expect(
            lines == [
                "entry ECONNRESET", "entry closed true", "piped ECONNRESET true", "exit ECONNRESET",
                "exit closed true",
            ])
    }

    @Test("A sink that closes before the end is EPIPE, and the source is given up", arguments: [false, true])
    func closedSink(isEarlier: Bool) async {
        let lines = await loggedLoop { _, log in
            Relay.open { relay in
                if isEarlier { relay.exit.destroy() }
                relay.entry.pipe(to: relay.exit) { error in
                    log("piped \((error as? LoopError)?.name ?? "well") \(relay.entry.isDestroyed)")
                    relay.destroy()
                }
                relay.receiver.resume()
                if !isEarlier { relay.exit.destroy() }
            }
        }
        #expect(lines == ["piped EPIPE true"])
    }

    @Test("A source that is destroyed is EOF, one that was is ENOTCONN, and one that has ended is an end")
    func goneSource() async {
        for moment in ["after", "before", "ended"] {
            let lines = await loggedLoop { _, log in
                Relay.open { relay in
                    @LoopActor func begin() {
                        relay.entry.pipe(to: relay.exit) { error in
                            log("piped \((error as? LoopError)?.name ?? "well")")
                            relay.destroy()
                        }
                    }
                    relay.receiver.resume()
                    switch moment {
                    case "after":
                        begin()
                        relay.entry.destroy()
                    case "before":
                        relay.entry.destroy()
                        begin()
                    default:
                        relay.entry.allowsHalfOpen = true
                        relay.entry.onEnd = begin
                        relay.entry.resume()
                        relay.sender.end()
                    }
                }
            }
            #expect(lines == ["piped \(["after": "EOF", "before": "ENOTCONN"][moment] ?? "well")"])
        }
    }

    @Test("Through another program: what a client sends is sorted, and comes back")
    func program() async {
        let lines = await loggedLoop { _, log in
            Connection.open { connection in
                let sort = ChildProcess.spawn("sort", errors: .inherit)
                guard let input = sort.input, let output = sort.output else { return }
                let socket = connection.accepted
                socket.allowsHalfOpen = true
                socket.pipe(to: input) { log("in \($0 == nil)") }
                output.pipe(to: socket) { log("out \($0 == nil)") }
                var received: [UInt8] = []
                connection.client.onData = { received += $0 }
                connection.client.onClose = { _ in log(String(decoding: received, as: UTF8.self)) }
                connection.client.end("c\na\nb\n")
            }
        }
        #expect(lines.sorted() == ["a\nb\nc\n", "in true", "out true"] && lines.first == "in true")
    }

    @Test("A program that reads only a part is an error, and what was left is given up")
    func partial() async {
        let lines = await loggedLoop { _, log in
            Connection.open { connection in
                let head = ChildProcess.spawn("head", ["-c", "1"], output: .ignore, errors: .ignore)
                guard let input = head.input else { return }
                connection.accepted.pipe(to: input) { log("\($0 != nil) \(connection.accepted.isDestroyed)") }
                connection.client.onError = { _ in }
                connection.client.resume()
                connection.client.write(Self.much)
            }
        }
        #expect(lines == ["true true"])
    }

    @Test("A source that has ended is not given up when its sink fails behind that: it may still answer")
    func answer() async {
        let lines = await loggedLoop { _, log in
            Connection.open(allowsHalfOpen: true) { connection in
                connection.accepted.pipe(to: FailingSink()) { error in
                    log((error as? LoopError)?.name ?? "piped")
                    connection.accepted.end("the disk is full")
                }
                connection.accepted.onClose = { log("closed \($0)") }
                connection.client.onData = { log(String(decoding: $0, as: UTF8.self)) }
                connection.client.end("text")
            }
        }
        #expect(lines.sorted() == ["ENOBUFS", "closed false", "the disk is full"])
    }

    @Test("A task waits for the end, or throws the error; cancelled, it gives both sides up")
    func tasks() async {
        for moment in ["end", "break", "cancel", "early"] {
            let lines = await loggedLoop { loop, log in
                Relay.open { relay in
                    relay.receiver.resume()
                    let task = loop.spawn {
                        do {
                            try await relay.entry.pipe(to: relay.exit)
                            log("piped")
                        } catch {
                            log((error as? LoopError)?.name ?? "?")
                        }
                        if moment != "end" { log("\(relay.entry.isDestroyed) \(relay.exit.isDestroyed)") }
                        relay.destroy()
                    }
                    switch moment {
                    case "end": relay.sender.end("text")
                    case "break": relay.sender.resetAndDestroy()
                    case "early": task.cancel()
                    default: turns(5) { task.cancel() }
                    }
                }
            }
            let expected = ["end": ["piped"], "break": ["ECONNRESET", "true true"]]
            #expect(lines == expected[moment] ?? ["ECANCELED", "true true"], "\(moment)")
        }
    }
}

/// Takes all, and fails at the end.
@LoopActor
private struct FailingSink: ByteSink {
    func report(to writer: ByteWriter) {}

    func write(_ bytes: RawSpan) -> Bool { true }

    func finish(_ done: @escaping ((any Error)?) throws -> Void) {
        EventLoop.current.nextTick { try done(LoopError(.noBufferSpace, call: "write")) }
    }

    func abandon(_ error: any Error) {}
}
