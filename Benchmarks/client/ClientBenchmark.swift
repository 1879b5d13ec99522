import UVHTTP

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Asks a server over and over, and says what a request costs: `client-benchmark URL COUNT CONNECTIONS LENGTH`. A tenth more
/// requests come before those that count. `Benchmarks/node/client.js` does the same in Node.
@main
@LoopActor
final class ClientBenchmark {
    private let client: HTTPClient
    private let url: String
    private let length: Int
    private var begun = 0
    private var ended = 0
    private let total, warmUp: Int
    private var begin = Moment()

    nonisolated static func main() {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard let url = words.first, numbers.count == 3 else { fatalError("URL COUNT CONNECTIONS LENGTH") }
        EventLoop.main { _ in
            let benchmark = ClientBenchmark(url, count: numbers[0], connections: numbers[1], length: numbers[2])
            for _ in 0..<numbers[1] { benchmark.ask() }
        }
    }

    private init(_ url: String, count: Int, connections: Int, length: Int) {
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = connections
        client = HTTPClient(options)
        (self.url, self.length) = (url, length)
        warmUp = count / 10
        total = count + warmUp
    }

    private func ask() {
        guard begun < total else { return }
        begun += 1
        client.get(url) { [self] result in
            let response = try result.get()
            precondition(response.status == .ok, "not 200")
            var count = 0
            response.onBytes = { count += $0.byteCount }
            response.onEnd = { [self] in
                precondition(count == length, "\(count) bytes of content in place of \(length)")
                didEnd()
            }
        }
    }

    private func didEnd() {
        ended += 1
        if ended == warmUp { begin = Moment() }
        if ended == total {
            let end = Moment()
            print("\((end.processor - begin.processor) / Double(total - warmUp))\t\(end.clock - begin.clock)")
        }
        ask()
    }
}

/// The processor time of this process in microseconds, and the clock in seconds.
private struct Moment {
    let processor = Self.seconds(CLOCK_PROCESS_CPUTIME_ID) * 1e6
    let clock = Self.seconds(CLOCK_MONOTONIC)

    private static func seconds(_ clock: clockid_t) -> Double {
        var now = timespec()
        clock_gettime(clock, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
