import UVCore
import UVHTTP

func httpAnsweredAtOnce() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            let name = String(request.url.dropFirst())
            request.onData = { data in print(name, "data", data.text) }
            request.onEnd = { print(name, "req end") }
            request.onClose = { print(name, "req close") }
            response.onFinish = { print(name, "res finish") }
            response.onClose = { print(name, "res close") }
            if name == "later" {
                loop.setTimeout(.milliseconds(20)) { response.end("ok") }
                return
            }
            response.end("ok")
            loop.nextTick { print(name, "tick") }
        }
        server.listen(port: 0) {
            askOnce("POST", "later", of: server, on: loop) {
                askOnce("POST", "post", of: server, on: loop) {
                    askOnce("GET", "get", of: server, on: loop) { server.close() }
                }
            }
        }
    }
}

@LoopActor
private func askOnce(
    _ method: String, _ name: String, of server: HTTPServer, on loop: EventLoop, then next: @escaping () -> Void
) {
    let body = method == "POST" ? "Content-Length: 3\r\n\r\nxyz" : "\r\n"
    let client = server.connect()
    client.write("\(method) /\(name) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(body)")
    client.resume()
    client.onClose = { _ in loop.setTimeout(.milliseconds(20), next) }
}
