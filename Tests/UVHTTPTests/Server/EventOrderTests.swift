import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("The order of events")
struct EventOrderTests {
    /// A line of ``NodeEvents``, taken apart.
    private struct Conversation {
        let method, answered, read, connection: String
        let isCut: Bool

        init(_ line: String) {
            let words = line.prefix { $0 != ":" }.split(separator: " ").map(String.init)
            (method, answered, read, connection) = (words[0], words[1], words[2], words[3])
            isCut = words.count > 4
        }

        var body: String { method == "POST" ? "xyz" : "" }

        func head(_ name: String, isLast: Bool) -> String {
            "\(method) /\(name) HTTP/1.1\r\nHost: x\r\n" + (isLast ? "Connection: close\r\n" : "")
                + (body.isEmpty ? "" : "Content-Length: 3\r\n") + "\r\n"
        }
    }

    @LoopActor
    private func handle(
        _ conversation: Conversation, _ request: IncomingMessage, _ response: ServerResponse, _ log: Log
    ) {
        let loop = EventLoop.current
        let name = String(request.url.dropFirst())
        request.onClose = { log("\(name).close") }
        response.onFinish = { log("\(name).finish") }
        response.onClose = { log("\(name).over") }
        switch conversation.read {
        case "data": request.onData = { _ in log("data") }
        case "resume": request.resume()
        case "datalate":
            loop.nextTick {
                log("listen")
                request.onData = { _ in log("data") }
            }
        default: break
        }
        let answer = {
            response.end("ok")
            loop.nextTick { log("tick") }
        }
        let answerLate = {
            log("tick")
            answer()
        }
        request.onEnd = {
            log("\(name).end")
            if conversation.answered == "onend" { answer() }
        }
        switch conversation.answered {
        case "now": answer()
        case "tick": loop.nextTick(answerLate)
        case "immediate": loop.setImmediate(answerLate)
        case "later": loop.setTimeout(.milliseconds(5), answerLate)
        default: break
        }
    }

    @Test("Events come in Node's order, whenever a request is answered and read", arguments: NodeEvents.lines)
    func order(_ line: String) async {
        let conversation = Conversation(line)
        let log = Log()
        await withServer(clock: ManualClock()) { server in
            server.onRequest = { handle(conversation, $0, $1, log) }
            let client = server.connect()
            let head = conversation.head("a", isLast: conversation.connection == "close")
            switch conversation.connection {
            case "pipe":
                client.send(head + conversation.body + conversation.head("b", isLast: true) + conversation.body)
            case _ where conversation.isCut:
                client.send(head)
                await server.turns(2)
                client.send(conversation.body)
            default: client.send(head + conversation.body)
            }
            await server.turns()
            await server.pass(.milliseconds(5))
            if conversation.connection == "keep" { await client.until("ok") } else { await client.untilEnd() }
            await server.turns(10)
        }
        #expect("\(line.prefix { $0 != ":" }): \(log.lines.joined(separator: " "))" == line)
    }
}
