/// Why an attempt has failed.
public struct WorkError: Sendable, Hashable {
    /// How many bytes a code has at most; one at least.
    package static let codeLimit = 128
    /// How many bytes the JSON of details has at most.
    package static let detailsLimit = 8_192

    /// What a program reads.
    public var code: PlainText?
    /// What a person reads, cut at 1,000 scalars.
    public var message: PlainText
    /// JSON.
    public var details: JSONBody?

    /// An error whose message may have any length: the ledger cuts what it keeps.
    public init(code: PlainText? = nil, message: PlainText, details: JSONBody? = nil) {
        self.code = code
        self.message = message
        self.details = details
    }
}
