import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("An open file")
struct FileTests {
    @Test("Pieces are read where they are asked for, else one behind the other, to the end")
    func pieces() async throws {
        let path = try temporaryFile(Array("0123456789".utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                let file = try await FileSystem.open(path)
                for offset: Int64? in [nil, nil, 8, 2, nil, nil, 10, 1_000] {
                    log(String(decoding: try await file.read(4, at: offset), as: UTF8.self))
                }
                log("\(try await file.read(0).count) \(try await file.stat().size)")
                try await file.close()
            }
        }
        #expect(log.lines == ["0123", "4567", "89", "2345", "89", "", "", "", "0 10"])
        #expect(openFiles(below: path).isEmpty)
    }

    @Test("What is asked of one file is done in that order, and closing is the last")
    func order() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { _ in
                FileSystem.open(folder + "/a", [.read, .write, .create]) { result in
                    let file = try result.get()
                    for number in 0..<50 { file.write("\(number),") { _ in log("write \(number)") } }
                    file.read(1_000, at: 0) { log(String(decoding: try $0.get(), as: UTF8.self)) }
                    file.truncate(to: 3) { _ in log("truncated") }
                    file.stat { log("\(try $0.get().size)") }
                    file.sync { log("sync \((try? $0.get()) != nil)") }
                    file.syncContent { log("syncContent \((try? $0.get()) != nil)") }
                    file.close { log("close \((try? $0.get()) != nil)") }
                    file.read(1) { log(failure(of: $0)) }
                    file.close { log(failure(of: $0)) }
                    log("\(file.isOpen)")
                }
            }
            let written = (0..<50).map { "\($0)," }.joined()
            #expect(
                log.lines == ["false"] + (0..<50).map { "write \($0)" } + [
                    written, "truncated", "3", "sync true", "syncContent true", "close true", "EBADF uv_fs_read",
                    "EBADF uv_fs_close",
                ])
        }
    }

    @Test("A write at an offset leaves the rest, and fills a hole with zeros")
    func writeAtOffset() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a"
            _ = await withLoop { loop in
                loop.spawn {
                    let file = try await FileSystem.open(path, .replacing)
                    try await file.write("abc")
                    try await file.write("X", at: 1)
                    try await file.write("d")
                    try await file.write("end", at: 6)
                    try await file.write([UInt8]())
                    try await file.close()
                }
            }
            #expect(FileManager.default.contents(atPath: path) == Data("aXcd\0\0end".utf8))
        }
    }

    @Test("Numbers below zero, and counts above 2 GiB, are EINVAL, an answer like any other")
    func negative() async throws {
        let path = try temporaryFile([1, 2, 3])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        _ = await withLoop { _ in
            FileSystem.open(path, [.read, .write]) { result in
                let file = try result.get()
                file.read(-1) { log(failure(of: $0)) }
                file.read(Int(Int32.max)) { log("\(try $0.get())") }
                file.read(Int(Int32.max) + 1) { log(failure(of: $0)) }
                file.read(Int.max) { log(failure(of: $0)) }
                file.read(1, at: -1) { log(failure(of: $0)) }
                file.write("a", at: -1) { log(failure(of: $0)) }
                file.truncate(to: -1) { log(failure(of: $0)) }
                log("later")
            }
        }
        #expect(
            log.lines == [
                "later", "EINVAL uv_fs_read", "[1, 2, 3]", "EINVAL uv_fs_read", "EINVAL uv_fs_read",
                "EINVAL uv_fs_read", "EINVAL uv_fs_write", "EINVAL uv_fs_ftruncate",
            ])
    }

    @Test("What the flags do not allow is an error")
    func flags() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            let path = folder + "/a"
            _ = await withLoop { loop in
                loop.spawn {
                    log(await failing { _ = try await FileSystem.open(path, [.read, .write]) })
                    let new = try await FileSystem.open(path, .new, permissions: .ownerOnly)
                    log(String(try await new.stat().permissions.rawValue, radix: 8))
                    log(await failing { _ = try await new.read(1) })
                    log(await failing { _ = try await FileSystem.open(path, .new) })
                    let reader = try await FileSystem.open(path)
                    log(await failing { try await reader.write("a") })
                    try await FileSystem.makeSymbolicLink(folder + "/link", to: "a")
                    log(await failing { _ = try await FileSystem.open(folder + "/link", [.read, .noFollow]) })
                    log(await failing { _ = try await FileSystem.open(path, [.read, .directory]) })
                    try await FileSystem.open(folder, [.read, .directory]).close()
                }
            }
            #expect(
                log.lines == [
                    "ENOENT uv_fs_open", "600", "EBADF uv_fs_read", "EEXIST uv_fs_open", "EBADF uv_fs_write",
                    "ELOOP uv_fs_open", "ENOTDIR uv_fs_open",
                ])
        }
    }

    @Test("A full disk is an error of the write")
    func full() async {
        let log = Log()
        _ = await withLoop { _ in
            FileSystem.writeFile("/dev/full", "a", [.write]) { log(failure(of: $0)) }
        }
        #expect(log.lines == ["ENOSPC uv_fs_write"])
    }

    @Test("However much waits at the end of the program, the stack does not")
    func manyAtTheEnd() async throws {
        try await withTemporaryFolder { folder in
            let code = await withLoop { loop in
                FileSystem.open(folder + "/a", .replacing) { result in
                    let file = try result.get()
                    for _ in 0..<100_000 { file.write([1]) { _ in } }
                    loop.exit(0)
                }
            }
            #expect(code == 0)
        }
    }

    @Test("A file that is dropped is closed, in the middle of the program and at its end", arguments: [false, true])
    func dropped(atEnd: Bool) async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                if atEnd {
                    FileSystem.open(folder + "/a", .replacing) { result in
                        let file = try result.get()
                        loop.onExit = { _ in _ = file.isOpen }
                        file.write([UInt8](repeating: 1, count: 1_000_000)) { _ in log("not called") }
                        file.close { _ in log("not called") }
                        loop.exit(0)
                    }
                } else {
                    FileSystem.open(folder + "/a", .replacing) { _ in log("\(openFiles(below: folder).count)") }
                    loop.onBeforeExit = { _ in log("\(openFiles(below: folder).count)") }
                }
            }
            #expect(log.lines == (atEnd ? [] : ["1", "0"]))
            #expect(openFiles(below: folder).isEmpty)
        }
    }

    @Test("A task that is cancelled takes back what waits for a thread, and what has begun goes on")
    func cancelled() async throws {
        let path = try temporaryFile([1, 2, 3])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        let gate = DispatchSemaphore(value: 0)
        _ = await withLoop { loop in
            for _ in 0..<WorkerPool.threadCount {
                try loop.workers.run { _ in
                    gate.wait()
                } then: { _ in
                }
            }
            let tasks = [
                loop.spawn { log(await failing { _ = try await FileSystem.readFile(path) }) },
                loop.spawn { log(await failing { _ = try await FileSystem.stat(path) }) },
            ]
            FileSystem.stat(path) { log("\(try $0.get().size)") }
            loop.setImmediate {
                for task in tasks { task.cancel() }
                loop.setImmediate { loop.setImmediate { for _ in 0..<WorkerPool.threadCount { gate.signal() } } }
            }
        }
        #expect(log.lines == ["ECANCELED uv_fs_open", "ECANCELED uv_fs_stat", "3"])
    }

    @Test("A task that is cancelled already begins nothing")
    func cancelledBefore() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                let task = loop.spawn {
                    log(await failing { try await FileSystem.writeFile(folder + "/a", "a") })
                    log(await failing { try await FileSystem.rename(folder, to: folder + "2") })
                }
                task.cancel()
                // Nothing else keeps the loop alive.
            }
            #expect(log.lines == ["ECANCELED uv_fs_open", "ECANCELED uv_fs_rename"])
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    @Test("Reading a whole file that is cancelled half way closes it")
    func cancelledReading() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/big"
            #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 8 << 20)))
            let log = Log()
            _ = await withLoop { loop in
                let task = loop.spawn {
                    log(await failing { _ = try await FileSystem.readFile(path) })
                    log("\(openFiles(below: folder).count)")
                }
                var turns = 0
                @LoopActor func look() {
                    turns += 1
                    // Open and being read: more than one piece is sure to be left.
                    if !openFiles(below: folder).isEmpty { return task.cancel() }
                    loop.setImmediate { look() }
                }
                look()
            }
            #expect(log.lines == ["ECANCELED uv_fs_read", "0"])
        }
    }
}

func failure<Value>(of result: Result<Value, LoopError>) -> String {
    if case .failure(let error) = result { "\(error.name) \(error.call)" } else { "-" }
}

/// How `work` has failed.
@LoopActor
func failing(_ work: () async throws -> Void) async -> String {
    do {
        try await work()
        return "-"
    } catch let error as LoopError {
        return "\(error.name) \(error.call)"
    } catch {
        return "\(error)"
    }
}
