/// What Redis does in one step, with no command of another server in between.
///
/// Numbers that are compared stay text: Lua's are floating-point.
enum RedisScript: CaseIterable {
    case join, agree, append, beat, bury, forget, trim, rewrite, absolve, leave, writeNote, readNote

    /// The keys are ``RedisKeys/all``, which are called ``RedisKeys/names`` in it. The first arguments of all but `join` are
    /// the server's number and its generation.
    var text: String {
        switch self {
        case .join: Self.names + Self.joinText
        case .agree: Self.names + Self.fence + Self.agreeText
        case .append: Self.names + Self.fence + Self.appendText
        case .beat: Self.names + Self.fence + Self.beatText
        case .bury: Self.names + Self.fence + Self.buryText
        case .forget: Self.names + Self.fence + Self.forgetText
        case .trim: Self.names + Self.fence + Self.trimText
        case .rewrite: Self.names + Self.fence + Self.rewriteText
        case .absolve: Self.names + Self.fence + Self.absolveText
        case .leave: Self.names + Self.fence + Self.leaveText
        case .writeNote: Self.names + Self.fence + Self.writeNoteText
        case .readNote: Self.names + Self.fence + Self.readNoteText
        }
    }

    private static let names = "local \(RedisKeys.names.joined(separator: ", ")) = unpack(KEYS)\n"

    /// What comes by a connection that is not the server's any more is refused.
    private static let fence = """
        local server, generation = ARGV[1], ARGV[2]
        if redis.call('HGET', servers, server) ~= generation then return {'fenced'} end

        """

    /// A connection is the server's from now on: what it sent on a former one is refused, also if it was sent already.
    /// Arguments: its number, or nothing if it has none; its name; the name of a new history.
    ///
    /// A server that others have buried, or whose number has another name, gets another number.
    private static let joinText = """
        local server, name, epoch = ARGV[1], '-' .. ARGV[2], ARGV[3]
        local form = redis.call('HGET', log, 'form')
        if not form then
            redis.call('HSET', log, 'epoch', epoch, 'seq', '0', 'append', '0', 'last', '')
        elseif form ~= '1' and form ~= '2' then
            return {'form', form}
        end
        redis.call('HSET', log, 'form', '2')
        local former = redis.call('HGET', servers, server)
        if not former or string.sub(former, -#name) ~= name then
            server = tostring(redis.call('HINCRBY', log, 'servers', 1))
        end
        local generation = redis.call('HINCRBY', log, 'generation', 1) .. name
        redis.call('HSET', servers, server, generation)
        redis.call('HINCRBY', beats, server, 1)
        local join = redis.call('XADD', joins, 'MAXLEN', 1, '*', 's', server)
        local at = redis.call('HMGET', log, 'epoch', 'seq', 'append', 'last')
        return {'joined', at[1], at[2], at[3], at[4], server, generation, join}
        """

    /// Compares what the server is set to with what the store has, which gets what it has none of. Further arguments: 1 if
    /// the server's are to be the store's; then flags and values in twos.
    ///
    /// It returns how often the store's have changed, and those that are other ones: then nothing was written.
    private static let agreeText = """
        local replaces = ARGV[3] == '1'
        local differing, missing = {}, {}
        for place = 4, #ARGV - 1, 2 do
            local flag, value = ARGV[place], ARGV[place + 1]
            local there = redis.call('HGET', settings, flag)
            if there and there ~= value and not replaces then
                differing[#differing + 1] = flag
                differing[#differing + 1] = there
            elseif there ~= value then
                missing[#missing + 1] = flag
                missing[#missing + 1] = value
            end
        end
        if #differing == 0 and #missing > 0 then
            for place = 1, #missing, 2 do redis.call('HSET', settings, missing[place], missing[place + 1]) end
            redis.call('HINCRBY', log, 'settings', 1)
        end
        local version = redis.call('HGET', log, 'settings') or '0'
        return {#differing == 0 and 'kept' or 'differs', version, differing}
        """

