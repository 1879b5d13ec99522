import UVCore
import UVHTTP

func agentLeavesLine() -> Int32 {
    EventLoop.run { loop in
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 1
        let client = HTTPClient(options)
        let connections = ConnectionNumbers()
        var second: ClientRequest?
        let server = HTTPServer { request, response in
            print("server", request.url, "on connection", connections[request])
            if request.url == "/1" { second?.abort() }
            loop.setImmediate { response.end() }
        }

        @LoopActor func get(_ path: String) -> ClientRequest {
            client.get(server.url + path) { result in
                guard case .success(let response) = result else { return }
                print("client", path)
                response.resume()
                response.onEnd = { if path == "/3" { server.close { print("closed") } } }
            }
        }

        server.listen(port: 0) {
            _ = get("/1")
            second = get("/2")
            _ = get("/3")
        }
    }
}
