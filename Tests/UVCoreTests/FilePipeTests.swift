import Foundation
import LoopTesting
import Testing

@testable import UVCore

@Suite("Files are the ends of pipes")
struct FilePipeTests {
    private static let much = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 5) })

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ content: [UInt8]? = nil) throws -> String {
        let url = URL(fileURLWithPath: folder.path).appending(path: UUID().uuidString)
        if let content { try Data(content).write(to: url) }
        return url.path
    }

    @Test("A file is copied, whatever its length; one that is there is replaced", arguments: [0, 1, 65_536, 3_000_000])
    func copies(count: Int) async throws {
        let content = [UInt8](Self.much.prefix(count))
        let (from, to) = (try path(content), try path(Self.much))
        let lines = await loggedLoop { _, log in FileSource(from).pipe(to: FileSink(to)) { log("\($0 == nil)") } }
        #expect(lines == ["true"])
        #expect(FileManager.default.contents(atPath: to).map { [UInt8]($0) } == content)
    }

    @Test("A file that is piped twice ends both pipes")
    func twice() async throws {
        let (from, one, other) = (try path(Self.much), try path(), try path())
        let lines = await loggedLoop { _, log in
            let source = FileSource(from)
            source.pipe(to: FileSink(one)) { log("first \(($0 as? LoopError)?.name ?? "none")") }
            source.pipe(to: FileSink(other)) { log("second \(($0 as? LoopError)?.name ?? "none")") }
        }
        #expect(lines == ["second EBADF", "first EBADF"])
    }

    @Test("A sink that has 64 KiB or more to write says so, until they are in the file")
    func mark() async throws {
        let to = try path()
        let lines = await loggedLoop { _, log in
            let sink = FileSink(to)
            log("\(sink.write([UInt8](repeating: 1, count: 65_535).span.bytes))")
            log("\(sink.write([UInt8(1)].span.bytes))")
            sink.whenWritten { _ in
                log("\(sink.write([UInt8](repeating: 1, count: 65_536).span.bytes))")
                sink.finish { log("\($0 == nil)") }
            }
        }
        #expect(lines == ["true", "false", "false", "true"])
    }

    @Test("What is appended goes behind what is there")
    func appends() async throws {
        let (from, to) = (try path([1, 2]), try path([0]))
        let lines = await loggedLoop { _, log in
            FileSource(from).pipe(to: FileSink(to, appends: true)) { log("\($0 == nil)") }
        }
        #expect(lines == ["true"])
        #expect(FileManager.default.contents(atPath: to).map { [UInt8]($0) } == [0, 1, 2])
    }

    @Test("A file that is not there, a folder, a name that C would cut: the one error of the pipe")
    func unreadable() async throws {
        let there = try path([1])
        for (from, to, name) in [
            ("/no/such/file", there, "ENOENT"), (there, "/no/such/file", "ENOENT"), ("/", there, "EISDIR"),
            (there, "/", "EISDIR"), ("a\0b", there, "EINVAL"), (there, "/dev/full", "ENOSPC"),
        ] {
            let lines = await loggedLoop { _, log in
                FileSource(from).pipe(to: FileSink(to)) { log(($0 as? LoopError)?.name ?? "well") }
            }
            #expect(lines == [name], "\(from) \(to)")
        }
    }

    @Test("A peer that does not read holds the file up, and what it gets is whole")
    func slowPeer() async throws {
        let from = try path(Self.much)
        let lines = await loggedLoop { _, log in
            Connection.open { connection in
                connection.client.pause()
                FileSource(from).pipe(to: connection.accepted) { log("piped \($0 == nil)") }
                turns(100) {
                    var received: [UInt8] = []
                    connection.client.onData = { received += $0 }
                    connection.client.onClose = { _ in log("\(received == Self.much)") }
                    connection.client.resume()
                }
            }
        }
        #expect(lines.sorted() == ["piped true", "true"])
    }

    @Test("An upload is written as it comes, and one that breaks off is the error")
    func upload() async throws {
        for isWhole in [true, false] {
            let to = try path()
            let lines = await loggedLoop { _, log in
                Connection.open { connection in
                    connection.accepted.pipe(to: FileSink(to)) { error in
                        log((error as? LoopError)?.name ?? "well")
                        connection.destroy()
                    }
                    if isWhole { return connection.client.end(Self.much) }
                    connection.client.write([UInt8](repeating: 1, count: 1_000)) { _ in
                        turns(5) { connection.client.resetAndDestroy() }
                    }
                }
            }
            #expect(lines == [isWhole ? "well" : "ECONNRESET"])
            #expect(!isWhole || FileManager.default.contents(atPath: to).map { [UInt8]($0) } == Self.much)
        }
    }

    @Test("The program may end while a file is piped: nothing is left, and no descriptor open", arguments: 0..<6)
    func ended(turnsBefore: Int) async throws {
        let (from, to) = (try path(Self.much), try path())
        let remains = Remains()
        let code = await withLoop { loop in
            let (source, sink) = (FileSource(from), FileSink(to))
            remains.watch(source)
            remains.watch(sink)
            source.pipe(to: sink) { _ in }
            turns(turnsBefore) { loop.exit(3) }
        }
        #expect(code == 3)
        #expect(remains.names.isEmpty)
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let files = open.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!files.contains(from) && !files.contains(to))
    }
}
