import UVCore
import UVHTTP

func httpExpectContinue() -> Int32 {
    EventLoop.run { loop in
        run("default", expecting: "100-continue") { _, _ in
        } then: {
            run("checkContinue accepts", expecting: "100-continue") { server, handler in
                server.onCheckContinue = { request, response in
                    print("checkContinue")
                    response.writeContinue()
                    try handler(request, response)
                }
            } then: {
                run("checkContinue refuses", expecting: "100-continue") { server, _ in
                    server.onCheckContinue = { request, response in
                        response.status = .contentTooLarge
                        response.end("too big")
                    }
                } then: {
                    run("unknown expectation", expecting: "meow") { _, _ in
                    } then: {
                        run("checkExpectation", expecting: "meow") { server, _ in
                            server.onCheckExpectation = { request, response in
                                print("checkExpectation", request.header(.expect) ?? "")
                                response.end("fine")
                            }
                        } then: {
                            print("done")
                        }
                    }
                }
            }
        }
    }
}

@LoopActor
private func run(
    _ name: String, expecting expectation: String, setUp: (HTTPServer, @escaping HTTPServer.Handler) -> Void,
    then next: @escaping () -> Void
) {
    let handler: HTTPServer.Handler = { request, response in
        print(name, ": request event")
        var body = ""
        request.onData = { bytes in body += bytes.text }
        request.onEnd = {
            print(name, ": body", body)
            response.end("ok")
        }
    }
    let server = HTTPServer(handler)
    setUp(server, handler)
    server.listen(port: 0) {
        let client = server.connect()
        client.write(
            "POST / HTTP/1.1\r\nHost: x\r\nExpect: \(expectation)\r\nContent-Length: 4\r\nConnection: close\r\n\r\n")
        var all = ""
        var isSent = false
        client.onData = { bytes in
            all += bytes.text
            guard !isSent, all.contains("100 Continue") else { return }
            isSent = true
            client.write("body")
        }
        client.onClose = { _ in
            print(name, ": wire", all.withoutDate.onOneLine)
            server.close(next)
        }
    }
}
