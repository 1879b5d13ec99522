import UVCore
import UVHTTP

func agentLine() -> Int32 {
    EventLoop.run { _ in
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 2
        let client = HTTPClient(options)
        let connections = ConnectionNumbers()
        var first: ServerResponse?
        let server = HTTPServer { request, response in
            print("server", request.url, "on connection", connections[request])
            if request.url == "/1" { first = response } else { response.end() }
        }

        var left = 5
        server.listen(port: 0) {
            for number in 1...5 {
                client.get("\(server.url)/\(number)") { result in
                    print("client", "/\(number)")
                    let response = try result.get()
                    response.resume()
                    response.onEnd = {
                        left -= 1
                        if left == 1 { first?.end() }
                        if left == 0 { server.close { print("closed") } }
                    }
                }
            }
            print("asked for 5")
        }
    }
}
