import UVCore
import UVHTTP

func agentClosedWhileIdle() -> Int32 {
    EventLoop.run { loop in
        let client = HTTPClient()
        let connections = ConnectionNumbers()
        let server = HTTPServer { request, response in
            print(request.method.rawValue, request.url, "on connection", connections[request])
            response.end("ok")
        }

        var paths = ["/1", "/2", "/3"]
        @LoopActor func next() {
            guard !paths.isEmpty else { return server.close { print("closed") } }
            client.request(.post, server.url + paths.removeFirst()) { result in
                let response = try result.get()
                response.resume()
                response.onEnd = {
                    loop.setTimeout(.milliseconds(20)) {
                        server.closeIdleConnections()
                        loop.setTimeout(.milliseconds(20)) { next() }
                    }
                }
            }
        }
        server.listen(port: 0) { next() }
    }
}
