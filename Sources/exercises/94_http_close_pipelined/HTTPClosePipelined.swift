import UVCore
import UVHTTP

func httpClosePipelined() -> Int32 {
    EventLoop.run { loop in
        var first: ServerResponse?
        var close = {}
        let server = HTTPServer { request, response in
            print("request", request.url)
            response.onFinish = { print("finish", request.url) }
            if request.url == "/first" { return first = response }
            response.end("second")
            close()
            loop.setTimeout(.milliseconds(20)) { first?.end("first") }
        }
        close = { server.close { print("closed") } }

        server.listen(port: 0) {
            let client = server.connect()
            client.write("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n")
            var text = ""
            client.onData = { data in
                text += data.text
                guard text.hasSuffix("second") else { return }
                let kept = text.split(separator: "\r\n").filter { $0.hasSuffix("keep-alive") }.count
                print("answers", text.split(separator: "HTTP/1.1 200 OK").count, "kept", kept)
                client.end()
            }
        }
    }
}
