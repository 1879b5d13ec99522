import UVHTTP

EventLoop.main { loop in
    let router = Router()
    router.use { request, response, next in
        response.setHeader(.server, "fifteen lines")
        try next()
    }
    router.get("/hello/:name") { request, response in
        response.end("Hello, \(request.parameters["name"] ?? "you")!\n")
    }
    router.post("/echo") { request, response in
        request.collect { body in response.end(try body.get()) }
    }
    HTTPServer(router).listen(port: 8080)
}
