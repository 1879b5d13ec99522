import UVCore
import UVHTTP

func httpServerClose() -> Int32 {
    EventLoop.run { loop in
        var close = {}
        let server = HTTPServer { request, response in
            print("request", request.url)
            if request.url == "/now" { return response.end("now") }
            response.onFinish = { print("finish", request.url) }
            close()
            loop.setTimeout(.milliseconds(50)) { response.end("later") }
        }
        close = {
            server.close { error in print("closed, error:", error != nil) }
            server.close { error in print("closed again, error:", error != nil) }
            print("listening", server.address != nil)
        }

        server.listen(port: 0) {
            let port = server.address?.port ?? 0
            let idle = server.connect()
            idle.write("GET /now HTTP/1.1\r\nHost: x\r\n\r\n")
            var isAnswered = false
            idle.onData = { _ in
                guard !isAnswered else { return }
                isAnswered = true
                let busy = server.connect()
                busy.write("GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                busy.resume()
            }
            idle.onClose = { _ in
                print("the idle connection is gone")
                let new = Socket.connect(port: port, host: "127.0.0.1")
                new.onError = { error in print("a new one:", error.name) }
            }
        }
    }
}
