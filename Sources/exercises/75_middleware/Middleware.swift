import UVHTTP

@LoopActor
private func log(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
    print("  log: \(request.method) \(request.url)")
    try next()
    print("  log: answered \(response.status.code)")
}

@LoopActor
private func catchErrors(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) {
    print("    catchErrors: in")
    do {
        try next()
        print("    catchErrors: out")
    } catch {
        print("    catchErrors: \(error)")
        response.status = .internalServerError
        response.end("something broke")
    }
}

@LoopActor
private func authorize(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
    if request.header(.authorization) == "secret" {
        print("      authorize: in")
        try next()
        print("      authorize: out")
    } else {
        print("      authorize: the request ends here")
        response.status = .unauthorized
        response.end("who are you?")
    }
}

@LoopActor
private func handle(_ request: IncomingMessage, _ response: ServerResponse) throws {
    print("        handler")
    if request.url == "/broken" { throw Failure("the handler has thrown") }
    response.end("here you are")
}

@LoopActor
private func askAndShow(_ request: String, _ field: String, of server: HTTPServer, _ then: @escaping () -> Void) {
    print(request)
    ask(request, field: field, of: server) { lines in
        print("\(lines.first ?? ""): \(lines.last ?? "")")
        then()
    }
}

func middleware() -> Int32 {
    EventLoop.run { _ in
        let router = Router()
        router.use(log)
        router.use(catchErrors)
        router.use(authorize)
        router.get("/tasks", handle)
        router.get("/broken", handle)
        let server = HTTPServer(router)

        server.listen(port: 0) {
            askAndShow("GET /tasks", "Authorization: secret", of: server) {
                askAndShow("GET /tasks", "Authorization: none", of: server) {
                    askAndShow("GET /broken", "Authorization: secret", of: server) { server.close() }
                }
            }
        }
    }
}
