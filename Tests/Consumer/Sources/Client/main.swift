import UVHTTP

EventLoop.main { loop in
    let client = HTTPClient()
    client.get("http://127.0.0.1:8080/hello/Ada") { result in
        let response = try result.get()
        print(response.status.code)
        response.collect { body in print(String(decoding: try body.get(), as: UTF8.self)) }
    }
}
