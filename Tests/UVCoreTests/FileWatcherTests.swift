import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Watching files")
struct FileWatcherTests {
    @Test("A folder tells what comes, changes and goes in it, and keeps the loop alive until it is cancelled")
    func folder() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                let watcher = try FileWatcher(folder) { change in log("\(change.kind) \(change.name ?? "-")") }
                loop.spawn {
                    for (name, then) in [("a", "b"), ("b", "c")] {
                        if name == "a" { try await FileSystem.writeFile(folder + "/a", "1") }
                        try await FileSystem.rename(folder + "/" + name, to: folder + "/" + then)
                    }
                    try await FileSystem.removeFile(folder + "/c")
                    // What the system has told by now is read in the poll behind this.
                    await loop.nextCheck()
                    await loop.nextCheck()
                    log("\(watcher.isActive)")
                    watcher.cancel()
                    watcher.cancel()
                    log("\(watcher.isActive)")
                    try await FileSystem.writeFile(folder + "/late", "1")
                }
            }
            #expect(
                log.lines == [
                    "rename a", "change a", "rename a", "rename b", "rename b", "rename c", "rename c", "true", "false",
                ]
                    || log.lines == [
                        "rename a", "change a", "change a", "rename a", "rename b", "rename b", "rename c", "rename c",
                        "true",
                        "false",
                    ], "\(log.lines)")
        }
    }

    @Test("A watcher that nothing waits for lets the loop end, and is closed with it")
    func unref() async throws {
        try await withTemporaryFolder { folder in
            let remains = Remains()
            let code = await withLoop { loop in
                let first = try FileWatcher(folder) { _ in }
                first.unref()
                first.ref()
                first.unref()
                remains.watch(first)
            }
            #expect(code == 0 && remains.names.isEmpty)
        }
    }

    @Test("What is not there cannot be watched")
    func missing() async {
        let log = Log()
        _ = await withLoop { _ in
            do throws(LoopError) {
                try FileWatcher("/no/such/file") { _ in }
            } catch {
                log("\(error.name) \(error.call)")
            }
        }
        #expect(log.lines == ["ENOENT uv_fs_event_start"])
    }

    @Test("Changes come as a sequence, and leaving it ends the watching")
    func sequence() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            let code = await withLoop { loop in
                let changes = try FileSystem.changes(of: folder)
                loop.spawn {
                    for try await change in changes where change.name == "z" {
                        log("\(change.kind) \(change.name ?? "-")")
                        break
                    }
                }
                FileSystem.writeFile(folder + "/a", "1") { _ in FileSystem.writeFile(folder + "/z", "1") { _ in } }
            }
            #expect(code == 0 && log.lines == ["rename z"])
        }
    }
}
