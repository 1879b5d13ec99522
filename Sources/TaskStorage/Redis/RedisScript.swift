/// What Redis does in one step, with no command of another server in between.
///
/// Numbers that are compared stay text: Lua's are floating-point.
enum RedisScript: CaseIterable {
    case take, append, forget, hold, release

    /// The keys are ``RedisKeys/all``.
    var text: String {
        switch self {
        case .take: Self.takeText
        case .append: Self.appendText
        case .forget: Self.forgetText
        case .hold: Self.holdText
        case .release: Self.releaseText
        }
    }

    /// The caller is the one server from now on: an append of a former generation is refused, also one that was sent
    /// already. Arguments: its name, how long that holds, the name of a new history.
    private static let takeText = """
        local holder = redis.call('GET', KEYS[9])
        if holder and holder ~= ARGV[1] then return {'held'} end
        local form = redis.call('HGET', KEYS[1], 'form')
        if not form then
            redis.call('HSET', KEYS[1], 'form', '1', 'epoch', ARGV[3], 'seq', '0', 'append', '0', 'last', '')
        elseif form ~= '1' then
            return {'form', form}
        end
        local generation = redis.call('HINCRBY', KEYS[1], 'generation', 1)
        redis.call('SET', KEYS[9], ARGV[1], 'PX', ARGV[2])
        local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'append', 'last')
        return {'taken', tostring(generation), at[1], at[2], at[3], at[4]}
        """

    /// Keeps events, if the log ends where the server thinks. Arguments: generation, epoch, number and append of the end,
    /// number and append of the new one, the highest id, how many events there are; each event's id in the stream and its
    /// bytes; then changes of rows in threes.
    private static let appendText = """
        local at = redis.call('HMGET', KEYS[1], 'generation', 'epoch', 'seq', 'append')
        if at[1] ~= ARGV[1] then return {'fenced'} end
        if at[2] ~= ARGV[2] or at[3] ~= ARGV[3] or at[4] ~= ARGV[4] then return {'elsewhere'} end
        local next = 9
        for _ = 1, tonumber(ARGV[8]) do
            redis.call('XADD', KEYS[2], ARGV[next], 'e', ARGV[next + 1], 'a', ARGV[6])
            next = next + 2
        end
        while next < #ARGV do
            local kind, key, value = ARGV[next], ARGV[next + 1], ARGV[next + 2]
            if kind == 't' then redis.call('HSET', KEYS[3], key, value)
            elseif kind == 'T' then
                redis.call('HDEL', KEYS[3], key)
                redis.call('HDEL', KEYS[4], key .. 'p', key .. 'r')
                if redis.call('SREM', KEYS[7], key) == 1 then redis.call('HSET', KEYS[8], key, value) end
            elseif kind == 'b' then redis.call('HSET', KEYS[4], key, value)
            elseif kind == 'B' then redis.call('HDEL', KEYS[4], key)
            elseif kind == 'p' then redis.call('HSET', KEYS[5], key, value)
            elseif kind == 'k' then redis.call('XADD', KEYS[6], key, 'k', value)
            elseif kind == 'n' then redis.call('SADD', KEYS[7], key)
            end
            next = next + 3
        end
        redis.call('HSET', KEYS[1], 'seq', ARGV[5], 'append', ARGV[6], 'last', ARGV[7])
        return {'kept'}
        """

    /// Begins a new history with the tasks as they are, because Redis has lost the end of the former one. Arguments: the
    /// caller's generation, the name of the history, where it begins.
    private static let forgetText = """
        if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return {'fenced'} end
        redis.call('DEL', KEYS[2])
        redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'seq', ARGV[3], 'append', '0')
        return {'kept'}
        """

    /// The caller still uses the store. Arguments: its name, how long that holds, its generation.
    private static let holdText = """
        if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[3] then return {'fenced'} end
        redis.call('SET', KEYS[9], ARGV[1], 'PX', ARGV[2])
        return {'kept'}
        """

    /// The caller has done with the store. Argument: its name.
    private static let releaseText = """
        if redis.call('GET', KEYS[9]) == ARGV[1] then redis.call('DEL', KEYS[9]) end
        return {'kept'}
        """
}

/// The first word that a script returns.
enum RedisVerdict: CaseIterable {
    /// It is done.
    case kept, taken
    /// Another server uses the store, or has taken it since.
    case held, fenced
    /// The log ends elsewhere.
    case elsewhere
    /// The store has a form that this program does not know.
    case form

    init?(_ word: [UInt8]?) {
        guard let word, let verdict = Self.allCases.first(where: { word.elementsEqual($0.name.utf8) }) else {
            return nil
        }
        self = verdict
    }

    private var name: String {
        switch self {
        case .kept: "kept"
        case .taken: "taken"
        case .held: "held"
        case .fenced: "fenced"
        case .elsewhere: "elsewhere"
        case .form: "form"
        }
    }
}
