import HTTPTypes

@testable import UVCore
@testable import UVHTTP
@testable import UVWebSocket

extension FuzzTarget {
    /// Heads that ask for a WebSocket, and heads that answer: what begins with `HTTP/` is one.
    static let handshake = FuzzTarget("handshake", "requests for a WebSocket, and what a client takes for an answer") {
        bytes in
        if bytes.starts(with: "HTTP/".utf8) { try checkAnswer(bytes) } else { try checkRequest(bytes) }
    }

    private static func checkRequest(_ bytes: [UInt8]) throws {
        var parser = MessageHeadParser(.request, limits: .defaults)
        guard case .head? = try? parser.step(bytes.span.bytes) else { return }
        let fields = fields(of: parser.head, in: bytes)
        let method = parser.head.method.rawValue.text
        guard let offer = try? Handshake.readRequest(method: method, header: { fields[$0.lowercased()] }) else {
            return
        }
        try expect(parser.head.method == .get && offer.key.utf8.count == 24, "\(method) with the key \(offer.key)")
        try expect(Set(offer.subprotocols.map { Array($0.utf8) }).count == offer.subprotocols.count, "one comes twice")
        for subprotocol in offer.subprotocols {
            try expect(HTTPGrammar.isToken(subprotocol), "\(subprotocol) is no token")
            let chosen = Handshake.chooseSubprotocol(offered: offer.subprotocols, supported: [subprotocol])
            try expect(chosen == subprotocol, "\(subprotocol) was offered, and \(chosen ?? "none") chosen")
        }
        try checkOrigin(fields["origin"], to: fields["host"])
        try checkAnswers(offer)
    }

    /// The answer that a server gives opens the client's side, whatever it has offered.
    private static func checkAnswers(_ offer: Handshake.Offer) throws {
        let accept = try Handshake.acceptKey(for: offer.key)
        for chosen in [nil] + offer.subprotocols.map(Optional.some) {
            var fields = ["upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept]
            fields["sec-websocket-protocol"] = chosen
            let read = try Handshake.readAnswer(
                status: 101, accept: accept, offered: offer.subprotocols, header: { fields[$0.lowercased()] }
            ).subprotocol
            try expect(read == chosen, "\(chosen ?? "none") was chosen, and \(read ?? "none") read")
        }
    }

    private static func checkOrigin(_ origin: String?, to host: String?) throws {
        guard let host, !host.isEmpty else { return }
        try expect(OriginRule.sameHost.admits("https://\(host)", to: host), "\(host) is another host than itself")
        guard let origin, let page = try? WebOrigin(origin) else { return }
        try expect(OriginRule.only([page]).admits(page.text, to: host), "\(page.text) is another origin than itself")
    }

    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let offered = ["chat", "log"]

    private static func checkAnswer(_ bytes: [UInt8]) throws {
        var reader = ResponseReader(.defaults)
        guard let step = try? reader.step(bytes.span.bytes, from: 0), step != .needMoreBytes else { return }
        let head = reader.head
        let chosen: String?
        do throws(Handshake.AnswerError) {
            chosen = try Handshake.readAnswer(status: head.status, accept: accept, offered: offered) { name in
                HTTPField.Name(name).flatMap { head.value(of: $0) }
            }.subprotocol
        } catch {
            return
        }
        guard case .switched = step else { throw Finding(description: "opened by the step \(step)") }
        if let chosen { try expect(offered.contains(chosen), "\(chosen) was not offered") }
    }

    /// As a handshake looks them up: by names in lower case, those of one name joined.
    private static func fields(of head: MessageHead, in bytes: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for field in head.fields {
            let name = String(decoding: bytes[field.name], as: UTF8.self).lowercased()
            let value = String(decoding: bytes[field.value], as: UTF8.self)
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        return fields
    }
}
