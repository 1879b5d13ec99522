import Testing
import UVCore

@testable import UVHTTP

@Suite("The fields that the parser knows")
struct KnownFieldTests {
    private static let names: [(KnownField, String)] = [
        (.host, "host"), (.connection, "connection"), (.contentLength, "content-length"),
        (.transferEncoding, "transfer-encoding"), (.expect, "expect"), (.upgrade, "upgrade"),
        (.proxyConnection, "proxy-connection"), (.authorization, "authorization"), (.cookie, "cookie"),
        (.origin, "origin"), (.referer, "referer"), (.userAgent, "user-agent"), (.requestID, "x-request-id"),
        (.secFetchSite, "sec-fetch-site"), (.accessControlRequestMethod, "access-control-request-method"),
        (.accessControlRequestHeaders, "access-control-request-headers"), (.contentType, "content-type"),
        (.contentEncoding, "content-encoding"), (.accept, "accept"), (.acceptEncoding, "accept-encoding"),
        (.acceptLanguage, "accept-language"), (.cacheControl, "cache-control"), (.range, "range"),
        (.ifMatch, "if-match"), (.ifNoneMatch, "if-none-match"), (.ifModifiedSince, "if-modified-since"),
        (.idempotencyKey, "idempotency-key"), (.lastEventID, "last-event-id"), (.traceParent, "traceparent"),
        (.secWebSocketKey, "sec-websocket-key"),
        (.secWebSocketVersion, "sec-websocket-version"), (.secWebSocketProtocol, "sec-websocket-protocol"),
        (.secWebSocketExtensions, "sec-websocket-extensions"),
    ]

    /// Which known field a name is, in the middle of other bytes.
    private func known(_ name: [UInt8]) -> KnownField? {
        let bytes = [88] + name + [58]
        return KnownField(bytes.span.bytes, 1..<bytes.count - 1)
    }

    @Test("Each known name is found in any case")
    func found() {
        #expect(Self.names.map(\.0).count == KnownField.allCases.count)
        for (field, name) in Self.names {
            let mixed = name.utf8.enumerated().map { $0 % 2 == 0 && $1 >= 97 ? $1 & ~0x20 : $1 }
            for spelling in [Array(name.utf8), Array(name.uppercased().utf8), mixed] {
                #expect(known(spelling) == field)
            }
        }
    }

    @Test("A name with another byte at any place, one more, or one less, is not known")
    func neighbours() {
        let all = Set(Self.names.map { Array($0.1.utf8) })
        for (_, text) in Self.names {
            let name = Array(text.utf8)
            var others = [name + [120], [120] + name, Array(name.dropFirst()), Array(name.dropLast())]
            for place in name.indices {
                for byte in UInt8.min...UInt8.max where byte.asciiLowercased != name[place] {
                    others.append(name)
                    others[others.count - 1][place] = byte
                }
            }
            for other in others where !all.contains(other) { #expect(known(other) == nil, "\(other)") }
        }
        #expect(known([]) == nil)
    }

    @Test("A head knows which fields it has, which of them more than once, and where the first one is")
    func head() throws {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nOrigin: b\r\nCookie: c\r\nX-Origin: d\r\norigin: e\r\n\r\n"
        var parser = MessageHeadParser(.request, limits: HTTPLimits())
        _ = try parser.step(text.utf8.span.bytes)
        #expect(parser.head.repeated.contains(.origin))
        #expect(!parser.head.repeated.contains(.cookie))
        #expect(parser.head.first(.origin) == parser.head.fields[1])
        #expect(parser.head.first(.accept) == nil)
        parser.reset()
        #expect(!parser.head.known.contains(.origin) && !parser.head.repeated.contains(.origin))
    }
}
