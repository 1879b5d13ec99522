import LoopTesting
import Testing
import UVCore

@Suite("A layer that has to read before it can take more: nothing is lost, and nothing overtakes")
struct WaitingLayerTests {
    /// Runs a server whose layer is a `Cipher`, and a client that speaks with that layer byte by byte. The client says
    /// `first`; `serve` gets the server's end. What the client receives, and how its connection ends, is the result.
    private func run(
        _ first: [UInt8], _ log: Log, _ serve: @escaping @LoopActor (_ accepted: Socket, _ client: Socket) -> Void
    ) async {
        _ = await withLoop { _ in
            var client: Socket?
            let server = Server(tls: Cipher()) { (socket, server) in
                server.close()
                socket.onError = { log("server: \($0.name)") }
                socket.onClose = { log("server: closed \($0) \(socket.bytesWritten)") }
                if let client { serve(socket, client) }
            }
            server.allowsHalfOpen = true
            server.listen(port: 0) { server in
                let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client = socket
                socket.allowsHalfOpen = true
                var received: [UInt8] = []
                socket.write([Cipher.agreement] + first)
                socket.onData = { received += $0 }
                socket.onEnd = { log("client: \(String(decoding: received.map { $0 & 0x7F }, as: UTF8.self)), end") }
                socket.onClose = { _ in client = nil }
            }
        }
    }

    @Test("What is written while it waits counts as waiting, and goes first when it can")
    func writes() async {
        let log = Log()
        await run(Cipher.changed("ask") + [Cipher.wait], log) { socket, client in
            socket.onBytes = { _ in
                socket.write("one ") { log("one is sent: \($0 == nil)") }
                #expect(socket.writableLength == 4 && socket.writePosition == 4 && socket.bytesWritten == 0)
                socket.write("two ")
                #expect(socket.writableLength == 8)
                socket.onBytes = { _ in
                    socket.write("three")
                    socket.end()
                }
                turns(3) {
                    log("goes on")
                    #expect(socket.writableLength == 8 && socket.bytesWritten == 0)
                    client.end([Cipher.goOn] + Cipher.changed("more") + [Cipher.end])
                }
            }
        }
        #expect(
            log.lines.sorted()
                == ["client: Aone two threeE, end", "goes on", "one is sent: true", "server: closed false 13"])
    }

    @Test("What is written in a corked callback, or collected in place, waits as well", arguments: [true, false])
    func collected(isCorked: Bool) async {
        let log = Log()
        await run(Cipher.changed("ask") + [Cipher.wait], log) { socket, client in
            socket.onBytes = { _ in
                if isCorked { socket.cork() }
                socket.write(room: 8) { $0.append(UInt8(ascii: "1")) }
                socket.write(room: 8) { $0.append(UInt8(ascii: "2")) }
                socket.end("3")
                turns(3) {
                    #expect(socket.writableLength == 3)
                    client.end([Cipher.goOn, Cipher.end])
                }
            }
        }
        #expect(log.lines.sorted() == ["client: A123E, end", "server: closed false 3"])
    }

    @Test("A program that was told to stop hears that it may go on")
    func drain() async {
        let log = Log()
        await run(Cipher.changed("ask") + [Cipher.wait], log) { socket, client in
            socket.highWaterMark = 3
            socket.onDrain = {
                log("drained \(socket.writableLength)")
                socket.end()
            }
            socket.onBytes = { _ in
                log("may go on: \(socket.write("one"))")
                turns(3) { client.end([Cipher.goOn, Cipher.end]) }
            }
        }
        #expect(
            log.lines.sorted()
                == ["client: AoneE, end", "drained 0", "may go on: false", "server: closed false 3"])
    }

    @Test("An end that it cannot say yet is said when it can", arguments: ["", "last"])
    func end(last: String) async {
        let log = Log()
        await run(Cipher.changed("ask") + [Cipher.wait], log) { socket, client in
            socket.onBytes = { _ in
                socket.end(last) { log("ended \($0 == nil)") }
                turns(3) {
                    log("goes on")
                    client.end([Cipher.goOn, Cipher.end])
                }
            }
        }
        #expect(log.lines.first == "goes on")
        #expect(
            log.lines.sorted()
                == ["client: A\(last)E, end", "ended true", "goes on", "server: closed false \(last.count)"])
    }

    @Test("Behind the peer's end nothing can come that it waits for: what is written breaks the connection")
    func writeBehindTheEnd() async {
        let log = Log()
        await run(Cipher.changed("ask") + [Cipher.wait, Cipher.end], log) { socket, client in
            socket.onBytes = { _ in }
            socket.onEnd = { socket.write("lost") }
            client.end()
        }
        #expect(log.lines.sorted() == ["client: A, end", "server: EOF", "server: closed true 0"])
    }

    @Test("What waits when the peer ends breaks the connection too, and an end alone goes without its word")
    func waitsAtTheEnd() async {
        let log = Log()
        for text in ["lost", ""] {
            await run(Cipher.changed("ask") + [Cipher.wait], log) { socket, client in
                socket.onBytes = { _ in
                    socket.end(text)
                    turns(3) { client.end([Cipher.end]) }
                }
            }
        }
        let lost = ["server: EOF", "server: closed true 0", "client: A, end"]
        #expect(log.lines.sorted() == (lost + ["server: closed false 0", "client: A, end"]).sorted())
    }

    @Test("A paused socket that has read its mark reads on for it, and not without bound")
    func pausedAtTheMark() async {
        let log = Log()
        let text = String(repeating: "x", count: 20_000)
        await run(Cipher.changed(text) + [Cipher.wait], log) { socket, client in
            socket.pause()
            turns(10) {
                #expect(socket.bytesRead == 20_000)
                socket.write("one") { error in
                    log("one is sent: \(error == nil) \(socket.bytesRead)")
                    socket.write("two")
                    socket.destroy()
                }
                turns(3) { client.write([Cipher.goOn]) }
            }
        }
        #expect(log.lines.sorted() == ["client: AonetwoE, end", "one is sent: true 20000", "server: closed false 6"])
        await run(Cipher.changed(text) + [Cipher.wait], log) { socket, client in
            socket.pause()
            turns(10) {
                socket.write("one")
                for _ in 0..<40 { client.write(Cipher.changed(text)) }
                turns(100) {
                    log("bounded: \((40_000..<300_000).contains(socket.bytesRead))")
                    socket.destroy()
                }
            }
        }
        #expect(log.lines.contains("bounded: true"))
    }

    @Test("What a paused socket has written breaks it when the peer ends within a message, also behind what is ahead")
    func pausedAtTheEnd() async {
        let log = Log()
        await run(Cipher.changed("ahead") + [Cipher.wait], log) { socket, client in
            socket.pause()
            turns(10) {
                socket.write("one") { error in log("one is sent: \(error == nil)") }
                turns(3) { client.end() }
            }
        }
        #expect(log.lines.contains("one is sent: false") && log.lines.contains("server: EOF"))
    }
}
