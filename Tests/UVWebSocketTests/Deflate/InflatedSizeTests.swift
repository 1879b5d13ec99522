import Testing
import UVCompression
import UVWebSocket

@Suite("What a compressed message may cost")
struct InflatedSizeTests {
    private static let bound = 100_000

    private func read(_ frames: [UInt8], limit: Int = bound, fragments: Int = 8) -> Transcript {
        Transcript(
            reading: frames, limits: .init(messageSize: limit, fragments: fragments),
            deflate: MessageDeflate())
    }

    @Test("A message of the limit is inflated, one byte more is refused", arguments: [0, 1, 100, 65_536, bound])
    func atTheLimit(count: Int) throws {
        for (excess, isFine) in [(0, true), (1, false)] {
            let bytes = [UInt8](repeating: 7, count: count + excess)
            let transcript = read(FrameEncoder.packed(.binary, try Packer().pack(bytes)), limit: count)
            #expect(
                transcript == (isFine ? Transcript([.message(.binary, bytes)]) : Transcript([], error: .messageTooBig)))
        }
        #expect(FrameError.messageTooBig.closeCode == .messageTooBig)
    }

    @Test("The limit is for each message, and for all its fragments together")
    func messages() throws {
        let packer = try Packer()
        let half = [UInt8](repeating: 7, count: Self.bound / 2)
        let one =
            FrameEncoder.packed(.binary, packer.pack(half, isWhole: false), isFinal: false)
            + FrameEncoder.masked(.continuation, packer.pack(half))
        #expect(read(one).events == [.message(.binary, half + half)])
        let again = FrameEncoder.packed(.binary, packer.pack(half + half))
        #expect(read(one + again).events.count == 2)
        let more =
            FrameEncoder.packed(.binary, packer.pack(half, isWhole: false), isFinal: false)
            + FrameEncoder.masked(.continuation, packer.pack(half + [7]))
        #expect(read(one + again + more).error == .messageTooBig)
    }

    @Test("Nothing beyond the limit is kept, nor is room taken for it, whatever a bomb holds")
    func bomb() throws {
        let bomb = try Packer().pack([UInt8](repeating: 0, count: 50 << 20))
        let frame = FrameEncoder.packed(.binary, bomb)
        var assembler = MessageAssembler(
            role: .server, limits: .init(messageSize: Self.bound), deflate: MessageDeflate())
        var offset = 0
        var most = 0
        #expect(throws: FrameError.messageTooBig) {
            while let event = try assembler.nextEvent(in: frame.span.bytes, at: &offset) {
                #expect(event == .inflating)
                most = max(most, assembler.reservedBytes)
            }
        }
        #expect(most >= 65_536 && most < 2 * Self.bound && assembler.reservedBytes == 0)
    }

    @Test("Some 64 KiB are inflated at once, and what follows later, from where it was left")
    func portions() throws {
        let bytes = [UInt8](repeating: 1, count: 1 << 20)
        let frame = FrameEncoder.packed(.binary, try Packer().pack(bytes))
        var assembler = MessageAssembler(role: .server, deflate: MessageDeflate())
        var offset = 0
        var events: [MessageAssembler.Event] = []
        while let event = try assembler.nextEvent(in: frame.span.bytes, at: &offset) { events.append(event) }
        #expect(events.count { $0 == .inflating } == 15 && events.last == .message(.binary, bytes))
    }

    @Test("Fragments that are inflated together are counted together")
    func fragments() throws {
        let packer = try Packer()
        let piece = [UInt8](repeating: 1, count: 30_000)
        var frames = FrameEncoder.packed(.binary, packer.pack(piece, isWhole: false), isFinal: false)
        for _ in 0..<20 {
            frames += FrameEncoder.masked(.continuation, packer.pack(piece, isWhole: false), isFinal: false)
        }
        var assembler = MessageAssembler(role: .server, deflate: MessageDeflate())
        var (offset, count) = (0, 0)
        while case .inflating? = try assembler.nextEvent(in: frames.span.bytes, at: &offset) { count += 1 }
        #expect(count == 9)
    }

    @Test("Frames that hold little but their own overhead are bounded, too")
    func overhead() throws {
        let empty: [UInt8] = [0, 0, 0, 0xFF, 0xFF]
        func frame(_ count: Int) -> [UInt8] {
            FrameEncoder.packed(.binary, (0..<count).flatMap { _ in empty } + [0])
        }
        // Twice the limit and 16 bytes a frame.
        #expect(read(frame(43), limit: 100).events == [.message(.binary, [])])
        #expect(read(frame(44), limit: 100).error == .messageTooBig)
        var frames = FrameEncoder.packed(.binary, empty, isFinal: false)
        for _ in 0..<7 { frames += FrameEncoder.masked(.continuation, empty, isFinal: false) }
        #expect(read(frames, limit: 10).error == nil)
        #expect(read(frames + FrameEncoder.masked(.continuation, [0])).error == .tooManyFragments)
    }

    @Test("A message fits its array: at most twice what it is, and a little")
    func capacity() throws {
        for count in [0, 10, 1_000, 70_000] {
            for bytes in [[UInt8](repeating: 1, count: count), repeating(after: max(count, 1), count: count)] {
                let transcript = read(FrameEncoder.packed(.binary, try Packer().pack(bytes)))
                guard case .message(_, let message)? = transcript.events.first else {
                    Issue.record("no message")
                    continue
                }
                #expect(message == bytes && message.capacity <= 2 * count + 1_024)
            }
        }
    }
}
