import UVHTTP

EventLoop.main { loop in
    let server = HTTPServer { request, response in
        let body = try await request.body(upTo: 1_000)
        try await loop.sleep(.milliseconds(10))
        let addresses = try await DNS.lookup("localhost")
        response.end("\(body.count) bytes, \(addresses.isEmpty ? "nobody" : "somebody") at home\n")
    }
    server.listen(port: 8080)
}
