import UVCore
import UVHTTP

func httpTimeouts408() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            print("request event", request.url)
            request.resume()
            request.onEnd = { response.end("ok") }
            request.onError = { error in print("req error", error.code, request.isAborted ? "aborted" : "") }
            request.onClose = { print("req close, complete", request.isComplete) }
        }
        server.limits.headTimeout = .milliseconds(60)
        server.limits.requestTimeout = .milliseconds(300)
        server.connectionsCheckingInterval = .milliseconds(40)
        server.onClientError = { error, _ in print("clientError", error.code) }
        server.listen(port: 0) {
            send("GET / HTTP/1.1\r\nHost:", "slow headers", limit: .milliseconds(60), to: server) {
                let request = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
                send(request, "slow body", limit: .milliseconds(300), to: server) { server.close() }
            }
        }
    }
}

@LoopActor
private func send(
    _ text: String, _ name: String, limit: Duration, to server: HTTPServer, then next: @escaping () -> Void
) {
    let start = ContinuousClock.now
    let client = server.connect()
    client.write(text)
    var all = ""
    client.onData = { bytes in all += bytes.text }
    client.onClose = { _ in
        let time = ContinuousClock.now - start
        let isInTime = time >= limit - .milliseconds(5) && time < limit + .milliseconds(40 + 200)
        print(name, "->", all.quoted, "closed within [limit, limit+interval+slack]:", isInTime)
        next()
    }
}
