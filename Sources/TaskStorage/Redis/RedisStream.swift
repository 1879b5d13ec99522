import TaskEngine

/// The entries of a stream, as `XRANGE` gives them.
enum RedisStream {
    struct Entry<Value> {
        let sequence: Int
        let value: Value
    }

    /// What stands under `name` in each entry.
    static func entries<Value: Compact>(
        _ result: Result<RedisReply, RedisError>, _ kind: Value.Type, named name: String
    ) -> Result<[Entry<Value>], LogError> {
        guard case .success(let reply) = result, let replies = reply.array else {
            return .failure(.refused(result.trouble))
        }
        var entries: [Entry<Value>] = []
        for reply in replies {
            guard let entry = entry(reply, kind, named: name) else {
                return .failure(.refused("an entry of a stream cannot be read"))
            }
            entries.append(entry)
        }
        return .success(entries)
    }

    private static func entry<Value: Compact>(_ reply: RedisReply, _ kind: Value.Type, named name: String) -> Entry<
        Value
    >? {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].bytes, let fields = parts[1].array,
            let number = id.split(separator: UInt8(ascii: "-")).first,
            let sequence = DecimalNumber.read(number).flatMap({ Int(exactly: $0) }),
            let place = stride(from: 0, to: fields.count - 1, by: 2).first(where: { index in
                fields[index].bytes.map { $0.elementsEqual(name.utf8) } ?? false
            }),
            let bytes = fields[place + 1].bytes, let value = Value(compact: bytes)
        else { return nil }
        return Entry(sequence: sequence, value: value)
    }
}

extension Result<RedisReply, RedisError> {
    /// Why it is not what was wanted.
    var trouble: String {
        switch self {
        case .success(.error(let message)): message
        case .success: "the reply is not of the kind that was wanted"
        case .failure(let error): error.message
        }
    }
}
