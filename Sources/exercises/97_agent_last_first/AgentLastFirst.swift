import UVCore
import UVHTTP

func agentLastFirst() -> Int32 {
    EventLoop.run { loop in
        let client = HTTPClient()
        let connections = ConnectionNumbers()
        var held: [String: ServerResponse] = [:]
        var answerNext = {}
        let server = HTTPServer { request, response in
            print(request.url, "on connection", connections[request])
            guard request.url.hasPrefix("/first") else { return response.end() }
            held[request.url] = response
            if held.count == 3 { answerNext() }
        }

        @LoopActor func get(_ path: String, _ then: @escaping () -> Void) {
            client.get(server.url + path) { result in
                let response = try result.get()
                response.resume()
                response.onEnd = { loop.setImmediate { then() } }
            }
        }

        // One answer after another, so that it is known which connection became free last.
        var order = ["/first-2", "/first-3", "/first-1"]
        answerNext = {
            if !order.isEmpty { return held[order.removeFirst()]?.end() ?? () }
            get("/second") { server.close { print("closed") } }
            get("/second") {}
        }

        server.listen(port: 0) {
            for number in 1...3 { get("/first-\(number)") { answerNext() } }
        }
    }
}
