import UVCore

/// What two ends have agreed on for `permessage-deflate`, or what one of them offers: RFC 7692 section 7.1.
package struct DeflateAgreement: Hashable, Sendable {
    /// What one end sends.
    package struct Side: Hashable, Sendable {
        /// It refers to no byte further back than 2^`windowBits`.
        package var windowBits = 15
        /// Whether its messages may refer to those before them.
        package var takesContextOver = true

        package init() {}
    }

    package var server = Side()
    package var client = Side()

    package init() {}

    package static let name = "permessage-deflate"

    /// The parameters as they stand in `Sec-WebSocket-Extensions`.
    private enum Parameter: CaseIterable {
        case serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits

        var name: String {
            switch self {
            case .serverNoContextTakeover: "server_no_context_takeover"
            case .clientNoContextTakeover: "client_no_context_takeover"
            case .serverMaxWindowBits: "server_max_window_bits"
            case .clientMaxWindowBits: "client_max_window_bits"
            }
        }
    }

    /// The parameters of one element; those with a value are nil where it does not name them.
    fileprivate struct Parameters {
        var serverKeepsNoContext = false
        var clientKeepsNoContext = false
        var serverWindowBits: Int?
        /// `.some(nil)` for one without a value, which an offer may have.
        var clientWindowBits: Int??

        /// Nil for an element that is not as the RFC has it: an unknown parameter, one twice, a value that it may not have.
        init?(_ offer: ExtensionOffer) {
            var seen: Set<Parameter> = []
            for parameter in offer.parameters {
                guard let name = Parameter.allCases.first(where: { $0.name.isSame(as: parameter.name) }),
                    seen.insert(name).inserted
                else { return nil }
                let hasValue = if case .some = parameter.value { true } else { false }
                let bits = parameter.value.flatMap(DeflateAgreement.windowBits)
                switch (name, hasValue, bits) {
                case (.serverNoContextTakeover, false, _): serverKeepsNoContext = true
                case (.clientNoContextTakeover, false, _): clientKeepsNoContext = true
                case (.serverMaxWindowBits, true, let bits?): serverWindowBits = bits
                case (.clientMaxWindowBits, true, let bits?): clientWindowBits = .some(bits)
                case (.clientMaxWindowBits, false, _): clientWindowBits = .some(nil)
                default: return nil
                }
            }
        }
    }

    /// From 8 to 15, without a zero in front.
    private static func windowBits(_ text: String) -> Int? {
        (8...15).first { "\($0)".isSame(as: text) }
    }
}

// MARK: - The server

extension DeflateAgreement {
    /// What a server that wants `own` makes of a client's offers: the first one that it can take. Nil, and there is no
    /// compression, when there is none.
    package static func accept(_ field: String, _ own: PerMessageDeflate) -> (agreement: Self, answer: String)? {
        for case let offer? in ExtensionOffer.list(field) where offer.name.isSame(as: name) {
            guard let offered = Parameters(offer) else { continue }
            return accept(offered, own)
        }
        return nil
    }

    private static func accept(_ offered: Parameters, _ own: PerMessageDeflate) -> (agreement: Self, answer: String) {
        var agreed = Self()
        agreed.server.takesContextOver = own.sending.takesContextOver && !offered.serverKeepsNoContext
        agreed.client.takesContextOver = own.receiving.takesContextOver && !offered.clientKeepsNoContext
        agreed.server.windowBits = min(own.sending.windowBits, offered.serverWindowBits ?? 15)
        // Only a client that names it knows of it (section 7.1.2.2).
        if let bits = offered.clientWindowBits {
            agreed.client.windowBits = min(own.receiving.windowBits, bits ?? 15)
        }
        return (agreed, agreed.field(clientBits: agreed.client.windowBits < 15 ? "=\(agreed.client.windowBits)" : nil))
    }

    /// The element of the list, with what is not as without it.
    ///
    /// - Parameter clientBits: What stands behind the name of the parameter; nil where that does not stand there.
    private func field(clientBits: String?) -> String {
        var parts = [Self.name]
        if !server.takesContextOver { parts.append(Parameter.serverNoContextTakeover.name) }
        if !client.takesContextOver { parts.append(Parameter.clientNoContextTakeover.name) }
        if server.windowBits < 15 { parts.append("\(Parameter.serverMaxWindowBits.name)=\(server.windowBits)") }
        if let clientBits { parts.append(Parameter.clientMaxWindowBits.name + clientBits) }
        return parts.joined(separator: "; ")
    }
}

// MARK: - The client

extension DeflateAgreement {
    private init(_ own: PerMessageDeflate) {
        server.windowBits = own.receiving.windowBits
        server.takesContextOver = own.receiving.takesContextOver
        client.windowBits = own.sending.windowBits
        client.takesContextOver = own.sending.takesContextOver
    }

    /// What a client that wants `own` offers.
    package static func offer(_ own: PerMessageDeflate) -> String {
        let wanted = Self(own)
        return wanted.field(clientBits: wanted.client.windowBits < 15 ? "=\(wanted.client.windowBits)" : "")
    }

    /// What a server has made of that offer. Nil when it answers what was not offered, or not as it has to: then the
    /// connection is to be failed.
    package static func read(answer field: String, to own: PerMessageDeflate) -> Self? {
        let answers = ExtensionOffer.list(field)
        guard answers.count == 1, let answer = answers[0], answer.name.isSame(as: name),
            let parameters = Parameters(answer)
        else { return nil }
        var agreed = Self(own)
        // Sections 7.1.1.1 and 7.1.2.1: what a client asks for, a server that accepts has to say.
        guard agreed.server.takesContextOver || parameters.serverKeepsNoContext,
            parameters.serverWindowBits ?? 15 <= agreed.server.windowBits
        else { return nil }
        agreed.server.takesContextOver = !parameters.serverKeepsNoContext
        agreed.server.windowBits = parameters.serverWindowBits ?? 15
        if parameters.clientKeepsNoContext { agreed.client.takesContextOver = false }
        if let bits = parameters.clientWindowBits {
            // Without a value it stands in offers alone.
            guard let bits else { return nil }
            agreed.client.windowBits = min(agreed.client.windowBits, bits)
        }
        return agreed
    }
}
