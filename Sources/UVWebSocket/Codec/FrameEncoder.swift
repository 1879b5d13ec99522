/// Writes frames (RFC 6455 section 5.2), each length in its shortest form.
///
/// `encode` makes an array to be shared by every member of a room; `append` adds to output that is being collected. A
/// client passes a fresh, unpredictable mask with each frame (section 5.3); a server passes none.
package enum FrameEncoder {
    /// - Complexity: O(n).
    package static func encode(
        _ opcode: Opcode, _ payload: some Collection<UInt8>, mask: Mask? = nil, isFinal: Bool = true
    ) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(longestHeader + payload.count)
        append(opcode, payload, mask: mask, isFinal: isFinal, to: &frame)
        return frame
    }

    /// Reserves nothing: the array grows by doubling as frame after frame comes, which an exact reservation would end.
    /// - Complexity: O(n).
    package static func append(
        _ opcode: Opcode, _ payload: some Collection<UInt8>, mask: Mask? = nil, isFinal: Bool = true,
        to output: inout [UInt8]
    ) {
        let length = payload.count
        appendHeader(FrameHeader(isFinal: isFinal, opcode: opcode, payloadLength: length, mask: mask), to: &output)
        let start = output.count
        output.append(contentsOf: payload)
        mask?.apply(to: &output, from: start)
    }

    /// - Parameters:
    ///   - code: none makes a close frame without a payload, and then `reason` is left out.
    ///   - reason: cut before the character that goes over 123 bytes.
    package static func encodeClose(_ code: CloseCode?, reason: String = "", mask: Mask? = nil) -> [UInt8] {
        encode(.close, closePayload(code, reason), mask: mask)
    }

    /// As `encodeClose`, but adds to `output`.
    package static func appendClose(
        _ code: CloseCode?, reason: String = "", mask: Mask? = nil, to output: inout [UInt8]
    ) {
        append(.close, closePayload(code, reason), mask: mask, to: &output)
    }

    /// The header alone, for a caller that writes the payload from where it lies.
    package static func appendHeader(_ header: FrameHeader, to output: inout [UInt8]) {
        let length = header.payloadLength
        if header.opcode.isControl {
            precondition(header.isFinal, "A control frame cannot be fragmented")
            precondition(length <= FrameHeader.controlPayloadLimit, "A control frame of \(length) bytes")
        }
        output.append((header.isFinal ? 0x80 : 0) | (header.rsv1 ? 0x40 : 0) | header.opcode.rawValue)
        let masked: UInt8 = header.mask == nil ? 0 : 0x80
        switch length {
        case ...125:
            output.append(masked | UInt8(length))
        case ...0xFFFF:
            output.append(masked | 126)
            append(UInt16(length), to: &output)
        default:
            output.append(masked | 127)
            append(UInt64(length), to: &output)
        }
        if let mask = header.mask {
            append(mask.key, to: &output)
        }
    }

    private static let longestHeader = 14

    /// The most significant byte first.
    private static func append(_ number: some FixedWidthInteger, to output: inout [UInt8]) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static func closePayload(_ code: CloseCode?, _ reason: String) -> [UInt8] {
        guard let code else { return [] }
        precondition(code.isSendable, "Close code \(code.rawValue) must not be sent")
        var payload: [UInt8] = []
        append(code.rawValue, to: &payload)
        payload.append(contentsOf: reason.utf8.prefix(upTo: end(of: reason)))
        return payload
    }

    private static func end(of reason: String) -> String.Index {
        let bytes = reason.utf8
        let room = FrameHeader.controlPayloadLimit - 2
        var end = bytes.index(bytes.startIndex, offsetBy: room, limitedBy: bytes.endIndex) ?? bytes.endIndex
        while end < bytes.endIndex, bytes[end] & 0xC0 == 0x80 {
            end = bytes.index(before: end)
        }
        return end
    }
}
