/// A reader that wants to hear the news.
public final class Reader {
    public private(set) var heard: [String] = []

    public init() {}

    public func hear(_ text: String) { heard.append(text) }
}

/// Tells all readers that are there what is new. It is not what keeps a reader in memory, and remembers only the last news.
public final class NewsDesk {
    private var readers: [Reader] = []
    private var news: [String] = []
    private let limit: Int

    /// - Parameter limit: How many of the last news are remembered.
    public init(remembering limit: Int) { self.limit = limit }

    /// How many readers it has places for: after each `tell` as many as there still are.
    public var readerCount: Int { readers.count }

    /// How many news are remembered.
    public var newsCount: Int { news.count }

    /// A reader comes, and hears what is remembered, the oldest first.
    public func join(_ reader: Reader) {
        readers.append(reader)
        for text in news { reader.hear(text) }
    }

    /// A reader goes.
    public func leave(_ reader: Reader) { readers.removeAll { $0 === reader } }

    /// All that are there hear this.
    public func tell(_ text: String) {
        news.append(text)
        for reader in readers { reader.hear(text) }
    }
}
