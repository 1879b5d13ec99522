import UVHTTP

EventLoop.main { loop in
    let router = Router()
    router.get("/login/:name") { request, response in
        let name = request.parameters["name"] ?? ""
        try response.setCookie(Cookie(name: "name", value: name, maxAge: .seconds(3_600)))
        try response.setCookie(Cookie(name: "visits", value: "0", path: "/visits", sameSite: .strict))
        response.end("welcome\n")
    }
    router.get("/visits") { request, response in
        let visits = 1 + (request.cookies["visits"].flatMap { Int($0) } ?? 0)
        try response.setCookie(Cookie(name: "visits", value: "\(visits)", path: "/visits", sameSite: .strict))
        response.end("\(request.cookies["name"] ?? "stranger"): \(visits)\n")
    }
    router.get("/logout") { request, response in
        try response.removeCookie("name")
        response.end("goodbye\n")
    }
    HTTPServer(router).listen(port: 8080)
}
