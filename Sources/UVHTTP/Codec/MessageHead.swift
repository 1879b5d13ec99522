/// A parsed head: offsets into the bytes it was parsed from. The bytes stay with their owner.
///
/// All offsets count from the first byte that the parser was given, and mean nothing once those bytes are gone.
package struct MessageHead: Equatable, Sendable {
    /// One field line.
    package struct Field: Equatable, Sendable {
        private var nameStart, nameEnd, valueStart, valueEnd: UInt32

        /// Which of the known fields it is, if any.
        package let known: KnownField?

        /// The name as it was sent; never empty, only token characters.
        @inline(__always)
        package var name: Range<Int> { Range(uncheckedBounds: (Int(nameStart), Int(nameEnd))) }

        /// The value without the white space around it; it may be empty, and its bytes need not be UTF-8.
        @inline(__always)
        package var value: Range<Int> { Range(uncheckedBounds: (Int(valueStart), Int(valueEnd))) }

        @inline(__always)
        init(name: Range<Int>, value: Range<Int>, known: KnownField?) {
            self.known = known
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        /// The same line stands in other bytes, so much further on.
        fileprivate mutating func move(by distance: Int) {
            let distance = UInt32(truncatingIfNeeded: distance)
            nameStart &+= distance
            nameEnd &+= distance
            valueStart &+= distance
            valueEnd &+= distance
        }
    }

    /// What a client waits for before it sends the body, RFC 9110 section 10.1.1. HTTP/1.0 waits for nothing.
    package enum Expectation: Equatable, Sendable {
        case none

        /// `100-continue`.
        case `continue`

        /// Anything else, to be answered 417.
        case unknown
    }

    /// The method of a request.
    package internal(set) var method = RequestMethod.get

    /// The target of a request.
    package internal(set) var target = RequestTarget()

    /// The status of a response, 100 to 999; 0 in a request.
    package internal(set) var status = 0

    /// The reason phrase of a response; it may be empty, and no program should decide anything by it.
    package internal(set) var reason = 0..<0

    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    package internal(set) var minorVersion = 1

    /// The field lines in the order they came, those of one name not combined.
    package internal(set) var fields: [Field] = []

    /// The names of those of ``fields`` that are none of the known ones.
    package private(set) var names = FieldNameSet()

    /// Which known fields are among them, and which of those more than once.
    package private(set) var known = KnownFields()
    package private(set) var repeated = KnownFields()

    /// How long the body is.
    package internal(set) var framing = BodyFraming.none

    /// Whether the connection may carry another message after this one, RFC 9112 section 9.3.
    package internal(set) var isPersistent = true

    package internal(set) var expectation = Expectation.none

    /// The number of Host fields. RFC 9112 section 3.2 wants exactly one in HTTP/1.1, and 400 otherwise.
    package internal(set) var hostCount = 0

    /// Whether `Connection` names `upgrade` and there is an `Upgrade` to go with it, RFC 9110 section 7.8. In a response
    /// this is so only with the status 101: what follows is the other protocol.
    package internal(set) var requestsUpgrade = false

    /// An empty head.
    package init() {}
}

// MARK: - Fields

extension MessageHead {
    /// Adds a field line of `bytes`, whose name it notes.
    @inline(__always)
    mutating func append(_ field: Field, in bytes: RawSpan) {
        // One growth for most heads, in place of three.
        if fields.isEmpty { fields.reserveCapacity(8) }
        fields.append(field)
        guard let name = field.known else { return names.insert(bytes, field.name) }
        if known.contains(name) { repeated.insert(name) }
        known.insert(name)
    }

    /// Forgets the fields, and keeps their memory. What every head sets anew keeps its old value.
    mutating func removeFields() {
        fields.removeAll(keepingCapacity: true)
        names = FieldNameSet()
        (known, repeated) = (KnownFields(), KnownFields())
    }

    /// Forgets the fields and gives back their memory.
    mutating func forgetFields() {
        removeFields()
        fields = []
    }

    /// The same fields stand in other bytes, so much further on.
    mutating func moveFields(by distance: Int) {
        for place in fields.indices { fields[place].move(by: distance) }
    }

    /// The first field of that name.
    ///
    /// - Complexity: O(1) if there is none, otherwise O(fields), a byte of each.
    package func first(_ name: KnownField) -> Field? {
        known.contains(name) ? fields.first { $0.known == name } : nil
    }
}

/// How the length of a body is known, RFC 9112 section 6.3.
package enum BodyFraming: Equatable, Sendable {
    /// There is no body.
    case none

    /// As many bytes as `Content-Length` says, at least one: `Content-Length: 0` is no body, see ``init(length:)``.
    case length(Int)

    /// As many chunks as come before the one of length zero.
    case chunked

    /// All bytes until the connection ends; responses only.
    case untilClose

    /// The framing of content of a known length: none if there is none, so that no content has one spelling only.
    /// RFC 9112 section 6.3.
    package init(length: Int) {
        self = length == 0 ? .none : .length(length)
    }
}
