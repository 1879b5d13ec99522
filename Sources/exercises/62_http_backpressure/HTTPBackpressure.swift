import UVCore
import UVHTTP

func httpBackpressure() -> Int32 {
    EventLoop.run { loop in
        let total = 16_000_000
        var client: Socket?
        @LoopActor func isHeldUp() -> Bool { client.map { $0.writableLength > 0 } ?? false }

        let server = HTTPServer { request, response in
            var received = 0
            request.onData = { chunk in
                received += chunk.count
                if received > chunk.count { return }
                request.pause()
                print("paused after one chunk")
                loop.setTimeout(.milliseconds(100)) {
                    print("nothing came meanwhile", received == chunk.count)
                    print("the client is held up", isHeldUp())
                    request.resume()
                }
            }
            request.onEnd = {
                print("read in all", received)
                print("the client is held up", isHeldUp())
                answer(response)
            }
        }
        server.limits.body = total

        server.listen(port: 0) {
            let socket = server.connect()
            client = socket
            socket.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(total)\r\n\r\n")
            socket.write([UInt8](repeating: 0, count: total))
            socket.resume()
            socket.onClose = { _ in server.close { print("closed") } }
        }
    }
}

@LoopActor
private func answer(_ response: ServerResponse) {
    let piece = String(repeating: "x", count: 8_000)
    response.setHeader(.contentLength, "32000")
    print("write", response.write(piece))
    print("write", response.write(piece))
    print("write", response.write(piece))
    response.onDrain = {
        print("drain")
        print("write", response.write(piece))
        response.end()
    }
}
