public import TaskEngine
public import UVCore

/// What the servers of one store tell each other beside the log: short texts, each by one server, that any can read. They
/// are gone by themselves in time, and are no part of the history.
@LoopActor
public protocol SharedNotes: AnyObject {
    /// Writes the note of that id, in place of the one that this server has written before. It is there a moment later:
    /// while the store is not there, when it is back.
    func write(_ note: SharedNote, under id: TaskID)

    /// Removes the note of that id, which this server has written.
    func remove(_ id: TaskID)

    /// Calls `done` with the note of that id as it is now, or nil if there is none.
    func read(_ id: TaskID, _ done: @escaping (Result<[UInt8]?, LogError>) -> Void)
}

/// A note.
public struct SharedNote: Sendable {
    /// How long it may be, both texts together.
    public static let limit = 4_096
    /// How long it can be read after it was written last.
    public static let life = Duration.seconds(3_600)

    /// What it says.
    let text: [UInt8]
    /// What it says when the server that has written it is not there any more; empty: the same.
    let lastText: [UInt8]

    /// - Precondition: The texts have ``limit`` bytes at most, and the first one has some.
    public init(_ text: [UInt8], whenGone lastText: [UInt8] = []) {
        precondition(!text.isEmpty && text.count + lastText.count <= Self.limit, "a note of \(text.count) bytes")
        self.text = text
        self.lastText = lastText
    }

    /// Whether it is true only while its server is there.
    var isOpen: Bool { !lastText.isEmpty }
}
