/// When a server whose appends come behind those of others asks to be the next.
///
/// Of two servers the one that is nearer to Redis always writes first: without that the other would never be in front. It is
/// a courtesy: what an append may do rests on the end of the log alone.
struct RedisCourtesy {
    /// How many appends in a row may come behind before.
    static let patience = 3
    /// Milliseconds that a turn lasts, at least and at most. It ends with an append of the server whose it is.
    static let turns: ClosedRange<Int64> = 50...1_000

    private var timesBehind = 0
    /// How long the last append took, in milliseconds.
    private var roundTrip: Int64 = 0

    /// For how many milliseconds the next append wants the turn, should it come behind, too: long enough for one more to come
    /// from there. 0 is none.
    var turn: Int64 {
        timesBehind < Self.patience ? 0 : min(max(Self.turns.lowerBound, 2 * roundTrip), Self.turns.upperBound)
    }

    /// An append was answered, after so many milliseconds.
    mutating func noteAnswer(isBehind: Bool, after roundTrip: Int64) {
        self.roundTrip = roundTrip
        timesBehind = isBehind ? timesBehind + 1 : 0
    }
}
