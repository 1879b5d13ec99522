import Foundation
import LoopTesting
import Testing
import UVCompression
import UVCore
import UVHTTP
import UVHTTPExtras

@Suite("Files to readers of this process")
struct FileAnswerTests {
    @Test("An answer that is left in the middle closes its file, and a slow reader holds a piece")
    func left() async throws {
        try await withFolder { folder in
            try Data(count: 64 << 20).write(to: URL(fileURLWithPath: folder + "/big"))
            let log = Log()
            let code = await withLoop { loop in
                let server = serve(folder)
                server.listen(port: 0) {
                    let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                    socket.write("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                    socket.onData = { _ in
                        socket.pause()
                        socket.onData = nil
                        log("\(openFiles(below: folder).count)")
                        socket.destroy()
                    }
                    // The end reaches the server by the poll, and closing a thread.
                    @LoopActor func look() {
                        if !socket.isDestroyed || !openFiles(below: folder).isEmpty {
                            loop.setImmediate { look() }
                            return
                        }
                        log("closed")
                        server.close()
                    }
                    look()
                }
            }
            #expect(code == 0 && log.lines == ["1", "closed"])
        }
    }

    @Test("A client reads what was compressed, up to its limit, and what is no coding is an error")
    func decoded() async throws {
        try await withFolder { folder in
            let text = String(repeating: "all the same; ", count: 10_000)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            let log = Log()
            let code = await withLoop { loop in
                let router = Router()
                router.use(Compression())
                router.use(StaticFiles(folder))
                router.get("/deflate") { _, response in
                    response.setHeader(.contentEncoding, "deflate")
                    response.end(try Compressor.compress([UInt8](text.utf8), .zlib))
                }
                router.get("/raw") { _, response in
                    response.setHeader(.contentEncoding, "deflate")
                    response.end(try Compressor.compress([UInt8](text.utf8), .raw))
                }
                router.get("/br") { _, response in
                    response.setHeader(.contentEncoding, "br")
                    response.end("x")
                }
                router.get("/cut") { _, response in
                    response.setHeader(.contentEncoding, "gzip")
                    response.end(Array(try Compressor.compress([UInt8](text.utf8), .gzip).dropLast()))
                }
                let server = HTTPServer(router)
                server.listen(port: 0) {
                    let client = HTTPClient()
                    let url = "http://127.0.0.1:\(server.address?.port ?? 0)"
                    loop.spawn {
                        for (path, limit) in [
                            ("/a.txt", 140_000), ("/a.txt", 139_999), ("/deflate", 140_000), ("/raw", 140_000),
                            ("/raw", 139_999), ("/br", 100), ("/cut", 140_000),
                        ] {
                            do {
                                let answer = try await client.get(url + path, headers: .acceptingCompressed)
                                let body = try await answer.decodedBody(upTo: limit)
                                log("\(answer.header(.contentEncoding) ?? "-") \(body == [UInt8](text.utf8))")
                            } catch {
                                log("\(error)")
                            }
                        }
                        client.closeAllConnections()
                        server.close()
                    }
                }
            }
            #expect(code == 0)
            #expect(
                log.lines == [
                    "gzip true", "tooLarge", "deflate true", "deflate true", "tooLarge", "unknown(\"br\")",
                    "compression(UVCompression.CompressionError.truncated)",
                ])
        }
    }
}

@LoopActor
private func serve(_ folder: String) -> HTTPServer {
    let router = Router()
    router.use(StaticFiles(folder))
    return HTTPServer(router)
}

private func withFolder(_ body: (String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("extras-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.resolvingSymlinksInPath().path)
}

private func openFiles(below path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        .filter { $0.hasPrefix(path + "/") }
}
