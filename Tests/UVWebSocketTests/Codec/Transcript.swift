@testable import UVWebSocket

/// All that an assembler says about some bytes: the events, and the error that ended them.
struct Transcript: Equatable, CustomStringConvertible {
    var events: [MessageAssembler.Event] = []
    var error: FrameError?
    /// How many bytes had been given, in whole pieces, when the error was thrown.
    var errorPosition: Int?

    init(_ events: [MessageAssembler.Event], error: FrameError? = nil) {
        self.events = events
        self.error = error
    }

    /// Feeds `bytes` to a new assembler in pieces that end at `cuts` and at the end.
    init(
        reading bytes: [UInt8], cutAt cuts: some Sequence<Int> = [], role: WebSocketRole = .server,
        limits: MessageAssembler.Limits = .init(), deflate: MessageDeflate? = nil
    ) {
        var assembler = MessageAssembler(role: role, limits: limits, deflate: deflate)
        var start = 0
        for end in Array(cuts) + [bytes.count] {
            do throws(FrameError) {
                var offset = 0
                let piece = bytes.span.bytes.extracting(start..<end)
                while let event = try assembler.nextEvent(in: piece, at: &offset) {
                    // How often it goes on is not what is said.
                    if event != .inflating { events.append(event) }
                }
                start = end
            } catch {
                self.error = error
                errorPosition = end
                return
            }
        }
    }

    /// Where in the stream the error was noticed is another fact than what was said.
    static func == (left: Transcript, right: Transcript) -> Bool {
        left.events == right.events && left.error == right.error
    }

    var description: String { "\(events)" + (error.map { ", then \($0)" } ?? "") }
}

extension FrameEncoder {
    /// A frame as a client sends it, with the mask of RFC 6455's examples.
    static func masked(_ opcode: Opcode, _ payload: some Collection<UInt8>, isFinal: Bool = true) -> [UInt8] {
        encode(opcode, payload, mask: Mask(key: 0x37FA_213D), isFinal: isFinal)
    }
}
