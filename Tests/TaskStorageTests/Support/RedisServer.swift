import Foundation
import LoopTesting

@testable import TaskStorage

/// A Redis of a test's own, which keeps all that it answers; it ends with the test.
final class RedisServer: Sendable {
    let path: String
    private let folder: TemporaryFolder
    private let process: Process

    /// Comes back when it takes connections.
    init(in folder: TemporaryFolder) throws {
        self.folder = folder
        path = folder.file("redis.sock")
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "redis-server", "--port", "0", "--unixsocket", path, "--dir", folder.path, "--save", "", "--appendonly",
            "yes",
            "--appendfsync", "always", "--daemonize", "no",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var said = ""
        while !said.contains("ready to accept connections") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw CocoaError(.executableLoad) }
            said += String(decoding: more, as: UTF8.self).lowercased()
        }
    }

    deinit { kill() }

    /// As a machine that loses power: what it has answered is on the disk.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func address(_ name: String = "test", wait: Int = 0) -> RedisAddress? {
        RedisAddress("redis+unix://\(path)?name=\(name)&wait=\(wait)")
    }
}
