/// A frame as it stands on the wire (RFC 6455 section 5.2), read and written without the codec under test.
struct WireFrame: Equatable {
    var isFinal = true
    var opcode: UInt8
    var payload: [UInt8]
    /// The masking key; nil on a server's frames.
    var key: [UInt8]?

    static func text(_ text: String) -> WireFrame { WireFrame(opcode: 1, payload: Array(text.utf8)) }
    static func binary(_ bytes: [UInt8]) -> WireFrame { WireFrame(opcode: 2, payload: bytes) }
    static func ping(_ text: String = "") -> WireFrame { WireFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> WireFrame { WireFrame(opcode: 10, payload: Array(text.utf8)) }
    static let emptyClose = WireFrame(opcode: 8, payload: [])

    static func close(_ code: UInt16, _ reason: String = "") -> WireFrame {
        WireFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8))
    }

    /// The code of a close frame.
    var closeCode: Int? {
        opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
    }

    var text: String { String(decoding: payload, as: UTF8.self) }

    /// The same frame without its key, to compare what a client has sent.
    var unmasked: WireFrame { WireFrame(isFinal: isFinal, opcode: opcode, payload: payload) }

    func masked(_ key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]) -> WireFrame {
        WireFrame(isFinal: isFinal, opcode: opcode, payload: payload, key: key)
    }
}

extension WireFrame {
    var bytes: [UInt8] {
        let maskBit: UInt8 = key == nil ? 0 : 0x80
        var bytes = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ...125: bytes.append(maskBit | UInt8(payload.count))
        case ...65_535: bytes += [maskBit | 126] + Self.bigEndian(payload.count, 2)
        default: bytes += [maskBit | 127] + Self.bigEndian(payload.count, 8)
        }
        guard let key else { return bytes + payload }
        return bytes + key + zip(payload, payload.indices).map { $0 ^ key[$1 & 3] }
    }

    /// Takes the first whole frame off `bytes` from `offset` on; nil when there is none.
    static func read(_ bytes: [UInt8], at offset: inout Int) -> WireFrame? {
        let rest = bytes[offset...]
        guard rest.count >= 2 else { return nil }
        let (first, second) = (rest[offset], rest[offset + 1])
        let width = second & 127 == 127 ? 8 : second & 127 == 126 ? 2 : 0
        let keyWidth = second & 128 == 0 ? 0 : 4
        let headerLength = 2 + width + keyWidth
        guard rest.count >= headerLength else { return nil }
        let extended = rest.dropFirst(2).prefix(width).reduce(0) { $0 << 8 | Int($1) }
        let length = width == 0 ? Int(second & 127) : extended
        guard rest.count >= headerLength + length else { return nil }
        let key = keyWidth == 0 ? nil : Array(rest.dropFirst(2 + width).prefix(4))
        let payload = Array(rest.dropFirst(headerLength).prefix(length))
        offset += headerLength + length
        let plain = key.map { key in zip(payload, payload.indices).map { $0 ^ key[$1 & 3] } } ?? payload
        return WireFrame(isFinal: first & 128 != 0, opcode: first & 127, payload: plain, key: key)
    }

    private static func bigEndian(_ number: Int, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
