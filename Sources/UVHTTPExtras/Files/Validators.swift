import HTTPTypes
import UVCore
import UVHTTP

/// What says whether a client's copy of a file is still good: RFC 9110 sections 8.8 and 13. A pure value.
struct Validators {
    /// The `ETag`, with its quotes, and `W/` if it is weak.
    let tag: String

    /// When the file last changed, to the second.
    let modified: HTTPDate

    /// Whether another change in the same second can be told from the last one.
    let isStrong: Bool

    /// When the request came: a date whose year has two digits is read by it.
    private let now: HTTPDate

    /// - Parameter now: Seconds since 1970. A file that changed less than two seconds before may change again without
    ///   looking different, so its validators are weak: section 8.8.2.2.
    init(_ status: FileStatus, now: Int64) {
        self.now = HTTPDate(secondsSince1970: Int(clamping: now))
        let seconds = status.modified.components.seconds
        isStrong = seconds < now - 1 && status.changed.components.seconds < now - 1
        modified = HTTPDate(secondsSince1970: Int(clamping: min(seconds, now)))
        let words = [UInt64(bitPattern: status.size), Self.number(status.modified), Self.number(status.changed)]
        tag = (isStrong ? "\"" : "W/\"") + words.map { String($0, radix: 16) }.joined(separator: "-") + "\""
    }

    private static func number(_ moment: Duration) -> UInt64 {
        let (seconds, attoseconds) = moment.components
        return UInt64(bitPattern: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }

    /// The `Last-Modified`.
    var lastModified: String {
        var bytes: [UInt8] = []
        modified.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What the request's conditions make of the answer.
    enum Verdict: Equatable {
        case send, notModified, failed
    }

    /// The conditions of a GET or HEAD, in the order of section 13.2.2.
    func verdict(_ field: (HTTPField.Name) -> String?) -> Verdict {
        if let match = field(.ifMatch) {
            if !isNamed(by: match, strongly: true) { return .failed }
        } else if let date = field(.ifUnmodifiedSince).flatMap({ HTTPDate($0, at: now) }) {
            if modified.secondsSince1970 > date.secondsSince1970 { return .failed }
        }
        if let match = field(.ifNoneMatch) { return isNamed(by: match, strongly: false) ? .notModified : .send }
        if let date = field(.ifModifiedSince).flatMap({ HTTPDate($0, at: now) }) {
            return modified.secondsSince1970 <= date.secondsSince1970 ? .notModified : .send
        }
        return .send
    }

    /// Whether the part that a client has is a part of this file: section 13.1.5. Only what is strong can say so.
    func isSame(as ifRange: String) -> Bool {
        guard isStrong else { return false }
        if ifRange.utf8.first == UInt8(ascii: "\"") { return ifRange.utf8.elementsEqual(tag.utf8) }
        return HTTPDate(ifRange, at: now).map { $0 == modified } ?? false
    }

    /// Whether a list of tags has this one, or is `*`.
    private func isNamed(by list: String, strongly: Bool) -> Bool {
        let bytes = list.utf8
        if bytes.elementsEqual("*".utf8) { return true }
        let own = isStrong ? tag.utf8[...] : tag.utf8.dropFirst(2)
        var rest = bytes[...]
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            let isWeak = rest[..<quote].suffix(2).elementsEqual("W/".utf8)
            let behind = rest[rest.index(after: quote)...]
            guard let end = behind.firstIndex(of: UInt8(ascii: "\"")) else { return false }
            if rest[quote...end].elementsEqual(own), !strongly || isStrong && !isWeak { return true }
            rest = behind[behind.index(after: end)...]
        }
        return false
    }
}
