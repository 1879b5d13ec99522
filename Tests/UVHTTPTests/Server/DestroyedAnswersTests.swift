import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Responses that are destroyed, among several of one connection")
struct DestroyedAnswersTests {
    @Test("A response that is destroyed takes its connection with it when its turn has come", arguments: [false, true])
    func destroyed(isFirst: Bool) async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onAborted = { log("\(request.url) aborted") }
                response.onFinish = { log("\(request.url) finish") }
                response.onClose = { log("\(request.url) close") }
                if request.url == "/1" {
                    server.loop.setImmediate { if isFirst { response.destroy() } else { response.end("one") } }
                } else if !isFirst {
                    response.destroy()
                }
            }
            let client = server.connect()
            client.send(PipeliningTests.get("/1") + PipeliningTests.get("/2"))
            await client.untilClosed()
            #expect(PipeliningTests.bodies(in: client.text) == (isFirst ? "" : "one"))
            await server.turns()
            #expect(
                log.lines
                    == (isFirst
                        ? ["/1 aborted", "/2 aborted", "/1 close", "/2 close"]
                        : ["/1 finish", "/1 close", "/2 aborted", "/2 close"]))
        }
    }

    @Test(
        "Of a response that is destroyed while it waits for its turn nothing is sent, written before or behind that",
        arguments: ["write destroy", "destroy write", "destroy end", "end destroy", "write end destroy"])
    func destroyedWhileWaiting(calls: String) async {
        await withServer { server in
            var first: ServerResponse?
            server.onRequest = { _, response in
                guard let first else { return first = response }
                for call in calls.split(separator: " ") {
                    switch call {
                    case "write": response.write("part")
                    case "end": response.end("end")
                    default: response.destroy()
                    }
                }
                server.loop.setImmediate { first.end("one") }
            }
            let client = server.connect()
            client.send(PipeliningTests.get("/1") + PipeliningTests.get("/2"))
            await client.untilClosed()
            #expect(PipeliningTests.bodies(in: client.text) == "one" && client.text.hasSuffix("one"))
        }
    }

    @Test(
        "Nothing comes in the place of a response that was destroyed and ended while it waited for its turn",
        arguments: ["end, destroy later", "destroy end", "destroy throw"])
    func behindDestroyed(calls: String) async {
        await withServer { server in
            var slow: ServerResponse?
            server.onRequest = { request, response in
                switch request.url {
                case "/slow": slow = response
                case "/x" where calls == "end, destroy later":
                    response.end("x")
                    server.loop.setImmediate { response.destroy() }
                case "/x":
                    response.destroy()
                    if calls == "destroy throw" { throw Thrown("behind destroy") }
                    response.end("x")
                default:
                    response.end("third")
                    // Behind the immediate that destroys.
                    server.loop.setImmediate { slow?.end("slow") }
                }
            }
            let client = server.connect()
            client.send(PipeliningTests.get("/slow") + PipeliningTests.get("/x") + PipeliningTests.get("/third"))
            await client.untilClosed()
            #expect(PipeliningTests.bodies(in: client.text) == "slow" && client.text.hasSuffix("slow"))
        }
    }
}
