import Testing

@testable import UVHTTP

/// Bytes of a client, and what must become of them.
struct Sample: CustomTestStringConvertible, Sendable {
    enum Outcome: Equatable {
        /// That many complete messages, and nothing left over.
        case accepted(Int)

        /// As far as it goes it is right.
        case incomplete

        case refused(HTTPParseError)
    }

    /// How Node 20 takes the same bytes.
    enum Comparison {
        case asWeDo

        /// It refuses them too, and shows another code.
        case otherCode(String)

        /// We are stricter.
        case accepts
    }

    let bytes: [UInt8]
    let outcome: Outcome
    let node: Comparison

    init(_ text: String, _ outcome: Outcome = .accepted(1), node: Comparison = .asWeDo) {
        bytes = Array(latin1: text)
        self.outcome = outcome
        self.node = node
    }

    var testDescription: String {
        String(latin1: bytes.prefix(90)).debugDescription + (bytes.count > 90 ? "…" : "")
    }

    var isAccepted: Bool {
        if case .accepted = outcome { true } else { false }
    }

    func agrees(with reading: Reading) -> Bool {
        let isWhole = reading.messages.allSatisfy { $0.isComplete }
        return switch outcome {
        case .accepted(let count): reading.error == nil && reading.messages.count == count && isWhole
        case .incomplete: reading.error == nil && (reading.messages.isEmpty || !isWhole)
        case .refused(let error): reading.error == error
        }
    }
}
