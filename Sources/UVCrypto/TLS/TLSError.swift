internal import COpenSSL

/// What is wrong with the files of a ``TLSConfiguration``, in one sentence.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    /// A call that has failed on what is named, with what OpenSSL says about it.
    init(_ description: String, call: String) {
        let error = OpenSSLError.take()
        self.description = "\(description): \(error ?? "\(call) failed")"
    }
}
