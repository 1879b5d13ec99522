import LoopTesting
import UVCore
import UVHTTP
import UVHTTPExtras

/// An answer that names its length, as it came.
struct RawAnswer {
    let head: String
    let body: [UInt8]

    func has(_ text: String) -> Bool { head.contains(text) }

    /// The value of the field `name`, both in small letters; nil if there is none.
    func value(of name: String) -> String? { head.value(of: name) }
}

/// Sends requests on one connection, all at once, to a server that compresses, and reads the answers.
func ask(
    _ starts: [String], _ handler: @escaping @LoopActor (IncomingMessage, ServerResponse) throws -> Void
) async -> [RawAnswer] {
    await ask(starts) { ClosureMiddleware { request, response, _ in try handler(request, response) } }
}

/// Sends requests with `fields` on one connection, all at once, to a server that has `middleware` compressed, and reads the
/// answers.
func ask(
    _ starts: [String], _ fields: String = "Accept-Encoding: gzip\r\n",
    of middleware: @escaping @LoopActor () -> any Middleware
) async -> [RawAnswer] {
    nonisolated(unsafe) var bytes: [UInt8] = []
    _ = await withLoop { _ in
        let router = Router()
        router.use(Compression())
        router.use(middleware())
        let server = HTTPServer(router)
        server.listen(port: 0) {
            let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
            for (index, start) in starts.enumerated() {
                let end = index == starts.count - 1 ? "Connection: close\r\n" : ""
                socket.write("\(start) HTTP/1.1\r\nHost: a\r\n\(fields)\(end)\r\n")
            }
            socket.onData = { bytes += $0 }
            socket.onClose = { _ in server.close() }
        }
    }
    return answers(in: bytes, starts)
}

func answers(in bytes: [UInt8], _ starts: [String]) -> [RawAnswer] {
    var rest = bytes[...]
    var found: [RawAnswer] = []
    for start in starts {
        guard
            let end = (rest.startIndex..<max(rest.startIndex, rest.endIndex - 3)).first(where: { index in
                rest[index..<index + 4].elementsEqual([13, 10, 13, 10])
            })
        else { break }
        let head = String(decoding: rest[..<end], as: UTF8.self).lowercased()
        let length = head.value(of: "content-length").flatMap { Int($0) } ?? 0
        let body = rest[(end + 4)...].prefix(start.hasPrefix("HEAD") ? 0 : length)
        found.append(RawAnswer(head: head, body: Array(body)))
        rest = rest[body.endIndex...]
    }
    return found
}

extension String {
    /// The value of the field `name`, of a head in small letters.
    fileprivate func value(of name: String) -> String? {
        split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
