import UVCore
import UVHTTP

func httpMaxRequestsKeepalive() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            print("request", request.url)
            response.end(request.url)
        }
        server.limits.maxRequestsPerSocket = 2
        server.onDropRequest = { request in print("dropRequest", request.url) }
        server.listen(port: 0) {
            let client = server.connect()
            for url in ["/1", "/2", "/3"] { client.write("GET \(url) HTTP/1.1\r\nHost: x\r\n\r\n") }
            var all = ""
            client.onData = { bytes in all += bytes.text }
            client.onClose = { _ in
                print(all.withoutDate.onOneLine)
                keepAlive(server)
            }
        }
    }
}

@LoopActor
private func keepAlive(_ server: HTTPServer) {
    server.limits.maxRequestsPerSocket = 0
    server.limits.keepAliveTimeout = .milliseconds(100)
    let start = ContinuousClock.now
    let client = server.connect()
    client.write("GET /ka HTTP/1.1\r\nHost: x\r\n\r\n")
    var all = ""
    client.onData = { bytes in all += bytes.text }
    client.onClose = { _ in
        let time = ContinuousClock.now - start
        print(all.withoutDate.onOneLine)
        print("idle socket closed after 1000..1500 ms:", time >= .milliseconds(1_000) && time < .milliseconds(1_500))
        server.close()
    }
}
