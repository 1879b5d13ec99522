import HTTPTypes
import UVCore

/// What a response says before its body. Not copyable, so that a look at it copies nothing.
struct ResponseHead: ~Copyable {
    /// Nil for 200 OK, which most answers are.
    private var otherStatus: StatusLine?
    private(set) var fields = FieldLines()

    /// The defaults that are not sent, since the program has removed them.
    var removed: DefaultFields = []

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
    var status: HTTPResponse.Status {
        get { otherStatus?.status ?? .ok }
        set { otherStatus = StatusLine(newValue) }
    }

    /// The code of ``status``.
    var code: Int { otherStatus?.status.code ?? 200 }

    /// How many bytes the status line has.
    var statusLineLength: Int { otherStatus?.bytes.count ?? StatusLine.ok.utf8CodeUnitCount }

    @inline(__always)
    func writeStatusLine(to output: inout OutputSpan<UInt8>) {
        guard let otherStatus else { return output.append(StatusLine.ok) }
        output.append(copying: otherStatus.bytes.span.bytes)
    }

    /// Whether `Date` is sent, as RFC 9110 section 6.6.1 wants.
    var sendsDate: Bool {
        get { !removed.contains(.date) }
        set { if newValue { removed.remove(.date) } else { removed.insert(.date) } }
    }

    func value(of name: HTTPField.Name) -> String? { fields.value(of: name.rawName.utf8.span.bytes) }

    mutating func set(_ name: HTTPField.Name, _ value: RawSpan) {
        fields.set(name.rawName.utf8.span.bytes, value)
    }

    mutating func set(_ name: HTTPField.Name, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        fields.set(name.rawName.utf8.span.bytes, room: room, write)
    }

    mutating func set(_ line: FieldLine) { fields.set(line) }

    mutating func append(_ name: HTTPField.Name, _ value: String) {
        fields.append(name.rawName.utf8.span.bytes, value.utf8.span.bytes)
    }

    mutating func append(_ line: FieldLine) { fields.append(line) }

    mutating func set(_ template: FieldTemplate, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        fields.set(template, room: room, write)
    }

    mutating func remove(_ name: HTTPField.Name) {
        let name = name.canonicalName.utf8.span.bytes
        fields.remove(name)
        removed.formUnion(DefaultFields(named: name))
    }

    /// Forgets what was said of these fields: their defaults hold again, but for the date's.
    mutating func forget(_ names: Set<HTTPField.Name>) {
        for name in names {
            let name = name.canonicalName.utf8.span.bytes
            fields.remove(name)
            removed.subtract(DefaultFields(named: name).subtracting(.date))
        }
    }

    /// Begins the answer to a request, in the memory of an earlier one.
    @inline(__always)
    mutating func begin(to method: RequestMethod, minorVersion: Int, isPersistent: Bool) {
        begin(allowsBody: method != .head)
        (self.minorVersion, self.isPersistent) = (minorVersion, isPersistent)
    }

    /// Begins an answer behind which the connection closes.
    mutating func begin(_ status: HTTPResponse.Status, allowsBody: Bool) {
        begin(allowsBody: allowsBody)
        self.status = status
    }

    @inline(__always)
    private mutating func begin(allowsBody: Bool) {
        removeAllFields()
        if otherStatus != nil { otherStatus = nil }
        (sendsDate, minorVersion, isPersistent, announcesEnd) = (true, 1, false, false)
        (self.allowsBody, contentLength) = (allowsBody, nil)
    }

    /// Forgets what was said of fields.
    @inline(__always)
    mutating func removeAllFields() {
        fields.removeAll()
        removed.formIntersection(.date)
    }
}
