import UVCore

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

    /// The frame that `header` announces.
    /// - Complexity: O(n).
    package static func encode(_ header: FrameHeader, _ payload: RawSpan) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(header.frameLength)
        appendHeader(header, to: &frame)
        if let mask = header.mask { mask.append(payload, to: &frame) } else { frame.append(copying: payload) }
        return frame
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
        let head = FrameHead(header)
        output.append(copying: head.bytes.span.bytes.extracting(first: head.count))
    }

    private static let longestHeader = 14

    private static func closePayload(_ code: CloseCode?, _ reason: String) -> [UInt8] {
        guard let code else { return [] }
        precondition(code.isSendable, "Close code \(code.rawValue) must not be sent")
        var payload: [UInt8] = []
        payload += [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
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
