import Foundation

@testable import TaskStorage

/// A client of Redis that waits for each reply, without a loop.
final class RedisCaller {
    private let file: FileHandle
    private let reader: RedisReader

    init(_ path: String) throws {
        reader = try RedisReader()
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw CocoaError(.fileReadNoSuchFile) }
    }

    func ask(_ command: RedisCommand) throws -> RedisReply {
        try file.write(contentsOf: Data(command.formatted ?? []))
        while true {
            if let reply = try reader.next() { return reply }
            let bytes = file.availableData
            guard !bytes.isEmpty else { throw CocoaError(.fileReadUnknown) }
            try reader.feed(bytes.bytes)
        }
    }

    func ask(_ words: String...) throws -> RedisReply {
        var command = RedisCommand()
        for word in words { command.append(word) }
        return try ask(command)
    }
}

/// A server of a store, which runs scripts and waits for what they return.
struct RedisTester {
    let caller: RedisCaller
    let keys = RedisKeys("test")
    private(set) var member: RedisMember?
    /// Where the log ended when it joined.
    private(set) var end: RedisEnd?

    /// Joins the store; as the server of that number, if it is one.
    init(_ redis: RedisServer, named name: String, number: String = "", epoch: Int = 7) throws {
        caller = try RedisCaller(redis.path)
        guard let returned = try run(.join, RedisCommand(number, name, "\(epoch)")), returned.verdict == .joined else {
            return
        }
        end = try RedisEnd(returned.words)
        member = try RedisMember(returned.words.dropFirst(RedisEnd.wordCount))
    }

    var number: String { "\(member?.server ?? 0)" }

    /// What a script returns to this server.
    func run(_ script: RedisScript, _ words: String...) throws -> RedisReturn? {
        guard let member else { return nil }
        var command = RedisCommand(of: member)
        for word in words { command.append(word) }
        return try run(script, command)
    }

    private func run(_ script: RedisScript, _ arguments: RedisCommand) throws -> RedisReturn? {
        var command = RedisCommand("EVAL", script.text, String(keys.all.count))
        for key in keys.all { command.append(key) }
        command.append(arguments)
        return RedisReturn(try caller.ask(command))
    }

    /// Appends events of that text behind the event of that number and append; what became of it.
    func append(
        _ texts: [String], behind sequence: Int, _ last: Int, as append: Int, epoch: Int = 7, turn: Int = 0,
        rows: [String] = []
    ) throws -> RedisReturn? {
        guard let member else { return nil }
        var command = RedisCommand(of: member)
        for number in [epoch, sequence, last, sequence + texts.count, append] { command.append("\(number)") }
        for word in ["", "\(turn)", "\(texts.count)"] { command.append(word) }
        for (index, text) in texts.enumerated() {
            command.append("\(sequence + 1 + index)-0")
            command.append(text)
        }
        for word in rows { command.append(word) }
        return try run(.append, command)
    }

    /// Epoch, number and append of the end, as text.
    func place() throws -> [String] {
        try caller.ask("HMGET", keys.end, "epoch", "seq", "append").array?.compactMap(\.text) ?? []
    }

    func count(_ command: String, _ key: String) throws -> Int? { try caller.ask(command, key).integer }
}
