import UVCore
import UVHTTP

func httpEventOrder() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            let name = request.url
            request.onEnd = {
                print(name, "req end", "", "")
                if name == "/read" { response.end("ok") }
            }
            request.onClose = { print(name, "req close", "", "destroyed \(request.isClosed)") }
            request.onAborted = { print(name, "req aborted", "", "") }
            request.onError = { error in print(name, "req error", error.code, "") }
            response.onFinish = { print(name, "res finish", "") }
            response.onClose = { print(name, "res close", "finished \(response.isFinished)") }
            switch name {
            case "/read":
                request.onData = { bytes in print(name, "data", bytes.text) }
            case "/ignore":
                response.end("ok")
            default:
                response.write("partial")
            }
        }
        server.listen(port: 0) {
            post("/read", "xyz", to: server, on: loop) {
                post("/ignore", "xyz", to: server, on: loop) {
                    abort(server, on: loop) {
                        server.close { print("server closed") }
                    }
                }
            }
        }
    }
}

@LoopActor
private func post(
    _ url: String, _ body: String, to server: HTTPServer, on loop: EventLoop, then next: @escaping () -> Void
) {
    let client = server.connect()
    client.write(
        "POST \(url) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    client.resume()
    client.onClose = { _ in loop.setTimeout(.milliseconds(20), next) }
}

@LoopActor
private func abort(_ server: HTTPServer, on loop: EventLoop, then next: @escaping () -> Void) {
    let client = server.connect()
    client.write("GET /abort HTTP/1.1\r\nHost: x\r\n\r\n")
    client.onData = { _ in
        client.destroy()
        loop.setTimeout(.milliseconds(40), next)
    }
}
