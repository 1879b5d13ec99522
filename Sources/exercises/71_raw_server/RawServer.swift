import UVHTTP

/// A server without a framework: one function gets every request and routes it by path and method.
@LoopActor
private final class Tasks {
    private var titles: [String] = []

    func handle(_ request: IncomingMessage, _ response: ServerResponse) {
        let path = request.url.split(separator: "/")
        if path.first != "tasks" || path.count > 2 {
            answer(response, .notFound, "no such path")
        } else if path.count == 1 {
            answerForAll(request, response)
        } else {
            answerForOne(request, response, title(String(path[1])))
        }
    }

    private func title(_ number: String) -> String? {
        guard let number = Int(number), (1...titles.count).contains(number) else { return nil }
        return titles[number - 1]
    }

    private func answerForAll(_ request: IncomingMessage, _ response: ServerResponse) {
        if request.method == .get {
            answer(response, .ok, titles.joined(separator: ", "))
        } else if request.method == .post {
            var title = ""
            request.onData = { bytes in title += String(decoding: bytes, as: UTF8.self) }
            request.onEnd = { [self] in
                titles.append(title)
                response.setHeader(.location, "/tasks/\(titles.count)")
                answer(response, .created, title)
            }
        } else {
            response.setHeader(.allow, "GET, POST")
            answer(response, .methodNotAllowed, "wrong method")
        }
    }

    private func answerForOne(_ request: IncomingMessage, _ response: ServerResponse, _ title: String?) {
        if let title, request.method == .get {
            answer(response, .ok, title)
        } else if title != nil {
            response.setHeader(.allow, "GET")
            answer(response, .methodNotAllowed, "wrong method")
        } else {
            answer(response, .notFound, "no such task")
        }
    }

    private func answer(_ response: ServerResponse, _ status: HTTPResponse.Status, _ text: String) {
        response.status = status
        response.end(text)
    }
}

func rawServer() -> Int32 {
    EventLoop.run { _ in
        var requests = [
            ("POST /tasks", "read"), ("POST /tasks", "write"), ("GET /tasks", ""), ("GET /tasks/2", ""),
            ("GET /tasks/3", ""), ("GET /task", ""), ("GET /tasks/1/2", ""), ("DELETE /tasks", ""),
            ("POST /tasks/1", "again"),
        ]
        let tasks = Tasks()
        let server = HTTPServer { request, response in tasks.handle(request, response) }

        @LoopActor func askNext() {
            guard !requests.isEmpty else { return server.close() }
            let (request, body) = requests.removeFirst()
            ask(request, body: body, of: server) { lines in
                print("\(request): \(lines.joined(separator: " | "))")
                askNext()
            }
        }
        server.listen(port: 0, askNext)
    }
}
