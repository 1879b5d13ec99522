import ArgumentParser
import UVCore
import UVWebSocket

/// Lets a fuzzing server of the Autobahn suite test the WebSocket client: asks how many cases there are, runs each as an
/// echo, and asks for the report.
@main
struct AutobahnClient: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "AutobahnClient", abstract: "Runs the cases of an Autobahn fuzzing server.")

    @Argument(help: "The server, such as ws://127.0.0.1:9001.")
    var server: String

    @Flag(help: "Compress every message, where the server can do so.")
    var deflate = false

    @Flag(help: "Offer to compress each message without those before it.")
    var noContextTakeover = false

    func run() {
        EventLoop.main { loop in
            loop.spawn {
                let count = Int(try await lastMessage(of: "/getCaseCount")) ?? 0
                guard count > 0 else { throw ValidationError("The server has no cases.") }
                for number in 1...count { try await echo("/runCase?case=\(number)&agent=UVWebSocket") }
                try await echo("/updateReports?agent=UVWebSocket")
                StandardStream.output.write("\(count) cases\n")
            }
        }
    }

    @LoopActor
    private func lastMessage(of target: String) async throws -> String {
        var last = ""
        let socket = try await connect(target)
        socket.onMessage = { last = $0.text }
        await closed(socket)
        return last
    }

    @LoopActor
    private func echo(_ target: String) async throws {
        let socket = try await connect(target)
        socket.onDrain = { socket.resume() }
        socket.onMessage = { message in
            if !socket.send(message) { socket.pause() }
        }
        await closed(socket)
    }

    @LoopActor
    private func connect(_ target: String) async throws -> WebSocket {
        guard let url = WebSocketURL(server + target) else { throw ValidationError("'\(server)' is no server.") }
        var limits = WebSocketLimits()
        limits.message = 64 << 20
        limits.fragments = .max
        return try await WebSocketClient.connect(to: url, limits: limits, deflate: deflate ? everyMessage : nil)
    }

    private var everyMessage: PerMessageDeflate {
        var deflate = PerMessageDeflate()
        (deflate.threshold, deflate.longest) = (0, .max)
        deflate.sending.takesContextOver = !noContextTakeover
        return deflate
    }

    @LoopActor
    private func closed(_ socket: WebSocket) async {
        await withUnsafeContinuation { continuation in
            socket.onClose = { _, _ in continuation.resume() }
        }
    }
}
