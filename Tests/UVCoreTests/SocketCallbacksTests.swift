import LoopTesting
import Testing
import UVCore

@Suite("A write and an end tell when the system has taken them")
struct SocketCallbacksTests {
    /// Opens a connection whose other end reads, and calls `body` with this end and the log.
    private func talk(_ body: @escaping @LoopActor (Connection, Log) throws -> Void) async -> [String] {
        let log = Log()
        let code = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            Connection.open { connection in try body(connection, log) }
        }
        #expect(code == 0)
        return log.lines
    }

    /// More than the system takes at once, even from one end of the loopback to the other.
    private static let much = [UInt8](repeating: 7, count: 16 << 20)

    @Test("What is taken at once is told in a tick, in the order of the writes, also of no bytes; the end comes last")
    func atOnce() async {
        let lines = await talk { connection, log in
            connection.accepted.resume()
            let client = connection.client
            client.resume()
            client.write("one") { log("one \($0 == nil)") }
            client.write([]) { log("none \($0 == nil)") }
            client.write("two".utf8Span.span.bytes) { log("two \($0 == nil)") }
            client.onClose = { log("closed \($0)") }
            client.end("three") { log("end \($0 == nil)") }
            log("called")
        }
        #expect(lines == ["called", "one true", "none true", "two true", "end true", "closed false"])
    }

    @Test("A write that has to wait is told when its last byte is taken, behind onDrain")
    func later() async {
        let lines = await talk { connection, log in
            let (client, accepted) = (connection.client, connection.accepted)
            client.onDrain = { log("drain \(client.writableLength)") }
            log("\(client.write(Self.much) { log("much \($0 == nil) \(client.writableLength > 0)") })")
            client.write("more") { _ in
                log("more")
                connection.destroy()
            }
            accepted.resume()
        }
        #expect(lines == ["false", "drain 0", "much true false", "more"])
    }

    @Test("Corked writes are told when they have left")
    func corked() async {
        let lines = await talk { connection, log in
            let client = connection.client
            client.cork()
            client.write("one") { _ in log("one") }
            client.write("two") { _ in
                log("two")
                connection.destroy()
            }
            EventLoop.current.nextTick { log("tick") }
        }
        #expect(lines == ["tick", "one", "two"])
    }

    @Test("A socket that is destroyed tells what has waited: the error, or that it was cancelled")
    func destroyed() async {
        for error in [nil, LoopError(.timedOut, call: "test")] {
            let lines = await talk { connection, log in
                let client = connection.client
                client.write("taken") { log("taken \($0?.name ?? "yes")") }
                client.write(Self.much) { log("much \($0?.name ?? "yes")") }
                client.write("more") { log("more \($0?.name ?? "yes")") }
                client.end { log("end \($0?.name ?? "yes")") }
                client.destroy(error)
                client.write("late") { log("late \($0?.name ?? "yes")") }
                client.end { log("late end \($0?.name ?? "yes")") }
                log("called")
                connection.accepted.resume()
            }
            let name = error?.name ?? "ECANCELED"
            #expect(
                lines == [
                    "called", "taken yes", "much \(name)", "more \(name)", "end \(name)", "late ECANCELED",
                    "late end ECANCELED",
                ])
        }
    }

    @Test("A write behind the end is told EPIPE, and so is an end behind the end that was sent")
    func behindTheEnd() async {
        let lines = await talk { connection, log in
            let client = connection.client
            connection.accepted.allowsHalfOpen = true
            client.end { error in
                log("first \(error == nil)")
                client.end { log("again \($0?.name ?? "yes")") }
                client.write("late") { error in
                    log("write \(error?.name ?? "yes")")
                    connection.destroy()
                }
            }
            client.end { log("second \($0 == nil)") }
        }
        #expect(lines == ["first true", "second true", "again EPIPE", "write EPIPE"])
    }

    @Test("A peer that has ended first does not take away the end's callback")
    func peerFirst() async {
        let lines = await talk { connection, log in
            let (client, accepted) = (connection.client, connection.accepted)
            accepted.resume()
            client.allowsHalfOpen = true
            client.onEnd = { client.end("rest") { log("end \($0 == nil)") } }
            client.onClose = { log("closed \($0)") }
            accepted.allowsHalfOpen = true
            accepted.end()
            client.resume()
            accepted.onEnd = { log("peer") }
        }
        #expect(Set(lines) == ["end true", "closed false", "peer"])
        #expect(lines.firstIndex(of: "end true") ?? 9 < lines.firstIndex(of: "closed false") ?? 0)
    }

    @Test("What a callback throws is uncaught, and the others are called all the same")
    func throwing() async {
        let lines = await talk { connection, log in
            let client = connection.client
            client.write("one") { _ in throw Thrown("one") }
            client.write("two") { _ in log("two") }
            client.end { _ in throw Thrown("end") }
            client.end { _ in
                log("end")
                connection.destroy()
            }
        }
        #expect(lines == ["uncaught one", "two", "uncaught end", "end"])
    }

    @Test("What was dropped before it left is told, and what is written after it is counted right")
    func dropped() async {
        let lines = await talk { connection, log in
            let client = connection.client
            client.write(Self.much) { log("much \($0?.name ?? "yes")") }
            let position = client.writePosition
            client.write("lost") { log("lost \($0?.name ?? "yes")") }
            client.dropUnsent(from: position)
            client.write("kept") { error in
                log("kept \(error?.name ?? "yes")")
                connection.destroy()
            }
            connection.accepted.resume()
        }
        #expect(lines == ["lost ECANCELED", "much yes", "kept yes"])
    }

    @Test("A task that sends waits for a peer that does not read, and hears of the connection's end")
    func sending() async {
        let lines = await talk { connection, log in
            let (client, accepted) = (connection.client, connection.accepted)
            EventLoop.current.spawn {
                try await client.send("small")
                log("small")
                do throws(LoopError) {
                    try await client.send(Self.much)
                } catch {
                    log(error.name)
                }
                connection.destroy()
            }
            accepted.pause()
            turns(20) {
                log("\(client.writableLength > 0)")
                client.destroy()
            }
        }
        #expect(lines == ["small", "true", "ECANCELED"])
    }
}
