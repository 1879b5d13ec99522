import UVCore
import UVHTTP

func agentReuse() -> Int32 {
    EventLoop.run { loop in
        let connections = ConnectionNumbers()
        let server = HTTPServer { request, response in
            print(request.method.rawValue, request.url, "on connection", connections[request])
            response.end("ok")
        }

        let client = HTTPClient()
        var steps: [(HTTPRequest.Method, String, String)] = [
            (.get, "/1", "keep-alive"), (.post, "/2", "keep-alive"), (.get, "/3", "close"), (.get, "/4", "keep-alive"),
            (.get, "/5", "keep-alive"),
        ]

        @LoopActor func next() {
            guard !steps.isEmpty else { return server.close { print("closed") } }
            let (method, path, connection) = steps.removeFirst()
            client.request(method, server.url + path, headers: [.connection: connection]) { result in
                let response = try result.get()
                response.resume()
                response.onEnd = { loop.setImmediate { next() } }
            }
        }
        server.listen(port: 0) { next() }
    }
}
