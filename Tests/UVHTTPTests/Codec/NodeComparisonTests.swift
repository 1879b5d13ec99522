import Testing

@testable import UVHTTP

/// Needs Node 20 on the search path.
@Suite("Beside Node's parser", .enabled(if: NodeParser.executable != nil, "Node 20 is not installed"))
struct NodeComparisonTests {
    @Test(
        "Samples mean the same to Node, or the table says how they differ",
        arguments: [MessageHeadParser.Kind.request, .response])
    func samples(kind: MessageHeadParser.Kind) throws {
        let samples = kind == .request ? Sample.all : Sample.responses
        let answers = try NodeParser.read(samples.map(\.bytes), kind)
        try #require(answers.count == samples.count)
        for (sample, node) in zip(samples, answers) {
            let name = sample.testDescription
            switch (sample.node, sample.outcome) {
            case (.accepts, _): #expect(node.code == nil, "\(name)")
            case (.otherCode(let code), _): #expect(node.code == code, "\(name)")
            case (.asWeDo, .refused(let error)): #expect(node.code == error.code, "\(name)")
            case (.asWeDo, _):
                #expect(node.code == nil, "\(name)")
                #expect(disagreement(sample.bytes, kind, node) == nil, "\(name)")
            }
        }
    }

    @Test(
        "Of 40,000 spoiled inputs, none that we take is refused or read differently by Node",
        arguments: [MessageHeadParser.Kind.request, .response])
    func spoiled(kind: MessageHeadParser.Kind) throws {
        let seed: UInt64 = kind == .request ? 11 : 12
        let samples = (kind == .request ? Sample.all : Sample.responses).filter(\.isAccepted)
        var mutator = Mutator(seed: seed, samples: samples, maximumChanges: 2)
        let inputs = (0..<20_000).map { _ in mutator.next() }
        let answers = try NodeParser.read(inputs, kind)
        try #require(answers.count == inputs.count)
        for (input, node) in zip(inputs, answers) {
            guard let what = disagreement(input, kind, node) else { continue }
            Issue.record("seed \(seed), \(what): \(String(latin1: input).debugDescription)")
        }
        // Spoiled, but not so much that nothing is left to compare.
        #expect(answers.count { $0.messages.contains(where: \.isComplete) } > inputs.count / 5)
    }

    /// How Node's reading contradicts ours, if it does. That it takes what we refuse is no contradiction, nor that it
    /// refuses a line that we have not seen the end of.
    private func disagreement(
        _ bytes: [UInt8], _ kind: MessageHeadParser.Kind, _ node: NodeParser.Reading
    ) -> String? {
        for (index, message) in Reading(bytes, kind).messages.enumerated() where message.isComplete {
            let expected = NodeParser.Message(message, kind)
            if hasTab(message), isOtherFraming(node, at: index) { return nil }
            guard index < node.messages.count else { return "refused with \(node.code ?? "")" }
            var actual = node.messages[index]
            // A server that upgrades reads no further; to Node a tunnel is an upgrade.
            if actual.upgrades, expected.upgrades || expected.method == "CONNECT" { return nil }
            adoptRFC(&actual, from: expected, message)
            guard expected == actual else { return "\(expected) is \(actual)" }
            // Node takes 101 for an upgrade without a word of it.
            guard expected.keepsAlive, expected.status != 101 else { return nil }
        }
        return nil
    }

    /// Whether Node has taken an HTAB behind the value of a field that frames for a part of it, where RFC 9110 section 5.5
    /// has it be white space: it refuses a request, and reads an answer up to the end of the connection.
    private func isOtherFraming(_ node: NodeParser.Reading, at index: Int) -> Bool {
        if let code = node.code { return code.hasSuffix("_CONTENT_LENGTH") || code.hasSuffix("_TRANSFER_ENCODING") }
        return index < node.messages.count && !node.messages[index].isComplete
    }

    private func hasTab(_ message: WireReader.Message) -> Bool { message.headBytes.contains(UInt8(ascii: "\t")) }

    /// Makes Node's reading ours where we follow RFC 9110 and RFC 9112 and Node does not.
    private func adoptRFC(
        _ actual: inout NodeParser.Message, from expected: NodeParser.Message, _ message: WireReader.Message
    ) {
        // HTTP/1.0 cannot upgrade, and close wins over keep-alive.
        if expected.minor == 0 {
            actual.upgrades = false
            actual.keepsAlive = actual.keepsAlive && expected.keepsAlive
        }
        // HTAB is white space behind an option, too.
        if hasTab(message) { (actual.keepsAlive, actual.upgrades) = (expected.keepsAlive, expected.upgrades) }
        // Interim responses have no body, whatever length they announce.
        if (100..<200).contains(expected.status) { actual.isComplete = true }
    }
}
