import Testing
import UVWebSocket

@Suite("What two ends agree on for permessage-deflate")
struct DeflateAgreementTests {
    /// `windowBits` and context of what this end sends, then of what the other one sends.
    private static func options(
        _ sendingBits: Int = 15, _ sendingContext: Bool = true, _ receivingBits: Int = 15,
        _ receivingContext: Bool = true
    ) -> PerMessageDeflate {
        var options = PerMessageDeflate()
        (options.sending.windowBits, options.sending.takesContextOver) = (sendingBits, sendingContext)
        (options.receiving.windowBits, options.receiving.takesContextOver) = (receivingBits, receivingContext)
        return options
    }

    // MARK: The server

    private static let small = options(12, false, 11, false)

    @Test(
        "A server answers the first offer that it can take",
        arguments: [
            ("permessage-deflate", options(), "permessage-deflate"),
            ("permessage-deflate; client_max_window_bits", options(), "permessage-deflate"),
            (
                "permessage-deflate;client_max_window_bits=10", options(),
                "permessage-deflate; client_max_window_bits=10"
            ),
            ("permessage-deflate; client_max_window_bits=15", options(), "permessage-deflate"),
            ("permessage-deflate; client_max_window_bits=8", options(), "permessage-deflate; client_max_window_bits=8"),
            ("permessage-deflate; server_max_window_bits=8", options(), "permessage-deflate; server_max_window_bits=8"),
            (
                "permessage-deflate; server_max_window_bits=\"10\"", options(),
                "permessage-deflate; server_max_window_bits=10"
            ),
            (
                "permessage-deflate; server_max_window_bits=\"1\\0\"", options(),
                "permessage-deflate; server_max_window_bits=10"
            ),
            ("permessage-deflate; server_max_window_bits=15", options(), "permessage-deflate"),
            (
                "permessage-deflate; server_no_context_takeover", options(),
                "permessage-deflate; server_no_context_takeover"
            ),
            (
                "permessage-deflate ;\tclient_no_context_takeover , x", options(),
                "permessage-deflate; client_no_context_takeover"
            ),
            // What it wants itself. A client that does not name its window cannot be told of one.
            (
                "permessage-deflate", small,
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
            ),
            (
                "permessage-deflate; client_max_window_bits; server_max_window_bits=13", small,
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11"
            ),
            (
                "permessage-deflate; client_max_window_bits=9; server_max_window_bits=10", small,
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9"
            ),
            // Others, and such as are passed over, before it.
            ("x-webkit-deflate-frame, , permessage-bzip2; a=b;c, permessage-deflate", options(), "permessage-deflate"),
            (
                "permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9, permessage-deflate",
                options(), "permessage-deflate; server_max_window_bits=9"
            ),
        ])
    func server(offers: String, own: PerMessageDeflate, answer: String) {
        #expect(DeflateAgreement.accept(offers, own)?.answer.utf8.elementsEqual(answer.utf8) == true)
    }

    static let wrong = [
        "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08",
        "server_max_window_bits=+9",
        "server_max_window_bits", "server_max_window_bits=", "server_max_window_bits=\"\"",
        "server_max_window_bits=\" 9\"",
        "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=1e1",
        "client_max_window_bits=",
        "server_no_context_takeover=true", "client_no_context_takeover=1", "client_no_context_takeover=\"\"",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=9; server_max_window_bits=9", "client_max_window_bits=9; client_max_window_bits",
        "unknown", "Server_No_Context_Takeover", "", ";", "server_max_window_bits=\"9", "server_max_window_bits=9 9",
        "=9",
        "server_max_window_bits=99999999999999999999", "server_max_window_bits=\"9\\", "a=b=c",
    ]

    @Test("A server declines an offer that is not as the RFC has it", arguments: wrong)
    func declined(parameter: String) {
        #expect(DeflateAgreement.accept("permessage-deflate; \(parameter)", Self.options()) == nil)
    }

    @Test(
        "A server declines where there is no offer",
        arguments: ["", ",", "x", "permessage-deflat", "permessage-deflate2"])
    func none(offers: String) { #expect(DeflateAgreement.accept(offers, Self.options()) == nil) }

    @Test("A server keeps what was agreed on, in all combinations of what both may want", arguments: [true, false])
    func sides(context: Bool) throws {
        for bits in 8...15 {
            let offers = "permessage-deflate; client_max_window_bits=\(bits); server_max_window_bits=\(bits)"
            let own = Self.options(12, context, 13, !context)
            let agreed = try #require(DeflateAgreement.accept(offers, own)).agreement
            #expect(agreed.server.windowBits == min(bits, 12) && agreed.client.windowBits == min(bits, 13))
            #expect(agreed.server.takesContextOver == context && agreed.client.takesContextOver == !context)
        }
        #expect(DeflateAgreement.accept("permessage-deflate", Self.small)?.agreement.client.windowBits == 15)
    }

    // MARK: The client

    @Test(
        "A client offers what it wants",
        arguments: [
            (options(), "permessage-deflate; client_max_window_bits"),
            (options(10), "permessage-deflate; client_max_window_bits=10"),
            (options(15, true, 9), "permessage-deflate; server_max_window_bits=9; client_max_window_bits"),
            (
                options(8, false, 15, false),
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=8"
            ),
        ])
    func offer(own: PerMessageDeflate, field: String) {
        #expect(DeflateAgreement.offer(own).utf8.elementsEqual(field.utf8))
    }

    /// The client's and the server's window and context that an answer leads to.
    @Test(
        "A client takes what a server may answer to its offer",
        arguments: [
            ("permessage-deflate", options(), [15, 1, 15, 1]),
            ("permessage-deflate; server_max_window_bits=9; client_max_window_bits=10", options(), [10, 1, 9, 1]),
            ("permessage-deflate; server_no_context_takeover", options(), [15, 1, 15, 0]),
            ("permessage-deflate; client_no_context_takeover", options(), [15, 0, 15, 1]),
            ("permessage-deflate; client_max_window_bits=12", options(9), [9, 1, 15, 1]),
            ("permessage-deflate; client_max_window_bits=\"8\"", options(9, false), [8, 0, 15, 1]),
            (
                "permessage-deflate; server_max_window_bits=8; server_no_context_takeover", options(15, true, 9, false),
                [15, 1, 8, 0]
            ),
        ])
    func answer(field: String, own: PerMessageDeflate, agreed: [Int]) throws {
        let read = try #require(DeflateAgreement.read(answer: field, to: own))
        let client = [read.client.windowBits, read.client.takesContextOver ? 1 : 0]
        #expect(client + [read.server.windowBits, read.server.takesContextOver ? 1 : 0] == agreed)
    }

    @Test("A client fails a connection at an answer that is not as the RFC has it", arguments: wrong)
    func refused(parameter: String) {
        #expect(DeflateAgreement.read(answer: "permessage-deflate; \(parameter)", to: Self.options()) == nil)
    }

    @Test(
        "A client fails a connection at an answer that its offer does not allow",
        arguments: [
            ("permessage-deflate; client_max_window_bits", options()),
            ("permessage-deflate", options(15, true, 12)),
            ("permessage-deflate; server_max_window_bits=13", options(15, true, 12)),
            ("permessage-deflate", options(15, true, 15, false)),
            ("permessage-deflate, permessage-deflate", options()),
            ("permessage-deflate, x", options()), ("x", options()), ("", options()), (",", options()),
        ])
    func notOffered(field: String, own: PerMessageDeflate) {
        #expect(DeflateAgreement.read(answer: field, to: own) == nil)
    }
}
