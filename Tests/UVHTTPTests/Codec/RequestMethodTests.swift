import Testing

@testable import UVHTTP

@Suite("Methods")
struct RequestMethodTests {
    /// `require('http').METHODS` of Node 20.
    private static let methods = """
        ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY \
        OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK \
        UNLOCK UNSUBSCRIBE
        """.split(separator: " ").map(String.init)

    @Test("The methods are Node's")
    func all() {
        #expect(RequestMethod.allCases.map(\.rawValue.text).sorted() == Self.methods.sorted())
    }

    @Test("A method is read, cut anywhere, and with one letter changed it is none", arguments: methods)
    func neighbours(method: String) throws {
        let target = method == "CONNECT" ? "x:80" : "/"
        let bytes = Array("\(method) \(target) HTTP/1.1\r\n\r\n".utf8)
        for cut in 0...method.utf8.count + 1 {
            #expect(Reading(bytes, cutAt: cut).messages.map(\.head.method.rawValue.text) == [method])
        }
        for index in 0..<method.utf8.count {
            var spoiled = Array("\(method) / HTTP/1.1\r\n\r\n".utf8)
            spoiled[index] |= 0x20
            // Its hyphen has one case.
            guard !spoiled.starts(with: method.utf8) else { continue }
            #expect(Reading(spoiled).error == .unknownMethod)
        }
        #expect(Reading(Array("\(method)X / HTTP/1.1\r\n\r\n".utf8)).error == .unknownMethod)
    }

    @Test("A word of any length is read to its end, cut anywhere, and a byte of no token is refused when it is there")
    func unknown() {
        let bytes = Array("\(String(repeating: "PROPFIND", count: 100)) / HTTP/1.1\r\n".utf8)
        for cut in 0...bytes.count { #expect(Reading(bytes, cutAt: cut).error == .unknownMethod) }
        #expect(Reading(byteByByte: bytes).error == .unknownMethod)
        #expect(Reading(bytes.dropLast(1)).error == nil)
        #expect(Reading(bytes.prefix(800) + [0]).error == .invalidMethod)
    }
}
