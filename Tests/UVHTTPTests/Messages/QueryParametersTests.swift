import LoopTesting
import Testing
import UVHTTP

@Suite("The parameters of a query")
struct QueryParametersTests {
    @Test(
        "Names and values are decoded, and their order is kept",
        arguments: [
            (nil, []), ("", []), ("&&", []), ("a", ["a", ""]), ("a=", ["a", ""]), ("=", ["", ""]), ("=1", ["", "1"]),
            ("a=b=c", ["a", "b=c"]), ("b=2&&a=1&b=3&", ["b", "2", "a", "1", "b", "3"]),
            ("%61+b=x+y%2B%26%3D", ["a b", "x y+&="]), ("a=%zz%4", ["a", "%zz%4"]), ("a=%", ["a", "%"]),
            ("a=%e2%82%AC", ["a", "€"]), ("a=%FF", ["a", "\u{FFFD}"]), ("a=1?b;c=2", ["a", "1?b;c=2"]),
            ("a%4=1%2", ["a%4", "1%2"]),
        ] as [(String?, [String])])
    func pairs(text: String?, expected: [String]) {
        let query = QueryParameters(text)
        #expect(query.flatMap { [$0.name, $0.value] } == expected)
        #expect(query.isEmpty == expected.isEmpty)
        #expect(query.text == text)
    }

    @Test("A name finds its first value, or all of them, and is compared as bytes")
    func names() {
        let query = QueryParameters("tag=a&Tag=b&%74ag=c&tags=d&ta=e&tag&e%CC%81=decomposed&%C3%A9=whole")
        #expect(query["tag"] == "a")
        #expect(query.all("tag") == ["a", "c", ""])
        #expect(query.all("Tag") == ["b"])
        #expect(query.all("TAG") == [])
        #expect(query["none"] == nil)
        #expect(query["\u{E9}"] == "whole")
        #expect(query["e\u{301}"] == "decomposed")
    }

    @Test("An escape is decoded whatever lies around it", arguments: 0..<40)
    func places(padding: Int) {
        let pad = String(repeating: "x", count: padding)
        let query = QueryParameters("\(pad)n=0&\(pad)%41=\(pad)%42\(pad)&\(pad)%41=2")
        #expect(query["\(pad)A"] == "\(pad)B\(pad)")
        #expect(query.all("\(pad)A") == ["\(pad)B\(pad)", "2"])
    }

    @Test("A handler reads those of its request")
    func request() async {
        await withServer { server in
            server.onRequest = { request, response in
                response.end("\(request.query["after"] ?? "-") \(request.query.all("tag")) \(request.query.isEmpty)")
            }
            let client = server.connect()
            client.send("GET /tasks?after=7&tag=a&tag=%62 HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("7 [\"a\", \"b\"] false")
            client.send("GET /tasks HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("- [] true")
        }
    }
}
