import Foundation
import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Sockets of the file system")
struct PathSocketTests {
    /// A path that nothing is at.
    private func freePath(_ name: String = "s") -> String {
        FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString.prefix(8))-\(name)").path
    }

    @Test("Both ends write, end by halves and have no addresses; a server that is closed takes its file away")
    func echo() async {
        let path = freePath()
        let log = Log()
        let code = await withLoop { loop in
            let server = Server { socket in
                socket.onData = { bytes in socket.write(bytes) }
                socket.onEnd = { socket.end("!") }
            }
            server.allowsHalfOpen = true
            server.listen(path: path) {
                log("listening \(FileManager.default.fileExists(atPath: path)) \(server.address == nil)")
                var text = ""
                let client = Socket.connect(path: path) { log("connected") }
                client.allowsHalfOpen = true
                client.onData = { bytes in
                    text += String(decoding: bytes, as: UTF8.self)
                    if text == "hello" { client.end() }
                }
                client.onEnd = { log("\(text) \(client.remoteAddress == nil) \(client.localAddress == nil)") }
                client.onClose = { hadError in
                    log("closed \(hadError)")
                    server.close { log("server closed \(FileManager.default.fileExists(atPath: path))") }
                }
                client.write("hello")
            }
        }
        #expect(code == 0)
        #expect(
            log.lines == [
                "listening true true", "connected", "hello! true true", "closed false", "server closed false",
            ])
    }

    @Test("More than the system takes at once arrives whole")
    func large() async {
        let path = freePath()
        let total = 5 << 20
        let log = Log()
        let code = await withLoop { _ in
            let server = Server { socket in socket.end([UInt8](repeating: 1, count: total)) }
            server.listen(path: path) {
                let client = Socket.connect(path: path)
                var count = 0
                client.onBytes = { count += $0.byteCount }
                client.onClose = { hadError in
                    log("\(count) \(hadError)")
                    server.close()
                }
            }
        }
        #expect(code == 0 && log.lines == ["\(total) false"])
    }

    /// What `begin` fails with.
    private func failure(_ begin: @escaping @LoopActor (_ failed: @escaping (LoopError) -> Void) -> Void) async
        -> String?
    {
        let log = Log()
        _ = await withLoop { _ in begin { error in log("\(error.name) \(error.call)") } }
        return log.lines.first
    }

    private func connecting(to path: String) async -> String? {
        await failure { failed in Socket.connect(path: path).onError = failed }
    }

    private func listening(at path: String) async -> String? {
        await failure { failed in
            let server = Server { _ in }
            server.onError = failed
            server.listen(path: path) { server.close() }
        }
    }

    @Test("Nothing is there, or a file that a server has left which was killed: as in Node")
    func stale() async throws {
        let path = freePath()
        #expect(await connecting(to: path) == "ENOENT uv_pipe_connect")
        try leaveSocket(at: path)
        #expect(await connecting(to: path) == "ECONNREFUSED uv_pipe_connect")
        #expect(await listening(at: path) == "EADDRINUSE uv_pipe_bind")
        try FileManager.default.removeItem(atPath: path)
        #expect(await listening(at: path) == nil)
    }

    /// Makes the file of a socket that nothing listens at.
    private func leaveSocket(at path: String) throws {
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }

    @Test("A path at the system's limit is taken, and one byte more is no path: it is not cut")
    func length() async throws {
        let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        let start = freePath("")
        try #require(start.utf8.count < limit)
        let longest = start + String(repeating: "s", count: limit - start.utf8.count)
        #expect(await listening(at: longest) == nil)
        for path in [longest + "s", "", "a\0b"] {
            #expect(await listening(at: path) == "EINVAL uv_pipe_bind")
            #expect(await connecting(to: path) == "EINVAL uv_pipe_connect")
        }
    }

    @Test("A server that listens already fails, and a client that is destroyed while it connects says nothing")
    func misuse() async {
        let path = freePath()
        let log = Log()
        let code = await withLoop { loop in
            let server = Server { _ in log("accepted") }
            server.onError = { log($0.name) }
            server.listen(path: path)
            server.listen(path: path)
            let client = Socket.connect(path: path) { log("connected") }
            client.onError = { log($0.name) }
            client.onClose = { log("closed \($0)") }
            client.destroy()
            loop.setTimeout(.milliseconds(1)) { server.close() }
        }
        #expect(code == 0)
        #expect(log.lines.filter { $0 != "accepted" } == ["EALREADY", "closed false"])
    }
}
