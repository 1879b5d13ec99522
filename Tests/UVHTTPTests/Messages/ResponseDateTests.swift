import Testing
import UVCore
import UVHTTP

@Suite("The date of an answer")
struct ResponseDateTests {
    @Test("The date is sent, unless the handler sends its own or none")
    func date() async {
        await withServer { server in
            server.onRequest = { request, response in
                if request.url == "/own" { response.setHeader(.date, "then") }
                response.sendsDate = request.url != "/none"
                if request.url == "/removed" { response.removeHeader(.date) }
                response.end()
            }
            for (url, count) in [("/", 1), ("/own", 1), ("/none", 0), ("/removed", 0)] {
                let client = server.connect()
                client.send("GET \(url) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                await client.untilEnd()
                let lines = String(decoding: client.bytes, as: UTF8.self).split(separator: "\r\n")
                let dates = lines.filter { $0.hasPrefix("Date: ") }
                #expect(dates.count == count)
                #expect(url != "/own" || dates == ["Date: then"])
                #expect(url != "/" || dates.allSatisfy { $0.hasSuffix(" GMT") && $0.count == 35 })
            }
        }
    }
}
