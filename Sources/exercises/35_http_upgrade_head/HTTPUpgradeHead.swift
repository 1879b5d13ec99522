import UVCore
import UVHTTP

private let request = "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"

func httpUpgradeHead() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            print("normal request, upgrade flag", request.isUpgrade, "header", request.header(.upgrade) ?? "")
            response.end("plain")
        }
        server.listen(port: 0) {
            let client = server.connect()
            client.write(request)
            var answer = ""
            client.onData = { bytes in
                answer += bytes.text
                guard answer.hasSuffix("plain") else { return }
                print("no listener ->", answer.split(separator: "\r\n")[0])
                client.destroy()
                upgrade(server, on: loop)
            }
        }
    }
}

@LoopActor
private func upgrade(_ server: HTTPServer, on loop: EventLoop) {
    server.onUpgrade = { request, socket, head in
        print(
            "upgrade event", request.method, request.url, "upgrade flag", request.isUpgrade, "head", head.count,
            head.text.quoted)
        // HTTP has let go: the server reads the socket no more, and watches its time no more.
        print(
            "flowing", socket.onData == nil ? "null" : "true", "'data' listeners", socket.onData == nil ? 0 : 1,
            "timeout listeners", server.connectionCount)
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
        var got = head.text
        socket.onData = { bytes in
            got += bytes.text
            guard got.count >= 8 else { return }
            print("server read", got.quoted)
            socket.end(got.uppercased())
        }
        socket.onClose = { _ in server.close { print("server closed") } }
    }
    let client = server.connect { client in
        client.write(request + "HEAD")
        loop.setTimeout(.milliseconds(20)) { client.write("late") }
    }
    var all = ""
    client.onData = { bytes in all += bytes.text }
    client.onEnd = { print("client got", String(all.split(separator: "\r\n\r\n")[1]).quoted) }
}
