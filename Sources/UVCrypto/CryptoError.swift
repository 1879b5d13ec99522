internal import COpenSSL

/// A call into libcrypto that failed, which on a sound machine none does.
package struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The C function.
    package let call: String
    /// OpenSSL's error code; `openssl errstr` explains it. 0 when it left none.
    package let code: UInt

    /// Takes the error off the thread's queue, where a later call would find it.
    init(call: String) {
        self.call = call
        code = ERR_get_error()
        ERR_clear_error()
    }

    package var description: String { "\(call) failed (OpenSSL error \(String(code, radix: 16, uppercase: true)))" }
}
