import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Names of one family, and names that are not waited for any more")
struct DNSTests {
    @Test(
        "A name is asked for the family; an address in numbers comes back whatever it is",
        arguments: DNS.Family.allCases)
    func family(family: DNS.Family) async {
        let log = Log()
        _ = await withLoop { loop in
            for host in ["localhost", "127.0.0.1", "::1"] {
                DNS.lookup(host, family: family) { result in
                    guard case .success(let addresses) = result else { return }
                    if host == "localhost", family != .any {
                        #expect(addresses.allSatisfy { $0.isIPv6 == (family == .ipv6) })
                    }
                    if host != "localhost" { log("\(addresses.map(\.host))") }
                }
                loop.spawn {
                    guard let addresses = try? await DNS.lookup(host, family: family) else { return }
                    if host == "localhost", family != .any {
                        #expect(addresses.allSatisfy { $0.isIPv6 == (family == .ipv6) })
                    }
                    if host == "localhost", family != .ipv6 { log("found") }
                }
            }
        }
        let numbers = ["[\"127.0.0.1\"]", "[\"::1\"]"]
        #expect(log.lines == (family == .ipv6 ? numbers : numbers + ["found"]))
    }

    @Test("A task that is cancelled does not wait for its name, and the line behind goes on", arguments: [false, true])
    func cancelled(isEarly: Bool) async {
        let log = Log()
        let code = await withLoop { loop in
            // All threads are taken, so the name stands in libuv's line.
            let (taken, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let threads = Int(EventLoop.environment("UV_THREADPOOL_SIZE") ?? "") ?? 4
            for _ in 0..<threads {
                try loop.workers.run { _ in
                    taken.signal()
                    free.wait()
                } then: { _ in
                    log("job")
                }
            }
            for _ in 0..<threads { taken.wait() }
            let task = loop.spawn {
                do throws(LoopError) {
                    _ = try await DNS.lookup("localhost")
                } catch {
                    log("\(error.isCancelled) \(error.call)")
                    for _ in 0..<threads { free.signal() }
                }
            }
            if isEarly { task.cancel() } else { loop.setImmediate { task.cancel() } }
        }
        #expect(code == 0)
        #expect(log.lines.first == "true uv_getaddrinfo" && log.lines.dropFirst().allSatisfy { $0 == "job" })
    }
}
