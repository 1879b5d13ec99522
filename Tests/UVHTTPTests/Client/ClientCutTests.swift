import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: answers that come in two pieces, cut at every byte")
struct ClientCutTests {
    /// Sends an answer to each request, the first `cut` bytes by themselves, and ends the connection.
    @LoopActor
    private final class Cutter {
        let answer: ClientAnswer
        var cut = 0

        nonisolated init(_ answer: ClientAnswer) { self.answer = answer }

        func serve(_ socket: Socket) {
            socket.onData = { [self] _ in
                let (bytes, cut) = (answer.bytes, cut)
                socket.write(Array(bytes[..<cut]))
                // In another turn of the loop, so that the client reads twice.
                let loop = EventLoop.current
                loop.setImmediate { loop.setImmediate { socket.end(Array(bytes[cut...])) } }
            }
        }
    }

    @Test("Over the wire each cut is the same answer as the whole", arguments: ClientAnswer.all)
    func cuts(_ answer: ClientAnswer) async {
        let whole = ClientOutcome(reading: answer)
        let cutter = Cutter(answer)
        await withScript { _, socket in
            cutter.serve(socket)
        } _: { server in
            for cut in 0...answer.bytes.count {
                cutter.cut = cut
                let outcome = await outcome(of: answer, on: server)
                #expect(outcome == whole, "cut at \(cut)")
                // What comes behind an answer may come behind the next request, too.
                server.client.closeIdleConnections()
            }
        }
    }

    /// What a client makes of the answer.
    @LoopActor
    private func outcome(of answer: ClientAnswer, on server: ScriptedServer) async -> ClientOutcome {
        let request = server.client.begin(answer.method.name, server.url)
        let record = ClientRecord()
        record.listen(to: request)
        request.end()
        await server.until { !record.outcome.ending.isEmpty }
        return record.outcome
    }
}

/// Writes down what a request and its answer are told.
@LoopActor
private final class ClientRecord {
    var outcome = ClientOutcome()

    func listen(to request: ClientRequest) {
        request.onInformation = { [self] status, _ in outcome.interim.append(status.code) }
        request.onError = { [self] failure in outcome.ending = failure == .noAnswer ? "noAnswer" : failure.code }
        request.onUpgrade = { [self] response, socket, head in
            outcome.status = response.status.code
            outcome.body = String(latin1: head)
            socket.onData = { [self] in outcome.body += String(latin1: $0) }
            socket.onClose = { [self] _ in outcome.ending = "upgrade" }
        }
        request.onResponse = { [self] response in
            outcome.status = response.status.code
            response.onData = { [self] in outcome.body += String(latin1: $0) }
            response.onEnd = { [self] in
                outcome.trailers = response.trailerFields.flatMap { [$0.name, String(latin1: $0.value)] }
                outcome.ending = "end"
            }
            response.onError = { [self] error in
                if case .failed(let error) = error { outcome.ending = error.code } else { outcome.ending = "cut" }
            }
        }
    }
}
