/// What a request is called: in its answer, in the events that it has caused, in logs.
///
/// A server makes such names as it makes the ids of tasks. Those are kept as the 16 bytes that they stand for, and written
/// out when their text is asked for; a name that a client has given is kept as it is.
public struct RequestName: Sendable {
    private enum Kind {
        case made(TaskID)
        /// Any text but that of an id.
        case given(String)
    }

    private let kind: Kind

    /// The name that is the text of `id`.
    public init(_ id: TaskID) { kind = .made(id) }

    /// The name with this text; the text of an id in lower case is kept as that id.
    ///
    /// - Complexity: O(1), or O(length) where it is no id's text.
    public init(_ text: String) { self.init(utf8: text.utf8Span.span.bytes) }

    /// Of bytes that are no UTF-8 those are replaced.
    public init(utf8 bytes: RawSpan) {
        // Letters in upper case are another name.
        if let id = TaskID(utf8: bytes), !bytes.hasUpperCase {
            kind = .made(id)
        } else {
            kind = .given(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// The id whose text the name is; nil if it is another text.
    public var id: TaskID? {
        if case .made(let id) = kind { id } else { nil }
    }

    /// The name as clients see it: 36 characters for an id, else the text that was given.
    ///
    /// - Complexity: O(1). The text of an id is made anew with each call.
    public var text: String {
        switch kind {
        case .made(let id): id.description
        case .given(let text): text
        }
    }

    /// How many bytes of memory it holds beside its own place.
    var memory: Int {
        if case .given(let text) = kind { Allocation.memory(of: text) } else { 0 }
    }
}

extension RequestName: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(text) }
}

extension RequestName: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: RequestName, right: RequestName) -> Bool {
        switch (left.kind, right.kind) {
        case (.made(let left), .made(let right)): left == right
        case (.given(let left), .given(let right)): left.isSame(as: right)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch kind {
        case .made(let id): hasher.combine(id)
        case .given(let text): text.utf8Span.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }
}

extension RawSpan {
    fileprivate var hasUpperCase: Bool {
        for offset in 0..<byteCount
        where UInt8(ascii: "A")...UInt8(ascii: "Z") ~= unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
            return true
        }
        return false
    }
}
