import UVCompression
import UVWebSocket

/// Compresses and inflates as the other end of a connection does, with its window and its context.
final class Packer {
    private let compressor: Compressor

    init(windowBits: Int = 15) throws { compressor = try Compressor(.raw, windowBits: windowBits) }

    /// What frames carry of `bytes`. `isWhole` is false for a fragment that is not the last: what has come out stays.
    func pack(_ bytes: [UInt8], isWhole: Bool = true) -> [UInt8] {
        var output: [UInt8] = []
        compressor.compress(bytes, .sync, into: &output)
        return isWhole ? output.dropLast(4) : output
    }

    func reset() { compressor.reset() }
}

final class Unpacker {
    private let decompressor: Decompressor

    init(windowBits: Int = 15) throws { decompressor = try Decompressor(.raw, limit: .max, windowBits: windowBits) }

    /// Not more than one byte comes out at a time, so that what looks back too far finds it gone.
    func unpack(_ bytes: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        let stream = bytes + [0, 0, 0xFF, 0xFF]
        var taken = 0
        while try decompressor.step(stream.span.bytes, &taken, into: &output, room: 1) {}
        return output
    }
}

/// Bytes that come again after `distance`, and not before.
func repeating(after distance: Int, count: Int) -> [UInt8] {
    var state: UInt32 = 1
    let once = (0..<distance).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
    return (0..<count).map { once[$0 % distance] }
}

extension FrameEncoder {
    /// A frame with RSV1, masked as a client's, unless `key` is nil.
    static func packed(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, key: UInt32? = 0x37FA_213D
    ) -> [UInt8] {
        let mask = key.map { Mask(key: $0) }
        let header = FrameHeader(
            isFinal: isFinal, rsv1: true, opcode: opcode, payloadLength: payload.count, mask: mask)
        return encode(header, payload.span.bytes)
    }
}

extension MessageDeflate {
    /// What a server has of it.
    convenience init(
        clientBits: Int = 15, clientContext: Bool = true, serverBits: Int = 15, serverContext: Bool = true,
        _ options: PerMessageDeflate = PerMessageDeflate()
    ) {
        var agreement = DeflateAgreement()
        (agreement.client.windowBits, agreement.client.takesContextOver) = (clientBits, clientContext)
        (agreement.server.windowBits, agreement.server.takesContextOver) = (serverBits, serverContext)
        self.init(agreement, as: .server, SharedDeflaters(options))
    }
}
