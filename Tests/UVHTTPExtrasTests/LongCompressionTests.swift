import Dispatch
import HTTPTypes
import LoopTesting
import Testing
import UVCompression
import UVCore
import UVHTTP
import UVHTTPExtras

@Suite("A long answer is compressed while the loop turns")
struct LongCompressionTests {
    private static let longest = Compression.longestAtOnce

    /// JSON of `count` bytes that does not compress to nothing.
    private static func json(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var number = 1
        while bytes.count < count {
            number = number &* 1_103_515_245 &+ 12_345
            bytes += Array(#"{"id":\#(number & 0xFFFF_FFFF),"title":"Water the plants","done":false},"#.utf8)
        }
        return Array(bytes.prefix(count))
    }

    @LoopActor
    private static func answer(_ response: ServerResponse, _ body: [UInt8]) {
        response.setHeader(.contentType, "application/json")
        response.setHeader(.eTag, "\"1\"")
        response.end(body)
    }

    private func expect(_ answer: RawAnswer?, _ body: [UInt8]) throws {
        let answer = try #require(answer)
        #expect(answer.has("200 ok") && answer.has("content-encoding: gzip") && answer.has("etag: w/\"1\""))
        #expect(answer.has("content-length: \(answer.body.count)") && !answer.has("chunked"))
        #expect(try Decompressor.inflate(answer.body, .gzip, limit: body.count) == body)
    }

    @Test("Answers of one connection keep their order and their fields, whatever their lengths")
    func order() async throws {
        let bodies = [Self.json(10 << 20), Self.json(2_000), Self.json(Self.longest + 1), Self.json(Self.longest)]
        let answers = await ask(bodies.indices.map { "GET /\($0)" }) { request, response in
            Self.answer(response, bodies[Int(request.path.dropFirst()) ?? 0])
        }
        #expect(answers.count == bodies.count)
        for (answer, body) in zip(answers, bodies) { try expect(answer, body) }
    }

    @Test("The loop turns until a thread has compressed it; what is shorter by a byte takes a part of a turn")
    func turns() async throws {
        for (count, isLater) in [(Self.longest, false), (Self.longest + 1, true)] {
            let log = Log()
            let body = Self.json(count)
            let answers = await ask(["GET /"]) { _, response in
                let threads = try TakenThreads()
                response.onFinish = {
                    log("finished")
                    threads.release()
                }
                Self.answer(response, body)
                log("ended \(response.isEnded) \(response.headersSent)")
                after(50) {
                    log("50 turns")
                    threads.release()
                }
            }
            let rest = isLater ? ["50 turns", "finished"] : ["finished", "50 turns"]
            #expect(log.lines == ["ended true true"] + rest)
            try expect(answers.first, body)
        }
    }

    @Test("Where the pool has no place it is the loop's work, as ever")
    func full() async throws {
        let log = Log()
        let body = Self.json(Self.longest + 1)
        let answers = await ask(["GET /"]) { _, response in
            let threads = try TakenThreads()
            EventLoop.current.workers.capacity = 0
            response.onFinish = {
                log("finished")
                threads.release()
            }
            Self.answer(response, body)
        }
        #expect(log.lines == ["finished"])
        try expect(answers.first, body)
    }

    @Test("What was ended cannot be changed, and an error of its handler changes nothing")
    func ended() async throws {
        let log = Log()
        let body = Self.json(Self.longest + 1)
        let answers = await ask(["GET /"]) { _, response in
            EventLoop.current.onWarning = { log($0.name) }
            Self.answer(response, body)
            response.setHeader(.eTag, "\"2\"")
            response.fail()
            response.end()
            throw Thrown("late")
        }
        try expect(answers.first, body)
        #expect(answers.count == 1 && log.lines.count <= 1)
    }

    @Test("A client that goes meanwhile takes its answer with it", arguments: [false, true])
    func gone(isBegun: Bool) async {
        let log = Log()
        let code = await withLoop { loop in
            let threads = try isBegun ? nil : TakenThreads()
            let router = Router()
            router.use(Compression())
            var left = {}
            // More than the pool has threads, so that some wait in the line.
            var count = 0
            router.get("/") { _, response in
                response.onFinish = { log("finished") }
                response.onClose = {
                    log("closed")
                    threads?.release()
                }
                Self.answer(response, Self.json(1 << 20))
                count += 1
                if count == 8 { loop.setImmediate { left() } }
            }
            let server = HTTPServer(router)
            server.listen(port: 0) {
                let sockets = (0..<8).map { _ in
                    let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                    socket.write("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
                    return socket
                }
                left = {
                    for socket in sockets { socket.destroy() }
                    server.close()
                }
            }
        }
        #expect(code == 0)
        #expect(log.lines.count { $0 == "closed" } == 8)
        if !isBegun { #expect(!log.lines.contains("finished")) }
    }
}

/// All threads of the pool, until they are released.
@LoopActor
private final class TakenThreads {
    private let free = DispatchSemaphore(value: 0)
    private var isReleased = false

    init() throws {
        let (taken, free) = (DispatchSemaphore(value: 0), free)
        for _ in 0..<WorkerPool.threadCount {
            try EventLoop.current.workers.run { _ in
                taken.signal()
                free.wait()
            } then: { _ in
            }
        }
        for _ in 0..<WorkerPool.threadCount { taken.wait() }
    }

    /// Silent the second time.
    func release() {
        guard !isReleased else { return }
        isReleased = true
        for _ in 0..<WorkerPool.threadCount { free.signal() }
    }
}

@LoopActor
private func after(_ turns: Int, _ body: @escaping () throws -> Void) {
    EventLoop.current.setImmediate { if turns == 0 { try body() } else { after(turns - 1, body) } }
}
