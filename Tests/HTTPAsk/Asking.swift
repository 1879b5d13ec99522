import UVCore
import UVCrypto
import UVHTTP

/// All requests of one run.
@LoopActor
final class Asking {
    private let command: HTTPAsk
    private let client: HTTPClient
    private let urls: [String]
    private var outcomes: [Outcome?]
    private var left: Int

    init(_ command: HTTPAsk) {
        self.command = command
        // An authority of the tests' own is named by the environment (SSL_CERT_FILE), as for any client of OpenSSL.
        client = HTTPClient(command.options, tls: TLSContext())
        urls = Array(repeatElement(command.urls, count: command.times).joined())
        outcomes = Array(repeating: nil, count: urls.count)
        left = urls.count
    }

    func start(on loop: EventLoop) {
        guard let pause = command.pause else {
            for index in urls.indices { ask(index) {} }
            return
        }
        @LoopActor func go(_ index: Int) {
            guard index < urls.count else { return }
            ask(index) { loop.setTimeout(.milliseconds(pause)) { go(index + 1) } }
        }
        go(0)
    }

    private func ask(_ index: Int, _ then: @escaping () -> Void) {
        let request = client.begin(HTTPRequest.Method(command.method) ?? .get, urls[index], headers: command.fields)
        var outcome = Outcome()
        let end = { [self] in
            outcomes[index] = outcome
            left -= 1
            if left == 0 { finish() }
            then()
        }
        request.onInformation = { status, _ in outcome.informed.append(status.code) }
        request.onError = { failure in
            outcome.failure = "\(failure.code) \(failure)"
            end()
        }
        request.onResponse = { response in
            outcome.begin(response)
            response.onData = { outcome.content += $0 }
            response.onError = { outcome.failure = "\($0)" }
            response.onEnd = { outcome.trailers = response.trailers.map { [$0.name.rawName, $0.value] } }
            response.onClose = { end() }
        }
        send(request)
    }

    private func send(_ request: ClientRequest) {
        guard command.pieces else { return request.end([UInt8](repeating: UInt8(ascii: "a"), count: command.length)) }
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var left = command.length
        @LoopActor func go() {
            while left > 0 {
                let size = min(left, piece.count)
                left -= size
                if !request.write(Array(piece[..<size])) { return }
            }
            request.end()
        }
        request.onDrain = { go() }
        go()
    }

    private func finish() {
        for outcome in outcomes { print(outcome?.json ?? "null") }
        client.closeAllConnections()
    }
}
