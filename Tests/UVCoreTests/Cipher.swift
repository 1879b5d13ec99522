import UVCore

/// A layer that is no secret: each end says one byte first, content has its highest bit set, an end is a byte of its own.
/// Text of ASCII passes. A peer can make it wait, as half a message makes TLS: it takes nothing until it is told to go on.
@LoopActor
final class Cipher: SocketSecurity {
    nonisolated static let agreement = UInt8(ascii: "A")
    nonisolated static let end = UInt8(ascii: "E")
    nonisolated static let failure = UInt8(ascii: "F")
    nonisolated static let wait = UInt8(ascii: "W")
    nonisolated static let goOn = UInt8(ascii: "G")

    nonisolated static func changed(_ text: String) -> [UInt8] { text.utf8.map { $0 | 0x80 } }

    let handshakeLimit: Int
    let handshakeTimePerTurn: Duration = .milliseconds(2)

    /// Called when a server's connection agrees, with how many were accepted before it.
    var onStep: (Int) -> Void = { _ in }

    /// Whether a server's connection says its byte once more when it agrees.
    var answers = false

    /// The connections that were accepted.
    private(set) var acceptedCount = 0

    init(handshakeLimit: Int = 100) { self.handshakeLimit = handshakeLimit }

    func layerForServer() -> any SocketLayer {
        defer { acceptedCount += 1 }
        return Layer { [self, number = acceptedCount] in
            onStep(number)
            return answers
        }
    }

    func layerForClient(of host: String, port: Int) -> any SocketLayer { Layer { false } }

    private final class Layer: SocketLayer {
        let handshakeTimeout: Duration = .seconds(10)
        private let willOpen: () -> Bool
        private(set) var isOpen = false
        private var hasEnded = false
        private var isWaiting = false
        private var output: [UInt8] = []

        init(willOpen: @escaping () -> Bool) { self.willOpen = willOpen }

        func open() -> SocketLayerStep {
            output.append(Cipher.agreement)
            return .goesOn
        }

        func receive(_ bytes: RawSpan, into content: inout OutputSpan<UInt8>) -> SocketLayerStep {
            for index in bytes.byteOffsets {
                let byte = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                switch byte {
                case Cipher.agreement:
                    if willOpen() { output.append(Cipher.agreement) }
                    isOpen = true
                case Cipher.end: return .ended
                case Cipher.wait: isWaiting = true
                case Cipher.goOn: isWaiting = false
                case Cipher.failure:
                    return .failed(LoopError(code: -125, call: "cipher", reason: "the cipher was refused"))
                default: content.append(byte & 0x7F)
                }
            }
            return .goesOn
        }

        func send(_ content: RawSpan) -> Int {
            if isWaiting { return 0 }
            content.withUnsafeBytes { output += $0.map { $0 | 0x80 } }
            return content.byteCount
        }

        func end() -> Bool {
            if hasEnded || isWaiting { return !hasEnded }
            output.append(Cipher.end)
            hasEnded = true
            return true
        }

        var outputLength: Int { output.count }

        func takeOutput() -> [UInt8] {
            defer { output = [] }
            return output
        }
    }
}

extension Server {
    var port: Int { address?.port ?? 0 }
}
