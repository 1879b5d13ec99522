/// Parses the head of a request or of a response: a pure value, bytes in, offsets out.
///
/// It is as strict as Node's parser, and stricter where RFC 9112 is: what one reader lets pass and another reads
/// differently is how requests are smuggled. A forbidden byte is refused when it is seen; what a field means, at the
/// end of its line.
///
/// ```swift
/// var parser = MessageHeadParser(.request, limits: limits)
/// switch try parser.step(bytes) {
/// case .needMoreBytes: …                    // keep the bytes, and step again with more behind them
/// case .head(let length): …                 // parser.head has offsets into the first `length` bytes
/// }
/// ```
///
/// `bytes` always begins at the first byte of the head and holds all that has arrived since. The parser knows where it
/// stopped, so a head that arrives in pieces is not looked at twice.
///
/// Most clients send the same fields again and again. So fields that are those of the last head, byte by byte, are compared
/// and not parsed, and so is a request line: ``step(_:after:)``.
package struct MessageHeadParser: Sendable {
    package enum Kind: Sendable {
        case request, response
    }

    package enum Step: Equatable, Sendable {
        /// All bytes were looked at, and the head goes on.
        case needMoreBytes

        /// The head is complete; its `length` counts its blank line, and empty lines before it.
        case head(length: Int)
    }

    enum State {
        case method, target, version, statusLine, reason, reasonLineFeed, fields
    }

    /// What was parsed; complete once a step has returned `.head`, and good until ``reset(answering:)``.
    package internal(set) var head = MessageHead()

    /// The offset of the first byte of the start line that was not looked at.
    var cursor = 0

    /// Where the part of the start line that is being parsed began.
    var mark = 0

    var state: State

    /// Whether the request's method is a token that is none of ``RequestMethod``; its line is read as that of a GET.
    var hasUnknownMethod = false
    private let kind: Kind
    private var maximumBytes: Int
    private var maximumFields: Int
    private var requestMethod: RequestMethod
    private var section: FieldSectionParser
    private var rules = FramingRules()
    private var refusal: HTTPParseError?

    /// The last head: where in its bytes the fields lie, and what its start line was. Nil if it did not come to its end.
    private var former: (range: Range<Int>, method: RequestMethod, minorVersion: Int)?

    /// Where the fields begin.
    private var fieldsStart = 0

    /// Whether the fields are those of the last head.
    private(set) var repeatsFields = false

    /// Whether all of it is the last head once more.
    private(set) var repeatsHead = false

    /// A parser for messages of one kind, one after another.
    ///
    /// - Parameter answering: For responses, the method of the request: answers to HEAD and CONNECT are framed
    ///   differently.
    package init(_ kind: Kind, limits: HTTPLimits, answering: RequestMethod = .get) {
        self.kind = kind
        maximumBytes = Self.maximumBytes(limits)
        maximumFields = limits.fields
        requestMethod = answering
        section = FieldSectionParser(maximumFields: limits.fields)
        state = kind == .request ? .method : .statusLine
    }

    /// Makes ready for the next message, in the memory of the last one.
    package mutating func reset(answering: RequestMethod = .get) {
        requestMethod = answering
        former = nil
        head.removeFields()
        begin()
    }

    /// Lets go of the fields of a head that is complete, and of their memory: the next head is compared with none.
    mutating func forgetFields() {
        head.forgetFields()
        section = FieldSectionParser(maximumFields: maximumFields)
    }

    @inline(__always)
    private mutating func begin() {
        head.method = .get
        head.status = 0
        (cursor, mark) = (0, 0)
        state = kind == .request ? .method : .statusLine
        section = FieldSectionParser(maximumFields: maximumFields)
        (repeatsFields, repeatsHead, hasUnknownMethod, refusal) = (false, false, false, nil)
    }

    /// Makes ready for the next request, for which other limits may hold, in the memory of the last one. Its fields may be the
    /// same, so those of the last one stay until the first of its own is read.
    @inline(__always)
    mutating func reset(_ limits: HTTPLimits) {
        let isWhole = section.isAtEnd && refusal == nil && limits.fields >= maximumFields
        former = isWhole ? (fieldsStart..<section.cursor, head.method, head.minorVersion) : nil
        maximumBytes = Self.maximumBytes(limits)
        maximumFields = limits.fields
        begin()
    }

    /// Offsets are 32 bits wide.
    private static func maximumBytes(_ limits: HTTPLimits) -> Int { min(max(limits.head, 0), Int(UInt32.max)) }

    /// Whether a message has begun: if the peer ends now, ``HTTPParseError/unexpectedEnd`` is the reason. Empty lines
    /// before a request begin nothing.
    package var hasBegun: Bool {
        cursor > mark || state != .method && state != .statusLine
    }

    /// Parses what has arrived.
    ///
    /// What was refused stays refused, and a head that is complete stays so, until ``reset(answering:)``.
    /// - Parameter last: The bytes of the last head, if they are still there.
    /// - Complexity: O(bytes that were not there at the last step).
    package mutating func step(_ bytes: RawSpan, after last: RawSpan = RawSpan()) throws(HTTPParseError) -> Step {
        if let refusal { throw refusal }
        do throws(HTTPParseError) {
            return try parse(bytes, last)
        } catch {
            let error = hasUnknownMethod && error.status == 400 ? .invalidMethod : error
            refusal = error
            throw error
        }
    }

    @inline(__always)
    private mutating func parse(_ bytes: RawSpan, _ last: RawSpan) throws(HTTPParseError) -> Step {
        let allowed = bytes.extracting(first: maximumBytes)
        if try parseStartLine(allowed, last) {
            // What a request's fields mean stands in the head since they were parsed; what an answer's do, its status says,
            // too.
            if repeatsFields, kind == .request { return .head(length: section.cursor) }
            if try parseFields(allowed) { return .head(length: section.cursor) }
        }
        guard bytes.byteCount < maximumBytes else { throw .headTooLarge }
        return .needMoreBytes
    }

    @inline(__always)
    private mutating func parseStartLine(_ bytes: RawSpan, _ last: RawSpan) throws(HTTPParseError) -> Bool {
        if state == .fields { return true }
        let isFormer = kind == .request && repeatRequestLine(bytes, last)
        if !isFormer {
            let isComplete =
                switch kind {
                case .request: try parseRequestLine(bytes)
                case .response: try parseStatusLine(bytes)
                }
            guard isComplete else { return false }
        }
        state = .fields
        fieldsStart = cursor
        if repeatFields(bytes, last) { repeatsHead = isFormer } else { beginFields() }
        return true
    }

    /// Takes over the last head's request line, if this one begins with the same bytes. What it has meant stands in the head
    /// still, but for the method. A target may be a secret, too: see ``repeatFields(_:_:)``.
    @inline(__always)
    private mutating func repeatRequestLine(_ bytes: RawSpan, _ last: RawSpan) -> Bool {
        guard let former, cursor == 0, mark == 0, former.range.upperBound <= last.byteCount else { return false }
        let end = former.range.lowerBound
        guard bytes.byteCount >= end,
            bytes.extracting(first: end).isSameInFixedTime(as: last.extracting(first: end))
        else { return false }
        head.method = former.method
        (cursor, mark) = (end, end)
        return true
    }

    private mutating func beginFields() {
        head.removeFields()
        rules = FramingRules()
        section = FieldSectionParser(at: fieldsStart, maximumFields: maximumFields)
    }

    /// Takes over what the fields of the last head have meant, if these are the same and all here.
    ///
    /// They are compared in a time that does not tell how many are: the last head may have come from another client, and
    /// hold its token. Their blank line is among them, so nothing behind it can be one of them.
    @inline(__always)
    private mutating func repeatFields(_ bytes: RawSpan, _ last: RawSpan) -> Bool {
        guard let former, former.minorVersion == head.minorVersion, former.range.upperBound <= last.byteCount,
            former.range.count <= bytes.byteCount - fieldsStart
        else { return false }
        let end = fieldsStart + former.range.count
        guard bytes.extracting(fieldsStart..<end).isSameInFixedTime(as: last.extracting(former.range)) else {
            return false
        }
        if fieldsStart != former.range.lowerBound { head.moveFields(by: fieldsStart - former.range.lowerBound) }
        section = FieldSectionParser(endingAt: end)
        repeatsFields = true
        return true
    }

    private mutating func parseFields(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        while true {
            let step: FieldSectionParser.Step =
                if let line = section.readWholeLine(bytes) { .field(line) } else { try section.step(bytes) }
            switch step {
            case .needMoreBytes:
                return false
            case .field(let field):
                head.append(field, in: bytes)
                guard let name = field.known else { continue }
                try rules.note(name, field.value, in: bytes, minorVersion: head.minorVersion)
            case .end:
                try conclude()
                return true
            }
        }
    }

    /// Fills in what only the whole head tells.
    private mutating func conclude() throws(HTTPParseError) {
        head.framing =
            switch kind {
            case .request: try rules.requestFraming()
            case .response: rules.responseFraming(status: head.status, to: requestMethod)
            }
        head.isPersistent = rules.isPersistent(minorVersion: head.minorVersion) && head.framing != .untilClose
        head.expectation = head.minorVersion > 0 ? rules.expectation : .none
        head.hostCount = rules.hostCount
        head.requestsUpgrade =
            rules.requestsUpgrade(minorVersion: head.minorVersion) && (kind == .request || head.status == 101)
    }
}
