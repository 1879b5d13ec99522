import UVCore
import UVHTTP

func httpPipeliningOrder() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            print("request", request.url)
            response.onFinish = { print("finish", request.url) }
            response.onClose = { print("res close", request.url) }
            @LoopActor func send() {
                print("end() called", request.url, "writableFinished", response.isFinished)
                response.end(request.url)
            }
            if request.url == "/slow" { loop.setTimeout(.milliseconds(30), send) } else { send() }
        }

        server.listen(port: 0) {
            let client = server.connect()
            client.write(
                "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            var all = ""
            client.onData = { bytes in all += bytes.text }
            client.onEnd = {
                let bodies = all.matches(of: /\/(slow|fast|last)/).map { String($0.output.0) }
                print("bodies in wire order:", bodies.joined(separator: " "))
                server.close()
            }
        }
    }
}
