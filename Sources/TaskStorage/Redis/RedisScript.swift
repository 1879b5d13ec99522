/// What Redis does in one step, with no command of another server in between.
///
/// Numbers that are compared stay text: Lua's are floating-point.
enum RedisScript: CaseIterable {
    case join, append, beat, bury, forget, trim, leave

    /// The keys are ``RedisKeys/all``. The first arguments of all but `join` are the server's number and its generation.
    var text: String {
        switch self {
        case .join: Self.joinText
        case .append: Self.appendText
        case .beat: Self.beatText
        case .bury: Self.buryText
        case .forget: Self.forgetText
        case .trim: Self.trimText
        case .leave: Self.leaveText
        }
    }

    /// A connection is the server's from now on: what it sent on a former one is refused, also if it was sent already.
    /// Arguments: its number, or nothing if it has none; its name; the name of a new history.
    ///
    /// A server that others have buried, or whose number has another name, gets another number.
    private static let joinText = """
        local form = redis.call('HGET', KEYS[1], 'form')
        if not form then
            redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'seq', '0', 'append', '0', 'last', '')
        elseif form ~= '1' and form ~= '2' then
            return {'form', form}
        end
        redis.call('HSET', KEYS[1], 'form', '2')
        local server, name = ARGV[1], '-' .. ARGV[2]
        local former = redis.call('HGET', KEYS[9], server)
        if not former or string.sub(former, -#name) ~= name then
            server = tostring(redis.call('HINCRBY', KEYS[1], 'servers', 1))
        end
        local generation = redis.call('HINCRBY', KEYS[1], 'generation', 1) .. name
        redis.call('HSET', KEYS[9], server, generation)
        redis.call('HINCRBY', KEYS[10], server, 1)
        local join = redis.call('XADD', KEYS[13], 'MAXLEN', 1, '*', 's', server)
        local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'append', 'last')
        return {'joined', at[1], at[2], at[3], at[4], server, generation, join}
        """

    /// Keeps events, if the log ends where the server thinks. Further arguments: epoch, number and append of the end; number
    /// and append of the new one, the highest id, for how many milliseconds the server wants the turn if it comes behind, how many events there are; each event's
    /// id in the stream and its bytes; then changes of rows in threes.
    ///
    /// If the log ends elsewhere, it returns the end, and entries from the server's own end on, of 256 KiB and one more.
    private static let appendText = """
        if redis.call('HGET', KEYS[9], ARGV[1]) ~= ARGV[2] then return {'fenced'} end
        local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'append', 'last')
        if at[1] ~= ARGV[3] or at[2] ~= ARGV[4] or at[3] ~= ARGV[5] then
            if ARGV[9] ~= '0' then redis.call('SET', KEYS[12], ARGV[1], 'PX', ARGV[9], 'NX') end
            local entries, size = {}, 0
            if at[1] == ARGV[3] then
                for _, entry in ipairs(redis.call('XRANGE', KEYS[2], ARGV[4] .. '-0', '+', 'COUNT', 256)) do
                    entries[#entries + 1] = entry
                    size = size + #entry[2][2]
                    if size > 262144 then break end
                end
            end
            return {'behind', at[1], at[2], at[3], at[4], entries}
        end
        if ARGV[10] == '0' then return {'kept'} end
        local turn = redis.call('GET', KEYS[12])
        if turn and turn ~= ARGV[1] then return {'busy'} end
        local next = 11
        for _ = 1, tonumber(ARGV[10]) do
            redis.call('XADD', KEYS[2], ARGV[next], 'e', ARGV[next + 1], 'a', ARGV[7])
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
        redis.call('HSET', KEYS[1], 'seq', ARGV[6], 'append', ARGV[7], 'last', ARGV[8])
        if turn then redis.call('DEL', KEYS[12]) end
        return {'kept'}
        """

    /// The server is there. Returns the end of the log, and all servers with their counts.
    private static let beatText = """
        if redis.call('HGET', KEYS[9], ARGV[1]) ~= ARGV[2] then return {'fenced'} end
        redis.call('HINCRBY', KEYS[10], ARGV[1], 1)
        local at = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'append', 'last')
        return {'kept', at[1], at[2], at[3], at[4], redis.call('HGETALL', KEYS[10])}
        """

    /// A server that does not count any more is no server of the store: what it has on the way is refused. One that has
    /// counted since is. Further arguments: its number, and its last count.
    private static let buryText = """
        if redis.call('HGET', KEYS[9], ARGV[1]) ~= ARGV[2] then return {'fenced'} end
        local count = redis.call('HGET', KEYS[10], ARGV[3])
        if count and count ~= ARGV[4] then return {'busy'} end
        for _, key in ipairs({KEYS[9], KEYS[10], KEYS[11]}) do redis.call('HDEL', key, ARGV[3]) end
        return {'kept'}
        """

    /// Begins a new history with the tasks as they are, because Redis has lost the end of the former one, unless another
    /// server has done so. Further arguments: the history that is there, the name of the new one, where that begins.
    private static let forgetText = """
        if redis.call('HGET', KEYS[9], ARGV[1]) ~= ARGV[2] then return {'fenced'} end
        if redis.call('HGET', KEYS[1], 'epoch') == ARGV[3] then
            redis.call('DEL', KEYS[2])
            redis.call('HSET', KEYS[1], 'epoch', ARGV[4], 'seq', ARGV[5], 'append', '0')
        end
        return {'kept'}
        """

    /// Removes the events in front of a number, but for those that a server which reads the store will need. Further
    /// argument: the number.
    private static let trimText = """
        local first = tonumber(ARGV[3])
        for _, position in ipairs(redis.call('HVALS', KEYS[11])) do first = math.min(first, tonumber(position) + 1) end
        redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', first))
        return {'kept'}
        """

    /// The server has done with the store.
    private static let leaveText = """
        if redis.call('HGET', KEYS[9], ARGV[1]) ~= ARGV[2] then return {'fenced'} end
        for _, key in ipairs({KEYS[9], KEYS[10], KEYS[11]}) do redis.call('HDEL', key, ARGV[1]) end
        return {'kept'}
        """
}

/// The first word that a script returns.
enum RedisVerdict: CaseIterable {
    /// It is done.
    case kept, joined
    /// The log ends elsewhere.
    case behind
    /// It is another server's turn, or that server has counted since.
    case busy
    /// The connection is not the server's any more.
    case fenced
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
        case .joined: "joined"
        case .behind: "behind"
        case .busy: "busy"
        case .fenced: "fenced"
        case .form: "form"
        }
    }
}
