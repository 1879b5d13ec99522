import UVCore
import UVHTTP

func agentDestroy() -> Int32 {
    EventLoop.run { _ in
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 1
        let client = HTTPClient(options)
        let connections = ConnectionNumbers()
        let server = HTTPServer { request, response in
            print(request.url, "on connection", connections[request])
            if request.url == "/held" { client.closeAllConnections() } else { response.end("ok") }
        }

        @LoopActor func get(_ path: String) {
            client.get(server.url + path) { result in
                switch result {
                case .success(let response):
                    print("answer to", path)
                    response.resume()
                    response.onEnd = { server.close { print("closed") } }
                case .failure(let failure):
                    print("error of", path, failure.code)
                }
            }
        }
        server.listen(port: 0) {
            get("/held")
            get("/in-line")
        }
    }
}
