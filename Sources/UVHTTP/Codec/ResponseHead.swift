import HTTPTypes
import UVCore

/// What a response says before its body.
struct ResponseHead {
    var status: HTTPResponse.Status = .ok
    private(set) var fields = FieldLines()
    var sendsDate = true

    /// Names that were removed: their defaults are not sent either.
    private(set) var removed: Set<HTTPField.Name> = []

    // What the request allows.
    var minorVersion = 1
    var isPersistent = true
    /// Whether it says that the connection closes, although answers may follow to what is on its way.
    var announcesEnd = false
    /// Whether the request lets the answer have a body: one to HEAD has none.
    var allowsBody = true

    /// How long the body is, if the whole of it is known by now.
    var contentLength: Int?
}

extension ResponseHead {
    func value(of name: HTTPField.Name) -> String? { fields.value(of: name.canonicalName.utf8.span.bytes) }

    mutating func set(_ name: HTTPField.Name, _ value: RawSpan) {
        fields.set(name.rawName.utf8.span.bytes, value)
    }

    mutating func append(_ name: HTTPField.Name, _ value: String) {
        fields.append(name.rawName.utf8.span.bytes, value.utf8.span.bytes)
    }

    mutating func remove(_ name: HTTPField.Name) {
        fields.remove(name.canonicalName.utf8.span.bytes)
        if name == .date { sendsDate = false } else { removed.insert(name) }
    }

    /// Forgets what was said of these fields: their defaults hold again.
    mutating func forget(_ names: Set<HTTPField.Name>) {
        for name in names { fields.remove(name.canonicalName.utf8.span.bytes) }
        removed.subtract(names)
    }

    /// Forgets what was said of fields.
    mutating func removeAllFields() {
        fields.removeAll()
        removed.removeAll()
    }
}

/// What a head that was sent means for what follows.
struct ResponseFraming: Equatable {
    enum Body: Equatable {
        /// No body, whatever the handler writes.
        case none
        /// As it comes; a number if the head names the length.
        case plain(length: Int?)
        case chunked
    }

    var body: Body
    /// Whether the connection ends with this response.
    var isLast: Bool
}