    /// Keeps events, if the log ends where the server thinks. Further arguments: epoch, number and append of the end; number
    /// and append of the new one, the highest id, for how many milliseconds the server wants the turn if it comes behind, how
    /// many events there are; each event's id in the stream and its bytes; then changes of rows in threes.
    ///
    /// If the log ends elsewhere, it returns the end, and entries from the server's own end on, of 256 KiB and one more. If it
    /// is another server's turn, it returns for how many milliseconds more.
    private static let appendText = """
        local epoch, seq, append = ARGV[3], ARGV[4], ARGV[5]
        local next_seq, next_append, last_id, wanted, count = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
        local at = redis.call('HMGET', log, 'epoch', 'seq', 'append', 'last')
        if at[1] ~= epoch or at[2] ~= seq or at[3] ~= append then
            if wanted ~= '0' then redis.call('SET', turn, server, 'PX', wanted, 'NX') end
            local entries, size = {}, 0
            if at[1] == epoch then
                for _, entry in ipairs(redis.call('XRANGE', events, seq .. '-0', '+', 'COUNT', 256)) do
                    entries[#entries + 1] = entry
                    size = size + #entry[2][2]
                    if size > 262144 then break end
                end
            end
            return {'behind', at[1], at[2], at[3], at[4], entries}
        end
        if count == '0' then return {'kept'} end
        local whose = redis.call('GET', turn)
        if whose and whose ~= server then return {'busy', tostring(redis.call('PTTL', turn))} end
        local place = 11
        for _ = 1, tonumber(count) do
            redis.call('XADD', events, ARGV[place], 'e', ARGV[place + 1], 'a', next_append)
            place = place + 2
        end
        while place < #ARGV do
            local kind, row, value = ARGV[place], ARGV[place + 1], ARGV[place + 2]
            if kind == 't' then redis.call('HSET', tasks, row, value)
            elseif kind == 'T' then
                redis.call('HDEL', tasks, row)
                redis.call('HDEL', bodies, row .. 'p', row .. 'r')
                if redis.call('SREM', needed, row) == 1 then redis.call('HSET', gone, row, value) end
            elseif kind == 'b' then redis.call('HSET', bodies, row, value)
            elseif kind == 'B' then redis.call('HDEL', bodies, row)
            elseif kind == 'p' then redis.call('HSET', projects, row, value)
            elseif kind == 'k' then redis.call('XADD', keyed, row, 'k', value)
            elseif kind == 'n' then redis.call('SADD', needed, row)
            end
            place = place + 3
        end
        redis.call('HSET', log, 'seq', next_seq, 'append', next_append, 'last', last_id)
        if whose then redis.call('DEL', turn) end
        return {'kept'}
        """

    /// The server is there. Returns the end of the log, how often the settings have changed, and all servers with their counts.
    private static let beatText = """
        redis.call('HINCRBY', beats, server, 1)
        local at = redis.call('HMGET', log, 'epoch', 'seq', 'append', 'last', 'settings')
        return {'kept', at[1], at[2], at[3], at[4], at[5] or '0', redis.call('HGETALL', beats)}
        """

    /// A server that does not count any more is no server of the store: what it has on the way is refused. One that has
    /// counted since is. Further arguments: its number, and its last count.
    private static let buryText = """
        local dead, last_count = ARGV[3], ARGV[4]
        local count = redis.call('HGET', beats, dead)
        if count and count ~= last_count then return {'busy'} end
        for _, key in ipairs({servers, beats, loading}) do redis.call('HDEL', key, dead) end
        return {'kept'}
        """

    /// Begins a new history with the tasks as they are, because Redis has lost the end of the former one, unless another
    /// server has done so. Further arguments: the history that is there, the name of the new one, where that begins.
    private static let forgetText = """
        local former, epoch, beginning = ARGV[3], ARGV[4], ARGV[5]
        if redis.call('HGET', log, 'epoch') == former then
            redis.call('DEL', events)
            redis.call('HSET', log, 'epoch', epoch, 'seq', beginning, 'append', '0')
        end
        return {'kept'}
        """

    /// Removes the events in front of a number, but for those that a server which reads the store will need. Further
    /// argument: the number.
    private static let trimText = """
        local first = tonumber(ARGV[3])
        for _, position in ipairs(redis.call('HVALS', loading)) do first = math.min(first, tonumber(position) + 1) end
        redis.call('XTRIM', events, 'MINID', string.format('%.0f-0', first))
        return {'kept'}
        """

    /// Puts other rows in the place of tasks' that are as they were. Further arguments: ids, former rows and others in threes.
    private static let rewriteText = """
        for place = 3, #ARGV - 2, 3 do
            if redis.call('HGET', tasks, ARGV[place]) == ARGV[place + 1] then
                redis.call('HSET', tasks, ARGV[place], ARGV[place + 2])
            end
        end
        return {'kept'}
        """

    /// Forgets deletions that no row is older than, unless a server reads the store: it may have such a row from before.
    /// Further arguments: the tasks that were deleted.
    private static let absolveText = """
        if redis.call('EXISTS', loading) == 1 then return {'busy'} end
        for place = 3, #ARGV do redis.call('HDEL', gone, ARGV[place]) end
        return {'kept'}
        """

    /// The server has done with the store.
    private static let leaveText = """
        for _, key in ipairs({servers, beats, loading}) do redis.call('HDEL', key, server) end
        return {'kept'}
        """

    /// Further arguments: the key of a note; its text, or nothing if it is to be removed; its text when the server is gone, or
    /// nothing; for how many milliseconds it is there.
    private static let writeNoteText = """
        local note, text, last, life = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
        if text == '' then
            redis.call('DEL', note)
        else
            redis.call('HSET', note, 'server', server, 'text', text, 'last', last)
            redis.call('PEXPIRE', note, life)
        end
        return {'kept'}
        """

    /// Returns the note of a key, if there is one. Further argument: the key.
    private static let readNoteText = """
        local note = redis.call('HMGET', ARGV[3], 'server', 'text', 'last')
        local writer, text, last = note[1], note[2], note[3]
        if not writer then return {'kept'} end
        if last ~= '' and redis.call('HEXISTS', servers, writer) == 0 then return {'kept', last} end
        return {'kept', text}
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
    /// Other servers are set otherwise.
    case differs
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
        case .differs: "differs"
        case .form: "form"
        }
    }
}
