import Testing
import UVCore

@Suite("Errors carry libuv's names")
struct LoopErrorTests {
    @Test(
        "A code has the name that Node shows and a sentence",
        arguments: [
            (-2, "ENOENT", "no such file or directory"), (-98, "EADDRINUSE", "address already in use"),
            (-104, "ECONNRESET", "connection reset by peer"), (-111, "ECONNREFUSED", "connection refused"),
            (-4095, "EOF", "end of file"), (-3008, "EAI_NONAME", "unknown node or service"),
        ] as [(Int32, String, String)])
    func names(code: Int32, name: String, message: String) {
        let error = LoopError(code: code, call: "uv_call")
        #expect(error.name == name && error.message == message)
        #expect("\(error)" == "\(name): \(message) (uv_call)")
    }

    @Test("An unknown code is told as such", arguments: [Int32(1), -100_000, .min, .max, 0])
    func unknown(code: Int32) {
        let error = LoopError(code: code, call: "")
        #expect(!error.name.isEmpty && !error.message.isEmpty)
    }

    @Test("The kinds that a program asks for are told apart")
    func kinds() {
        #expect(LoopError.cancelled("x").isCancelled && !LoopError.cancelled("x").isConnectionReset)
        #expect(LoopError(code: -104, call: "").isConnectionReset && LoopError(code: -32, call: "").isConnectionReset)
        #expect(LoopError(code: -98, call: "").isAddressInUse && !LoopError(code: -99, call: "").isAddressInUse)
    }

    @Test("A code is compared by its name, and has Node's name too")
    func codes() {
        let error = LoopError(.addressInUse, call: "uv_listen")
        #expect(error == LoopError(code: -98, call: "uv_listen") && error.code.rawValue == -98)
        #expect(error.code == .addressInUse && error.code != .addressNotAvailable)
        #expect(error.code.name == "EADDRINUSE" && "\(error.code)" == error.name)
        #expect(LoopError.Code.nameNotFound.name == "EAI_NONAME" && LoopError.Code.endOfStream.name == "EOF")
    }
}
