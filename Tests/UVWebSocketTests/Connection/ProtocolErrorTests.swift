import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A peer that breaks a rule is told which, and the connection ends")
struct ProtocolErrorTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: Int

        init(_ description: String, _ bytes: [UInt8], _ code: Int = 1002) {
            (testDescription, self.bytes, self.code) = (description, bytes, code)
        }

        init(_ description: String, _ frames: WireFrame..., code: Int = 1002) {
            self.init(description, frames.flatMap { $0.masked().bytes }, code)
        }
    }

    static let faults = [
        Fault("RSV1 without an extension", [0xC1, 0x80, 0, 0, 0, 0]),
        Fault("RSV2", [0xA1, 0x80, 0, 0, 0, 0]),
        Fault("RSV3", [0x91, 0x80, 0, 0, 0, 0]),
        Fault("opcode 3", WireFrame(opcode: 3, payload: [])),
        Fault("opcode 11", WireFrame(opcode: 11, payload: [])),
        Fault("a frame without a mask", WireFrame.text("hello").bytes),
        Fault("a ping of 126 bytes", WireFrame.ping(String(repeating: "p", count: 126))),
        Fault("a close frame of 126 bytes", WireFrame.close(1000, String(repeating: "r", count: 124))),
        Fault("a ping in two fragments", WireFrame(isFinal: false, opcode: 9, payload: [])),
        Fault("a length that would fit seven bits", [0x82, 0xFE, 0, 125]),
        Fault("a length that would fit 16 bits", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        Fault("a length of 2^63", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        Fault("a length of 2^63 - 1", [0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1009),
        Fault("a continuation of nothing", WireFrame(opcode: 0, payload: [])),
        Fault("a message inside a message", WireFrame(isFinal: false, opcode: 1, payload: []), .text("new")),
        Fault("text that is not UTF-8", WireFrame(opcode: 1, payload: [0xFF]), code: 1007),
        Fault("text that ends inside a character", WireFrame(opcode: 1, payload: [0xC3]), code: 1007),
        Fault("a surrogate", WireFrame(opcode: 1, payload: [0xED, 0xA0, 0x80]), code: 1007),
        Fault("a close frame of one byte", WireFrame(opcode: 8, payload: [3])),
        Fault("close code 999", WireFrame.close(999)),
        Fault("close code 1004", WireFrame.close(1004)),
        Fault("close code 1005", WireFrame.close(1005)),
        Fault("close code 1006", WireFrame.close(1006)),
        Fault("close code 1015", WireFrame.close(1015)),
        Fault("close code 2999", WireFrame.close(2999)),
        Fault("close code 5000", WireFrame.close(5000)),
        Fault("a reason that is not UTF-8", WireFrame(opcode: 8, payload: [3, 232, 0xFF]), code: 1007),
    ]

    @Test("Messages before it are heard, a close frame with the code follows, and the end", arguments: faults)
    func fault(_ fault: Fault) async {
        await withServer(ManualClock()) { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onMessage = { [unowned socket] message in socket.send(message) }
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            peer.socket.write(
                WireFrame.text("before").masked().bytes + fault.bytes + WireFrame.text("b").masked().bytes)
            #expect(try await peer.frame() == .text("before"))
            let close = try await peer.frame()
            #expect(close.closeCode == fault.code && !close.text.dropFirst(2).isEmpty)
            // What comes now is not looked at, and does not change the reason.
            peer.send(.text("more").masked(), .close(1000).masked())
            try await peer.finish()
            #expect(peer.ending == "end" && peer.leftover == 0 && peer.frames.count == 2)
            try await until("onClose") { socket.readyState == .closed && !log.lines.isEmpty }
            #expect(log.lines == ["closed \(fault.code)"])
        }
    }

    @Test("A peer that breaks a rule and then neither ends nor reads is ended after 5 s")
    func faultAndNothing() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            peer.socket.pause()
            peer.socket.write(WireFrame.text("no mask").bytes)
            try await until("the fault") { socket.readyState == .closing }
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(socket.readyState == .closing)
            clock.advance(by: .milliseconds(1))
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1002"])
        }
    }

    @Test("A callback that throws is reported, and no message is delivered any more")
    func callbackThrows() async {
        let log = Log()
        await withServer { server in
            server.loop.onUncaughtError = { log("\($0)") }
            let (socket, peer) = try await server.open()
            socket.onMessage = { message in throw Thrown(message.text) }
            socket.onPing = { _ in throw Thrown("ping") }
            peer.send(.text("one").masked(), .ping("p").masked(), .text("two").masked())
            #expect(try await peer.frame() == .close(1011))
            #expect(log.lines == ["one", "ping"])
            #expect(socket.readyState == .closing)
        }
    }
}

@Suite("The limits of a message")
struct MessageLimitTests {
    private static let mebibyte = 1 << 20

    /// A binary message of `count` frames, `size` bytes in all.
    private static func fragments(_ count: Int, size: Int) -> [UInt8] {
        (0..<count).flatMap { index in
            let length = index == 0 ? size : 0
            return WireFrame(
                isFinal: index == count - 1, opcode: index == 0 ? 2 : 0, payload: [UInt8](repeating: 7, count: length)
            ).masked().bytes
        }
    }

    @Test("1 MiB is a message, one byte more is 1009", arguments: [(mebibyte, nil), (mebibyte + 1, 1009)])
    func size(size: Int, code: Int?) async {
        await judge(Self.fragments(1, size: size), size, code)
    }

    @Test(
        "So it is when the last byte comes in a fragment of its own",
        arguments: [
            (mebibyte, nil), (mebibyte + 1, 1009),
        ])
    func sizeInFragments(size: Int, code: Int?) async {
        var bytes = Self.fragments(2, size: size - 1)
        bytes.removeLast(WireFrame(opcode: 0, payload: []).masked().bytes.count)
        await judge(bytes + WireFrame(opcode: 0, payload: [7]).masked().bytes, size, code)
    }

    @Test("4,096 fragments are a message, empty ones too; one more is 1009", arguments: [(4_096, nil), (4_097, 1009)])
    func fragments(count: Int, code: Int?) async {
        await judge(Self.fragments(count, size: 1), 1, code)
    }

    @Test("A message over the limit is refused by its header, before its bytes have come")
    func announced() async {
        await judge([0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0], 0, 1009)
    }

    private func judge(_ bytes: [UInt8], _ size: Int, _ code: Int?) async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onMessage = { message in log("\(message.kind) \(message.bytes.count)") }
            peer.socket.write(bytes)
            if let code {
                let close = try await peer.frame()
                #expect(close.closeCode == code)
                #expect(log.lines.isEmpty)
            } else {
                try await until("the message") { !log.lines.isEmpty }
                #expect(log.lines == ["binary \(size)"])
                #expect(peer.frames.isEmpty)
            }
        }
    }
}
