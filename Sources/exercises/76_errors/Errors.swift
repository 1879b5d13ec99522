import UVHTTP

private struct TaskError: Error {
    let status: HTTPResponse.Status
    let code: String
    let message: String
}

private func handle(_ request: String) throws {
    if request == "/broken" { throw Failure("a bug") }
    throw TaskError(status: .notFound, code: "TASK_NOT_FOUND", message: "There is no \(request).")
}

/// A known error is answered as it is. Of any other one the client learns only that it happened.
@LoopActor
private func answer(_ error: any Error, _ response: ServerResponse) {
    let known = error as? TaskError
    if known == nil { print("log: \(error)") }
    let shown = known ?? TaskError(status: .internalServerError, code: "INTERNAL_ERROR", message: "Something broke.")
    response.status = shown.status
    response.end(#"{"error":{"code":"\#(shown.code)","message":"\#(shown.message)"}}"#)
}

@LoopActor
private func askAndShow(_ request: String, of server: HTTPServer, _ then: @escaping () -> Void) {
    ask(request, of: server) { lines in
        print("\(request): \(lines.first ?? ""), \(lines.last ?? "")")
        then()
    }
}

func errors() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in try handle(request.url) }
        server.onHandlerError = { error, request, response in answer(error, response) }

        loop.onUncaughtError = { error in print("uncaughtException: \(error)") }

        @LoopActor func readNothing() {
            FileSystem.readFile("/no/such/file") { result in
                if case .failure(let error) = result { print("readFile: \(error.name)") }
                connectToNobody()
            }
        }

        @LoopActor func connectToNobody() {
            Socket.connect(port: 1, host: "127.0.0.1").onError = { error in
                print("connect: \(error.name)")
                askForErrors()
            }
        }

        @LoopActor func askForErrors() {
            askAndShow("GET /tasks/7", of: server) { askAndShow("GET /broken", of: server, throwLate) }
        }

        @LoopActor func throwLate() {
            loop.setTimeout(.milliseconds(1)) { throw Failure("nobody is there to catch this") }
            loop.setTimeout(.milliseconds(20)) { askAndShow("GET /tasks/8", of: server) { server.close() } }
        }

        server.listen(port: 0, readNothing)
    }
}
