import LoopTesting
import SeededRandom
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: a server that closes at random")
struct ClientRaceTests {
    /// Closes after an answer, before it, in the middle of it, or not; counts how often it has seen each request, and
    /// knows those that it has answered whole.
    @LoopActor
    private final class RandomServer {
        private(set) var seen: [String: Int] = [:]
        private(set) var answered: Set<String> = []
        private(set) var mostAtOnce = 0
        private(set) var wasPipelined = false
        private var open = 0
        private var random: SeededGenerator
        private(set) lazy var server = Server { [unowned self] socket in serve(socket) }

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        private func serve(_ socket: Socket) {
            open += 1
            mostAtOnce = max(mostAtOnce, open)
            var received: [UInt8] = []
            socket.onData = { [self] bytes in
                received += bytes
                guard received.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
                let request = String(decoding: received, as: UTF8.self)
                received = []
                if request.components(of: "HTTP/1.1\r\n") != 2 { wasPipelined = true }
                let path = String(request.split(separator: " ")[1])
                seen[path, default: 0] += 1
                // One that came before its client knew of the end has no answer.
                if socket.isWritable, answer(socket) { answered.insert(path) }
            }
            socket.onError = { _ in }
            socket.onClose = { [self] _ in open -= 1 }
        }

        /// Returns whether the answer is whole.
        private func answer(_ socket: Socket) -> Bool {
            let choice = Int.random(in: 0..<10, using: &random)
            switch choice {
            case 0: socket.destroy()
            case 1: socket.resetAndDestroy()
            case 2: socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            case 3: socket.end(shortAnswer)
            case 4: socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            default: socket.write(shortAnswer)
            }
            return choice > 2
        }
    }

    @Test(
        "Of 10,000 requests on 8 connections each is answered or truly fails, once, and no POST is sent twice",
        arguments: [1, 2])
    func exactlyOnce(seed: UInt64) async {
        await withServer { host in
            let raw = RandomServer(seed: seed)
            await withUnsafeContinuation { continuation in
                raw.server.listen(port: 0, host: "127.0.0.1") { _ in continuation.resume() }
            }
            var options = HTTPClient.Options()
            options.connectionsPerOrigin = 8
            let client = HTTPClient(options)
            let base = "http://127.0.0.1:\(raw.server.address?.port ?? 0)"
            let total = 5_000
            var outcomes = [Int](repeating: 0, count: total)
            var left = total
            var answered = 0
            /// Those that were answered before the server has seen them, and those that failed though it has answered.
            var strange: [Int] = []
            await withUnsafeContinuation { continuation in
                for id in 0..<total {
                    client.request(id % 2 == 0 ? .get : .post, "\(base)/\(id)") { result in
                        outcomes[id] += 1
                        switch result {
                        case .success(let response):
                            response.resume()
                            answered += 1
                            if raw.seen["/\(id)"] == nil { strange.append(id) }
                        case .failure:
                            if raw.answered.contains("/\(id)") { strange.append(id) }
                        }
                        left -= 1
                        if left == 0 { continuation.resume() }
                    }
                }
            }
            #expect(outcomes.allSatisfy { $0 == 1 })
            #expect(strange.isEmpty)
            #expect(answered > total / 2 && answered < total)
            #expect(!raw.wasPipelined)
            // One that the client has closed is closed here a little later.
            #expect(raw.mostAtOnce <= 16)
            for id in 0..<total {
                let count = raw.seen["/\(id)"] ?? 0
                #expect(count <= (id % 2 == 0 ? 2 : 1), "request \(id) was seen \(count) times, seed \(seed)")
            }
            client.closeAllConnections()
            raw.server.close()
        }
    }
}

extension String {
    /// In how many parts `separator` cuts it.
    func components(of separator: String) -> Int {
        var (count, rest) = (1, Substring(self))
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
