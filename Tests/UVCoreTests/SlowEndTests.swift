import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("An end that takes its time")
struct SlowEndTests {
    @Test("What is dropped at the end may take its time: that is no waiting, and the loop is closed behind it")
    func slowDrop() async {
        /// Longer than an end waits.
        final class Slow {
            deinit { usleep(1_100_000) }
        }
        await withLoopTurn {
            let before = Self.polls()
            _ = EventLoop.run { loop in
                FileSystem.open("/dev/null", .write) { result in
                    let (file, slow) = (try result.get(), Slow())
                    file.write([1]) { _ in }
                    file.write([1]) { _ in withExtendedLifetime(slow) {} }
                    loop.exit()
                }
            }
            #expect(Self.polls() == before)
        }
    }

    /// How many loops are open, by what each polls with.
    private static func polls() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let targets = names.map { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        return targets.count { $0 == "anon_inode:[eventpoll]" }
    }
}
