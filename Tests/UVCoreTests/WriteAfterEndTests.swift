import LoopTesting
import Testing
import UVCore

@Suite("The end of a socket's own side, and what is written behind it, as in Node")
struct WriteAfterEndTests {
    enum Write: CaseIterable {
        case bytes, nothing, endWithBytes

        @LoopActor
        func callAsFunction(_ socket: Socket) -> Bool {
            switch self {
            case .bytes: return socket.write("x")
            case .nothing: return socket.write("")
            case .endWithBytes:
                socket.end("x")
                return false
            }
        }
    }

    @Test("A write after end breaks the connection: false, the error in a tick, close(true)", arguments: Write.allCases)
    func writeAfterEnd(write: Write) async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let client = connection.client
                connection.accepted.onError = { _ in }
                connection.accepted.resume()
                observe(client, log)
                client.end()
                log("\(client.isWritable) \(write(client)) \(client.isDestroyed)")
                loop.nextTick { log("tick") }
                loop.setImmediate { log("immediate") }
            }
        }
        #expect(log.lines == ["false false true", "EPIPE", "tick", "immediate", "close true"])
    }

    @Test("A second end is silent")
    func endTwice() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                connection.accepted.resume()
                observe(connection.client, log)
                connection.client.resume()
                connection.client.end()
                connection.client.end()
                log("\(connection.client.isDestroyed)")
            }
        }
        #expect(log.lines == ["false", "end", "close false"])
    }

    @Test("So it is before the connection stands")
    func whileConnecting() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { $0.resume() }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1") { log("connected") }
                observe(client, log)
                client.onClose = { hadError in
                    log("close \(hadError)")
                    server.close()
                }
                client.end()
                log("\(client.write("x")) \(client.isDestroyed)")
            }
        }
        #expect(log.lines == ["false true", "EPIPE", "close true"])
    }

    @Test("A write after destroy does nothing but say false")
    func writeAfterDestroy() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                connection.accepted.resume()
                observe(connection.client, log)
                connection.client.destroy()
                log("\(connection.client.write("x")) \(connection.client.isWritable)")
                connection.client.destroy(.cancelled("test"))
            }
        }
        #expect(log.lines == ["false false", "close false"])
    }

    @Test("The peer's end ends this side two ticks later: what the callback and its ticks write is still sent")
    func writesInOnEnd() async {
        let log = Log()
        nonisolated(unsafe) var received = ""
        _ = await withLoop { loop in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                client.allowsHalfOpen = true
                client.onData = { received += String(decoding: $0, as: UTF8.self) }
                client.onEnd = { client.end() }
                accepted.onError = { log($0.name) }
                accepted.onClose = { log("close \($0)") }
                accepted.onEnd = {
                    accepted.write("1")
                    loop.nextTick {
                        log("tick \(accepted.isWritable)")
                        accepted.write("2")
                        loop.nextTick {
                            log("tick \(accepted.isWritable)")
                            accepted.write("3")
                        }
                    }
                }
                accepted.resume()
                client.end()
            }
        }
        #expect(log.lines == ["tick true", "tick false", "EPIPE", "close true"] && received == "12")
    }

    @Test("Ended in the poll phase, a socket closes before the immediates of the next turn")
    func closesBeforeNextImmediates() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                client.resume()
                accepted.onEnd = {
                    log("end")
                    loop.setImmediate {
                        log("immediate")
                        loop.setImmediate { log("next immediate") }
                    }
                }
                accepted.onClose = { log("close \($0)") }
                accepted.resume()
                client.end()
            }
        }
        #expect(log.lines == ["end", "immediate", "close false", "next immediate"])
    }

    @Test("destroy with an error: the error, then the server that has waited for it, then close")
    func lastConnectionFails() async {
        let log = Log()
        _ = await withLoop { loop in
            var server: Server?
            server = Server { socket in
                observe(socket, log)
                server?.close { log("server closed") }
                socket.destroy(.cancelled("test"))
                loop.nextTick { log("tick") }
            }
            server?.listen(port: 0) {
                Socket.connect(port: server?.address?.port ?? 0, host: "127.0.0.1").resume()
            }
        }
        #expect(log.lines == ["ECANCELED", "server closed", "tick", "close true"])
    }

    @Test("A server that is closed while the error is told is closed behind it")
    func closedInOnError() async {
        let log = Log()
        _ = await withLoop { loop in
            var server: Server?
            server = Server { socket in
                socket.onError = { _ in
                    log("error")
                    server?.close { log("server closed") }
                }
                socket.onClose = { log("close \($0)") }
                socket.destroy(.cancelled("test"))
            }
            server?.listen(port: 0) {
                Socket.connect(port: server?.address?.port ?? 0, host: "127.0.0.1").resume()
            }
        }
        #expect(log.lines == ["error", "server closed", "close true"])
    }

    @LoopActor
    private func observe(_ socket: Socket, _ log: Log) {
        socket.onEnd = { log("end") }
        socket.onError = { log($0.name) }
        socket.onClose = { log("close \($0)") }
    }
}
