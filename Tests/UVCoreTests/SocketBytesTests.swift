import LoopTesting
import Testing
import UVCore

@Suite("The bytes of a socket, for a task")
struct SocketBytesTests {
    /// What the task of an accepted socket says, whose client is `client`.
    private func hear(
        _ loopsOver: @escaping @LoopActor (Socket, @escaping (String) -> Void) async -> Void,
        _ client: @escaping @LoopActor (Connection, @escaping (String) -> Void) throws -> Void
    ) async -> [String] {
        await loggedLoop { loop, log in
            Connection.open(allowsHalfOpen: true) { connection in
                loop.spawn { await loopsOver(connection.accepted) { log($0) } }
                try client(connection) { log($0) }
            }
        }
    }

    /// Says all pieces as one text, and then how the iteration has ended.
    @LoopActor
    private static func readAll(of socket: Socket, _ log: @escaping (String) -> Void) async {
        var text = ""
        do {
            for try await bytes in socket.bytes { text += String(decoding: bytes, as: UTF8.self) }
            log("\(text), end")
        } catch {
            log("\(text), \(name(of: error))")
        }
    }

    @Test("They come in order, and the peer's end ends the loop; what is written behind it is still sent")
    func inOrder() async {
        let lines = await hear { socket, log in
            await Self.readAll(of: socket, log)
            socket.end("well")
        } _: { connection, log in
            connection.client.onData = { bytes in log("the client got \(String(decoding: bytes, as: UTF8.self))") }
            connection.client.write("one, ")
            turns(2) { connection.client.end("two") }
        }
        #expect(lines == ["one, two, end", "the client got well"])
    }

    @Test("What has broken the connection is thrown, behind what was taken; so is an end that this side has made")
    func broken() async {
        for (isReset, end) in [(true, "ECONNRESET"), (false, "EOF")] {
            let lines = await hear { socket, log in
                await Self.readAll(of: socket, log)
            } _: { connection, log in
                connection.client.write("one")
                let (client, accepted) = (connection.client, connection.accepted)
                untilTrue({ accepted.bytesRead == 3 }) {
                    turns(2) {
                        if isReset { client.resetAndDestroy() } else { connection.destroy() }
                    }
                }
            }
            #expect(lines == ["one, \(end)"])
        }
    }

    @Test("A task that does not take them holds the peer up, and then all come")
    func backpressure() async {
        let count = 64 << 20
        let lines = await loggedLoop { loop, log in
            Connection.open { connection in
                let bytes = connection.accepted.bytes
                connection.client.end([UInt8](repeating: 7, count: count))
                loop.spawn {
                    for try await _ in bytes { break }
                    for _ in 0..<200 { await loop.nextCheck() }
                    log("held up: \(connection.client.writableLength > 0) \(connection.accepted.bytesRead < 200_000)")
                    var (received, longest) = (0, 0)
                    for try await piece in bytes {
                        received += piece.count
                        longest = max(longest, piece.count)
                    }
                    log("\(connection.accepted.bytesRead == count) \(count - received <= 65_536) \(longest <= 65_536)")
                }
            }
        }
        #expect(lines == ["held up: true true", "true true true"])
    }

    @Test("Cancelling the task ends its loop and nothing else, and another loop goes on where it was left")
    func cancelled() async {
        let lines = await loggedLoop { loop, log in
            Connection.open { connection in
                let accepted = connection.accepted
                let task = loop.spawn {
                    for try await bytes in accepted.bytes { log(String(decoding: bytes, as: UTF8.self)) }
                    log("cancelled, open: \(!accepted.isDestroyed)")
                    // The end of a task that is cancelled is no end of the socket's.
                    connection.client.write("two")
                    loop.spawn {
                        for try await bytes in accepted.bytes {
                            log(String(decoding: bytes, as: UTF8.self))
                            break
                        }
                        connection.destroy()
                    }
                }
                connection.client.write("one")
                untilTrue({ accepted.bytesRead == 3 }) { turns(2) { task.cancel() } }
            }
        }
        #expect(lines == ["one", "cancelled, open: true", "two"])
    }

    @Test("A cancellation that comes late does not end the wait of another task")
    func lateCancellation() async {
        let lines = await loggedLoop { loop, log in
            Connection.open { connection in
                let bytes = connection.accepted.bytes
                let task = loop.spawn { for try await _ in bytes { break } }
                connection.client.write("one")
                loop.spawn {
                    await task.value
                    task.cancel()
                    loop.spawn {
                        for try await piece in bytes { log(String(decoding: piece, as: UTF8.self)) }
                        log("end")
                    }
                    for _ in 0..<3 { await loop.nextCheck() }
                    connection.client.end("two")
                    connection.client.resume()
                }
            }
        }
        #expect(lines == ["two", "end"])
    }

    @Test("A connection that cannot be opened is the task's error, and no uncaught one")
    func notOpened() async {
        let log = Log()
        let code = await withLoop { loop in
            let server = Server { _ in }
            server.listen(port: 0) {
                let port = server.port
                server.close {
                    let socket = Socket.connect(port: port, host: "127.0.0.1")
                    let bytes = socket.bytes
                    loop.spawn {
                        do {
                            for try await _ in bytes { log("bytes") }
                        } catch {
                            log(name(of: error))
                        }
                    }
                }
            }
        }
        #expect(code == 0 && log.lines == ["ECONNREFUSED"])
    }

    @Test("A program that resumes the socket itself loses nothing; a socket that is closed has none")
    func resumedByHand() async {
        let lines = await loggedLoop { loop, log in
            Connection.open { connection in
                let accepted = connection.accepted
                let bytes = accepted.bytes
                accepted.resume()
                connection.client.write("one")
                untilTrue({ accepted.bytesRead == 3 }) {
                    accepted.resume()
                    connection.client.end("two")
                    connection.client.resume()
                    turns(5) {
                        loop.spawn {
                            for try await piece in bytes { log(String(decoding: piece, as: UTF8.self)) }
                            for try await _ in accepted.bytes { log("more") }
                            log("end")
                        }
                    }
                }
            }
        }
        #expect(lines == ["one", "two", "end"])
    }
}

@LoopActor
private func untilTrue(_ condition: @escaping () -> Bool, _ body: @escaping () throws -> Void) {
    EventLoop.current.setImmediate { if condition() { try body() } else { untilTrue(condition, body) } }
}

private func name(of error: any Error) -> String { (error as? LoopError)?.name ?? "\(error)" }
