import TaskEngine
import UVCore

/// What `POST /tasks/claim` is sent.
struct ClaimRequest {
    private(set) var claim: Claim
    let wait: Duration

    init(json bytes: [UInt8]) throws(BodyError) {
        self = try BodyReader.read(bytes) { body throws(JSONError) in try Self(body: &body, worker: nil) }
    }

    /// Reads the object that the reader is in.
    ///
    /// - Parameter worker: the name that stands elsewhere; nil if it stands here.
    /// - Returns: Nil if a member is missing, which is noted.
    init?(body: inout BodyReader, worker named: PlainText?) throws(JSONError) {
        var (worker, key): (PlainText?, PlainText?) = (named, nil)
        var (types, projects): ([PlainText?]?, [PlainText?]?)
        var (limit, lease, wait): (Int?, Duration?, Duration?)
        while let name = try body.nextMember() {
            if named == nil, body.says(name, "worker") {
                worker = try body.worker()
            } else if body.says(name, "types") {
                types = try body.names("types", Self.typeRule) { $0.isName(upTo: 64, Self.typeMarks) }
            } else if body.says(name, "projects") {
                projects = try body.names("projects", Self.projectRule) { $0.isName(upTo: 64, Self.projectMarks) }
            } else if body.says(name, "limit") {
                limit = try body.integer("limit", in: 1...100)
            } else if body.says(name, "lease") {
                lease = try body.seconds("lease", in: 5...43_200)
            } else if body.says(name, "wait") {
                wait = try body.seconds("wait", in: 0...60)
            } else if body.says(name, "key") {
                key =
                    try body.null("key")
                    ? nil : body.string("key", rule: "1 to 256 bytes") { (1...256).contains($0.byteCount) }
            } else {
                try body.skip()
            }
        }
        guard let worker = body.required(worker, "worker") else { return nil }
        claim = Claim(
            worker: worker, types: types, projects: projects, limit: limit ?? 1, lease: lease, key: key)
        self.wait = wait ?? .zero
    }

    /// The same for a worker of that name.
    func named(_ worker: PlainText) -> ClaimRequest {
        var request = self
        request.claim.worker = worker
        return request
    }

    private static let typeMarks: StaticString = "._-:/"
    private static let typeRule = "at most 64 types, each null or 1 to 64 of A-Z a-z 0-9 . _ - : /"
    private static let projectMarks: StaticString = "._-"
    private static let projectRule = "at most 64 projects, each null or 1 to 64 of A-Z a-z 0-9 . _ -"
}

extension BodyReader {
    mutating func worker() throws(JSONError) -> PlainText? {
        try string("worker", rule: "1 to 128 of A-Z a-z 0-9 . _ : - @") { $0.isName(upTo: 128, "._:-@") }
    }

    /// Names, each once, null among them for none; null in place of the array is for any.
    fileprivate mutating func names(
        _ field: String, _ rule: String, where isRight: (RawSpan) -> Bool
    ) throws(JSONError) -> [PlainText?]? {
        if try null(field) { return nil }
        guard try json.beginArray() else { return note(nil, field, rule) }
        var names: [PlainText?] = []
        var (seen, count, areRight): (Set<PlainText?>, Int, Bool) = ([], 0, true)
        while try json.nextElement() {
            count += 1
            let value = try json.readValue()
            var name: PlainText?
            if case .string(let text) = value, json.withBytes(of: text, isRight) {
                name = PlainText(json.text(text))
            } else if case .null = value {
                name = nil
            } else {
                areRight = false
            }
            if count <= 64, seen.insert(name).inserted { names.append(name) }
        }
        return note(areRight && count <= 64 ? names : nil, field, rule)
    }
}

extension RawSpan {
    /// Whether it is 1 to `limit` of letters and digits of ASCII and of `marks`.
    func isName(upTo limit: Int, _ marks: StaticString) -> Bool {
        guard (1...limit).contains(byteCount) else { return false }
        return (0..<byteCount).allSatisfy { offset in
            let byte = byte(at: offset)
            if (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 { return true }
            return marks.withUTF8Buffer { $0.contains(byte) }
        }
    }
}
