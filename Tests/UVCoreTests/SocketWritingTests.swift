import LoopTesting
import SeededRandom
import Testing
import UVCore

@Suite("What is written arrives, in order, and the writer is told when to wait")
struct SocketWritingTests {
    @Test("Echo: what the client sends comes back")
    func echo() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                accepted.onData = { accepted.write($0) }
                accepted.onEnd = { log("server sees the end") }
                client.onData = { bytes in
                    log(String(decoding: bytes, as: UTF8.self))
                    client.end()
                }
                client.onEnd = { log("client sees the end") }
                client.onClose = { log("client closed \($0)") }
                accepted.onClose = { log("server closed \($0)") }
                client.write("hello")
            }
        }
        #expect(log.lines.prefix(2) == ["hello", "server sees the end"])
        #expect(
            log.lines.dropFirst(2).sorted() == ["client closed false", "client sees the end", "server closed false"])
    }

    @Test("Megabytes in random pieces, corked or not, to a reader that stops and goes", arguments: [UInt64(1), 2, 3])
    func order(seed: UInt64) async {
        let source = pattern(count: 4 << 20)
        let total = source.count
        nonisolated(unsafe) var received: [UInt8] = []
        nonisolated(unsafe) var (refusals, drains) = (0, 0)
        _ = await withLoop { loop in
            var generator = SeededGenerator(seed: seed)
            Connection.open { connection in
                let (writer, reader) = (connection.accepted, connection.client)
                reader.onData = { bytes in
                    received += bytes
                    guard Int.random(in: 0..<3, using: &generator) == 0 else { return }
                    reader.pause()
                    loop.setImmediate { reader.resume() }
                }
                var next = 0
                @LoopActor func fill() {
                    // Past the mark now and then: nothing may be lost.
                    for _ in 0..<Int.random(in: 1...4, using: &generator) where next < total {
                        let count = min(Int.random(in: 1...200_000, using: &generator), total - next)
                        if Bool.random(using: &generator) { writer.cork() }
                        let piece = [UInt8](source[next..<next + count])
                        // As bytes, or written in place with room to spare.
                        let isInPlace = Bool.random(using: &generator)
                        let mayGoOn =
                            isInPlace
                            ? writer.write(room: count + 3) { $0.append(copying: piece.span.bytes) }
                            : writer.write(piece)
                        if !mayGoOn { refusals += 1 }
                        next += count
                    }
                    if next == total { return writer.end() }
                    if writer.writableLength < writer.highWaterMark { loop.setImmediate(fill) }
                }
                writer.onDrain = {
                    drains += 1
                    #expect(writer.writableLength == 0)
                    fill()
                }
                writer.resume()
                fill()
            }
        }
        #expect(received == source, "seed \(seed)")
        #expect(drains > 0 && refusals >= drains, "seed \(seed)")
    }

    @Test("write returns false from the mark on: 16,383 bytes may wait, 16,384 are a reason to stop")
    func highWaterMark() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                let client = connection.client
                connection.drain()
                client.cork()
                log("\(client.write([UInt8](repeating: 0, count: 16_383)))")
                log("\(client.write([1]))")
                log("\(client.write([])) \(client.writableLength)")
                client.onDrain = {
                    log("drained \(client.writableLength)")
                    client.end()
                }
            }
        }
        #expect(log.lines == ["true", "false", "false 16384", "drained 0"])
    }

    @Test("What the system takes at once does not wait, however much it is")
    func takenAtOnce() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let client = connection.client
                connection.drain()
                client.onDrain = { log("drained") }
                log("\(client.write([UInt8](repeating: 0, count: 20_000))) \(client.writableLength)")
                log("\(client.bytesWritten)")
                loop.setImmediate { client.end() }
            }
        }
        #expect(log.lines == ["true 0", "20000"])
    }

    @Test("onDrain comes once, and only when all that waited is gone")
    func drainOnce() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let client = connection.client
                client.highWaterMark = 1
                client.onDrain = { log("drained \(client.writableLength)") }
                client.cork()
                client.write("a")
                loop.setImmediate {
                    // Corked bytes are taken when the callback ends; by the tick that tells, more wait again.
                    client.cork()
                    client.write("b")
                    loop.nextTick {
                        client.cork()
                        client.write([UInt8](repeating: 0, count: 32 << 20))
                        log("big \(client.writableLength > 0)")
                    }
                }
                loop.setTimeout(.milliseconds(20)) {
                    log("reading")
                    connection.accepted.onBytes = { _ in
                        if connection.accepted.bytesRead == (32 << 20) + 2 { loop.setImmediate { client.end() } }
                    }
                    client.resume()
                }
            }
        }
        #expect(log.lines == ["drained 0", "big true", "reading", "drained 0"])
    }

    @Test("After end or destroy no onDrain is called")
    func noDrainAfterEnd() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                connection.drain()
                client.highWaterMark = 1
                client.onDrain = { log("client drained") }
                client.cork()
                client.end("last words")
                accepted.highWaterMark = 1
                accepted.onDrain = { log("server drained") }
                accepted.onData = { _ in
                    accepted.cork()
                    accepted.write("answer")
                    loop.nextTick { loop.nextTick { accepted.destroy() } }
                }
            }
        }
        #expect(log.lines.isEmpty)
    }

    @Test("What is written before the connection stands is sent when it does; then end")
    func beforeConnecting() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { socket in
                socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
                socket.onEnd = { log("end") }
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                let client = Socket.connect(port: port) {
                    log("connected")
                    server.close()
                }
                client.highWaterMark = 5
                log("\(client.write("four")) \(client.write("!")) \(client.isConnecting) \(client.writableLength)")
                client.onDrain = { log("drained") }
                client.end()
                client.resume()
            }
        }
        #expect(log.lines == ["true false true 5", "connected", "four!", "end"])
    }

    @Test("end sends what waits before it ends, corked or under way, also with nothing written")
    func endWithDataPending() async {
        for size in [0, 1, 100_000, 8 << 20] {
            for isCorked in [false, true] {
                nonisolated(unsafe) var received = 0
                nonisolated(unsafe) var hasEnded = false
                let code = await withLoop { loop in
                    Connection.open { connection in
                        connection.client.onBytes = { received += $0.byteCount }
                        connection.client.onEnd = { hasEnded = true }
                        connection.accepted.resume()
                        if isCorked { connection.accepted.cork() }
                        connection.accepted.end([UInt8](repeating: 7, count: size))
                    }
                }
                #expect(received == size && hasEnded && code == 0, "\(size) bytes, corked \(isCorked)")
            }
        }
    }

    @Test("A paused reader holds the sender back: the buffers of the system fill, and little more is read")
    func backpressure() async {
        nonisolated(unsafe) var (readWhilePaused, waiting, written) = (0, 0, 0)
        nonisolated(unsafe) var (readAtEnd, isExact) = (0, true)
        let total = 64 << 20
        _ = await withLoop { loop in
            Connection.open { connection in
                let (writer, reader) = (connection.accepted, connection.client)
                reader.onBytes = { isExact = isExact && reader.bytesRead >= $0.byteCount }
                reader.pause()
                writer.resume()
                writer.end([UInt8](repeating: 7, count: total))
                loop.setTimeout(.milliseconds(50)) {
                    readWhilePaused = reader.bytesRead
                    waiting = writer.writableLength
                    written = writer.bytesWritten
                    reader.resume()
                }
                reader.onClose = { _ in readAtEnd = reader.bytesRead }
            }
        }
        #expect(readWhilePaused < 16_384 + 65_536)
        #expect(waiting > total / 2, "the sender still holds most of it")
        #expect(written > 0 && written < total / 2, "only what the system took counts as written")
        #expect(readAtEnd == total && isExact)
    }

    @Test("bytesWritten counts what the system took, and stays so when the rest is dropped")
    func bytesWritten() async {
        nonisolated(unsafe) var counts: [Int] = []
        _ = await withLoop { loop in
            Connection.open { connection in
                let writer = connection.accepted
                connection.client.pause()
                writer.write([UInt8](repeating: 7, count: 1_000))
                counts.append(writer.bytesWritten)
                writer.cork()
                writer.write([UInt8](repeating: 7, count: 1_000))
                counts.append(writer.bytesWritten)
                loop.setImmediate {
                    counts.append(writer.bytesWritten)
                    writer.write([UInt8](repeating: 7, count: 64 << 20))
                    writer.write([UInt8](repeating: 7, count: 1_000))
                    let written = writer.bytesWritten
                    writer.onClose = { _ in counts.append(writer.bytesWritten - written) }
                    connection.destroy()
                    counts.append(writer.bytesWritten - written)
                }
            }
        }
        #expect(counts == [1_000, 1_000, 2_000, 0, 0])
    }

    @Test("Writing text sends its UTF-8")
    func text() async {
        nonisolated(unsafe) var received: [UInt8] = []
        _ = await withLoop { _ in
            Connection.open { connection in
                connection.client.onData = { received += $0 }
                connection.accepted.resume()
                connection.accepted.write("Grüße, ")
                connection.accepted.end("мир 🌍")
            }
        }
        #expect(String(decoding: received, as: UTF8.self) == "Grüße, мир 🌍")
    }
}

/// Bytes that repeat only after a length that no buffer has.
private func pattern(count: Int) -> [UInt8] {
    let block = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += block }
    return bytes
}
