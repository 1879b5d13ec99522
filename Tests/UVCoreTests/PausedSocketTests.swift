import LoopTesting
import Testing
import UVCore

@Suite("A socket that hands nothing on hears its peer's end and reset as in Node")
struct PausedSocketTests {
    /// The state of the observed end when the peer's news come.
    enum Reader: CaseIterable {
        case paused, pausedWithReader, none, dropping, flowing

        var takes: Bool { self == .dropping || self == .flowing }

        @LoopActor
        func set(on socket: Socket, _ log: Log) {
            if self == .flowing || self == .pausedWithReader { socket.onData = { log("data \($0.count)") } }
            if self == .paused || self == .pausedWithReader { socket.pause() }
            if self == .dropping { socket.resume() }
        }
    }

    enum News: CaseIterable { case end, reset }

    @Test(
        "Nothing unread: both are heard at once, paused or not", arguments: Reader.allCases, News.allCases)
    func nothingUnread(reader: Reader, news: News) async {
        let lines = await hear(news, after: 0, reader)
        let heard = news == .end ? ["end", "close false"] : ["ECONNRESET", "close true"]
        #expect(lines == heard + ["resume"])
    }

    @Test(
        "Under the mark unread: the end waits for resume behind the bytes, a reset is heard at once and they are lost",
        arguments: [Reader.paused, .pausedWithReader, .none], [1, 3, 16_383])
    func belowTheMark(reader: Reader, count: Int) async {
        let data = reader == .pausedWithReader ? ["data \(count)"] : []
        #expect(await hear(.end, after: count, reader) == ["resume"] + data + ["end", "close false"])
        #expect(await hear(.reset, after: count, reader) == ["ECONNRESET", "close true", "resume"])
    }

    @Test(
        "From the mark on both wait for resume", arguments: [Reader.paused, .pausedWithReader, .none], [16_384, 40_000])
    func fromTheMark(reader: Reader, count: Int) async {
        let data = reader == .pausedWithReader ? ["data \(count)"] : []
        #expect(await hear(.end, after: count, reader) == ["resume"] + data + ["end", "close false"])
        #expect(await hear(.reset, after: count, reader) == ["resume"] + data + ["ECONNRESET", "close true"])
    }

    @Test("What is read ahead is handed on a read at a time, in one tick")
    func readByRead() async {
        let log = Log()
        _ = await withLoop { loop in
            withPair { accepted, client in
                accepted.pause()
                sendEach(["one", "two", "three"], from: client, to: accepted) {
                    client.end()
                    turns(3) {
                        accepted.onEnd = { log("end") }
                        accepted.onData = { bytes in
                            log(String(decoding: bytes, as: UTF8.self))
                            loop.nextTick { log("tick") }
                        }
                        log("set")
                        accepted.resume()
                        loop.nextTick { log("tick of the caller") }
                    }
                }
            }
        }
        #expect(log.lines == ["set", "one", "two", "three", "tick of the caller", "tick", "tick", "end", "tick"])
    }

    @Test("A reader that pauses gets no more until it resumes")
    func pausesInBetween() async {
        let log = Log()
        _ = await withLoop { loop in
            withPair { accepted, client in
                accepted.pause()
                sendEach(["one", "two"], from: client, to: accepted) {
                    client.end()
                    accepted.onEnd = { log("end") }
                    accepted.onData = { bytes in
                        log(String(decoding: bytes, as: UTF8.self))
                        accepted.pause()
                        loop.setImmediate {
                            log("resume")
                            accepted.resume()
                        }
                    }
                    accepted.resume()
                }
            }
        }
        #expect(log.lines == ["one", "resume", "two", "end", "resume"])
    }

    @Test("A peer that goes on sending is held up: less than the mark and one read is held, however small the pieces")
    func isBounded() async {
        nonisolated(unsafe) var read = 0
        _ = await withLoop { loop in
            withPair { accepted, client in
                accepted.pause()
                for _ in 0..<400 { client.write([UInt8](repeating: 1, count: 1_000)) }
                turns(20) {
                    read = accepted.bytesRead
                    accepted.destroy()
                    client.destroy()
                }
            }
        }
        #expect((16_384..<16_384 + 65_536).contains(read))
    }

