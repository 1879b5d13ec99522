import UVCore
package import UVHTTP

/// Reads a server's answer to a handshake as it comes: the final head, and the fields that were looked for in it.
///
/// What a server says before its answer, such as `103 Early Hints`, is passed over (RFC 9110 section 15.2). 101 is no
/// such head: nothing of HTTP follows it.
package struct AnswerReader {
    /// The most heads that may come before the answer, and the bytes of all of them together.
    package static let mostInterimHeads = 16
    package static let mostInterimBytes = 64 << 10

    /// Why there is no answer.
    package enum Failure: Error {
        case malformed(HTTPParseError)
        case tooManyInterimHeads

        package var message: String {
            switch self {
            case .malformed(let error): error.message
            case .tooManyInterimHeads: "The server says too much before its answer"
            }
        }
    }

    private var parser = MessageHeadParser(.response, limits: HTTPLimits())
    private var received: [UInt8] = []
    private var interimHeads = 0
    /// Where the head that is being read begins.
    private var start = 0

    package init() {}

    /// Takes the next bytes. Returns what stands behind the answer's head once that is whole, else nil.
    ///
    /// - Complexity: O(`bytes`), amortised.
    package mutating func read(_ bytes: [UInt8]) throws(Failure) -> [UInt8]? {
        received += bytes
        let received = received
        while true {
            let length: Int
            do throws(HTTPParseError) {
                guard case .head(let count) = try parser.step(received.span.bytes.extracting(start..<received.count))
                else { return nil }
                length = count
            } catch {
                throw .malformed(error)
            }
            guard isInterim else { return Array(received[(start + length)...]) }
            try passOver(length)
        }
    }

    private var isInterim: Bool { (100...199).contains(status) && status != 101 }

    private mutating func passOver(_ length: Int) throws(Failure) {
        start += length
        interimHeads += 1
        guard interimHeads <= Self.mostInterimHeads, start <= Self.mostInterimBytes else { throw .tooManyInterimHeads }
        parser.reset()
    }

    /// The status of the head that was read last.
    package var status: Int { parser.head.status }

    /// The values of the field `name`, in any case, joined as RFC 9110 section 5.3 says; nil if it is not there.
    package func field(_ name: String) -> String? {
        let values = parser.head.fields.compactMap { field -> String? in
            guard text(field.name).asciiLowercased.isSame(as: name.asciiLowercased) else { return nil }
            return text(field.value)
        }
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: received[start + range.lowerBound..<start + range.upperBound], as: UTF8.self)
    }
}
