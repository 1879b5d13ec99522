import LoopTesting
import Testing
import UVHTTP

@Suite("Expect: what a client waits for before it sends its body")
struct ExpectationTests {
    private static func post(_ expectation: String, _ fields: String = "Connection: close\r\n", length: Int = 4)
        -> String
    {
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: \(expectation)\r\nContent-Length: \(length)\r\n\(fields)\r\n"
    }

    /// One run of Node's exercise 36: sends the head, the body when it is asked for, and logs the answer.
    @LoopActor
    private static func run(_ name: String, _ server: TestServer, expecting expectation: String, _ log: Log) async {
        server.onRequest = { request, response in
            log("\(name) : request event")
            request.collect { body in
                log("\(name) : body \(String(decoding: try body.get(), as: UTF8.self))")
                response.end("ok")
            }
        }
        let client = server.connect()
        client.send(post(expectation))
        await client.until("100 Continue\r\n\r\n")
        if client.text.contains("100 Continue") { client.send("body") }
        await client.untilEnd()
        log("\(name) : wire \(client.text.oneLine)")
    }

    @Test("The clients of Node's exercise 36")
    func exercise36() async {
        let log = Log()
        await withServer { server in
            let http = server.http
            await Self.run("default", server, expecting: "100-continue", log)
            http.onCheckContinue = { request, response in
                log("checkContinue")
                response.writeContinue()
                try server.onRequest(request, response)
            }
            await Self.run("checkContinue accepts", server, expecting: "100-continue", log)
            http.onCheckContinue = { _, response in
                response.status = .contentTooLarge
                response.end("too big")
            }
            await Self.run("checkContinue refuses", server, expecting: "100-continue", log)
            http.onCheckContinue = nil
            await Self.run("unknown expectation", server, expecting: "meow", log)
            http.onCheckExpectation = { request, response in
                log("checkExpectation \(request.header(.expect) ?? "")")
                response.end("fine")
            }
            await Self.run("checkExpectation", server, expecting: "meow", log)
            log("done")
        }
        #expect(
            log.lines == [
                "default : request event",
                "default : body body",
                #"default : wire HTTP/1.1 100 Continue\r\n\r\n"#
                    + #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"#,
                "checkContinue",
                "checkContinue accepts : request event",
                "checkContinue accepts : body body",
                #"checkContinue accepts : wire HTTP/1.1 100 Continue\r\n\r\n"#
                    + #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"#,
                #"checkContinue refuses : wire "#
                    + #"HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 7\r\n\r\ntoo big"#,
                #"unknown expectation : wire "#
                    + #"HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"#,
                "checkExpectation meow",
                #"checkExpectation : wire HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine"#,
                "done",
            ])
    }

    @Test("A body over the limit is not asked for, one at the limit is", arguments: [1_000, 1_001])
    func overLimit(length: Int) async {
        await withServer { server in
            server.http.limits.body = 1_000
            server.onRequest = { request, response in
                #expect(request.exceedsLimit == (length > 1_000))
                request.collect { body in response.end("\(try body.get().count)") }
            }
            let client = server.connect()
            client.send(Self.post("100-continue", length: length))
            await client.until("\r\n\r\n")
            if length > 1_000 {
                #expect(client.text.hasPrefix("HTTP/1.1 413 "))
            } else {
                #expect(client.text == "HTTP/1.1 100 Continue\r\n\r\n")
                client.send([UInt8](repeating: 120, count: length))
                await client.untilEnd()
                #expect(client.text.hasSuffix("\r\n\r\n1000"))
            }
        }
    }

    @Test("A client that is refused before it was told to go on may send the body or not, so the connection closes")
    func refusal() async {
        await withServer { server in
            server.http.onCheckContinue = { _, response in
                response.status = .unauthorized
                response.end("no")
            }
            let answer = await server.exchange(Self.post("100-continue", "") + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(
                answer.oneLine
                    == #"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"#)
        }
    }

    @Test("A client that is refused after it was told to go on keeps its connection")
    func refusalAfterContinue() async {
        await withServer { server in
            server.onRequest = { request, response in response.end(request.method.rawValue) }
            let client = server.connect()
            client.send(Self.post("100-continue", ""))
            await client.until("POST")
            client.send("bodyGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("GET")
            #expect(client.text.hasSuffix("\r\n\r\nGET"))
        }
    }

    @Test("100 Continue waits for the answers before it")
    func behindPending() async {
        await withServer { server in
            var answer = {}
            server.onRequest = { request, response in
                if request.method == .get { return answer = { response.end("first") } }
                request.collect { body in response.end(try body.get()) }
            }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.post("100-continue"))
            await server.turns()
            #expect(client.text == "")
            answer()
            await client.until("100 Continue\r\n\r\n")
            #expect(client.text.contains("\r\n\r\nfirstHTTP/1.1 100 Continue\r\n\r\n"))
            client.send("body")
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test("HTTP/1.0 expects nothing")
    func http10() async {
        await withServer { server in
            server.onRequest = { request, response in
                request.collect { body in response.end(try body.get()) }
            }
            let answer = await server.exchange("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
            #expect(answer.oneLine == #"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi"#)
        }
    }
}