    @Test("A client that is paused before it is connected reads nothing, and hears nothing, until it resumes")
    func pausedBeforeOpen() async {
        for news in News.allCases {
            let log = Log()
            _ = await withLoop { loop in
                var peer: Socket?
                var server: Server?
                server = Server { socket in
                    peer = socket
                    server?.close()
                    turns(3) {
                        if news == .end { socket.end() } else { socket.resetAndDestroy() }
                    }
                }
                server?.listen(port: 0) {
                    let client = Socket.connect(port: server?.address?.port ?? 0, host: "127.0.0.1")
                    client.pause()
                    client.onEnd = { log("end") }
                    client.onError = { log($0.name) }
                    client.onClose = { log("close \($0)") }
                    turns(12) {
                        log("resume")
                        client.resume()
                    }
                }
                _ = peer
            }
            #expect(log.lines == ["resume"] + (news == .end ? ["end", "close false"] : ["ECONNRESET", "close true"]))
        }
    }

    @Test("What a paused socket has not handed on goes with it when it is destroyed", arguments: [false, true])
    func destroyedWhilePaused(withError: Bool) async {
        let log = Log()
        _ = await withLoop { loop in
            withPair { accepted, client in
                accepted.pause()
                accepted.onData = { _ in log("data") }
                accepted.onEnd = { log("end") }
                accepted.onError = { log($0.name) }
                accepted.onClose = { log("close \($0)") }
                sendEach(["unread"], from: client, to: accepted) {
                    client.end()
                    turns(3) {
                        accepted.resume()
                        accepted.destroy(withError ? .cancelled("test") : nil)
                    }
                }
            }
        }
        #expect(log.lines == (withError ? ["ECANCELED", "close true"] : ["close false"]))
    }

    @Test("One that has ended its own side closes when the peer ends, paused, without a word unread")
    func endedAndPaused() async {
        let log = Log()
        _ = await withLoop { _ in
            withPair(allowsHalfOpen: true) { accepted, client in
                client.resume()
                accepted.pause()
                accepted.onEnd = { log("end") }
                accepted.onClose = { log("close \($0)") }
                accepted.end()
                turns(3) { client.end() }
            }
        }
        #expect(log.lines == ["end", "close false"])
    }

    // MARK: -

    /// What the accepted end of a connection tells when `news` come behind `count` bytes, and "resume" where it resumes.
    private func hear(_ news: News, after count: Int, _ reader: Reader) async -> [String] {
        let log = Log()
        _ = await withLoop { _ in
            withPair { accepted, client in
                accepted.onEnd = { log("end") }
                accepted.onError = { log($0.name) }
                accepted.onClose = { log("close \($0)") }
                reader.set(on: accepted, log)
                client.write([UInt8](repeating: 7, count: count))
                until({ accepted.bytesRead == count }) {
                    if news == .end { client.end() } else { client.resetAndDestroy() }
                    turns(8) {
                        log("resume")
                        accepted.resume()
                        client.resume()
                    }
                }
            }
        }
        return log.lines
    }
}

/// Makes a connection and calls `body` when both ends are open, outside the callbacks of either.
@LoopActor
private func withPair(
    allowsHalfOpen: Bool = false, _ body: @escaping (_ accepted: Socket, _ client: Socket) throws -> Void
) {
    Connection.open(allowsHalfOpen: allowsHalfOpen) { connection in
        turns(2) { try body(connection.accepted, connection.client) }
    }
}

@LoopActor
private func until(_ condition: @escaping () -> Bool, _ body: @escaping () throws -> Void) {
    EventLoop.current.setImmediate { if condition() { try body() } else { until(condition, body) } }
}

/// Sends the pieces so that each is a read of its own.
@LoopActor
private func sendEach(
    _ pieces: [String], from client: Socket, to accepted: Socket, _ done: @escaping () throws -> Void
) {
    guard let piece = pieces.first else { return turns(3, done) }
    let count = accepted.bytesRead + piece.utf8.count
    client.write(piece)
    until({ accepted.bytesRead == count }) { sendEach(Array(pieces.dropFirst()), from: client, to: accepted, done) }
}
