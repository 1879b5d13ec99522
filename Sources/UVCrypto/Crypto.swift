internal import COpenSSL

/// The few things needed of OpenSSL's libcrypto, under the names of Node's `crypto` module.
package enum Crypto {
    /// Uses each of the functions below once. OpenSSL sets itself up with the first calls, and where that fails, as without
    /// memory, some of it is never tried again: a program finds out while it starts.
    package static func setUp() throws(CryptoError) {
        guard OPENSSL_init_crypto(0, nil) == 1 else { throw CryptoError(call: "OPENSSL_init_crypto") }
        // OpenSSL 3.0 would use its context also where it could not be made.
        guard OSSL_LIB_CTX_get0_global_default() != nil else {
            throw CryptoError(call: "OSSL_LIB_CTX_get0_global_default")
        }
        _ = try sha1([])
        _ = try sha256([])
        _ = try randomBytes(1)
    }

    /// Bytes that no peer can predict (`RAND_bytes`).
    /// - Throws: `CryptoError` when the generator has no entropy; there is no second-best source to fall back on.
    package static func randomBytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, CInt(count)) == 1 else { throw CryptoError(call: "RAND_bytes") }
        return bytes
    }

    /// Compares secrets in a time that depends on their length alone (`CRYPTO_memcmp`).
    ///
    /// An ordinary comparison stops at the first difference, and its time tells an attacker how far a guess is right.
    package static func timingSafeEqual(_ first: RawSpan, _ second: RawSpan) -> Bool {
        guard first.byteCount == second.byteCount else { return false }
        return first.withUnsafeBytes { first in
            second.withUnsafeBytes { CRYPTO_memcmp(first.baseAddress, $0.baseAddress, first.count) == 0 }
        }
    }

    /// SHA-1 (`EVP_Digest`): broken as a signature, but what RFC 6455 asks for where it only proves understanding.
    package static func sha1(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try digest(of: message, by: EVP_sha1(), count: 20)
    }

    /// SHA-256 (`EVP_Digest`).
    package static func sha256(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try digest(of: message, by: EVP_sha256(), count: 32)
    }

    private static func digest(
        of message: [UInt8], by function: OpaquePointer?, count: Int
    ) throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: count)
        guard EVP_Digest(message, message.count, &digest, nil, function, nil) == 1 else {
            throw CryptoError(call: "EVP_Digest")
        }
        return digest
    }

    /// Base64 with padding, without line breaks (`EVP_EncodeBlock`).
    package static func base64(_ bytes: [UInt8]) -> String {
        // The C function ends its output with a NUL.
        var encoded = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = EVP_EncodeBlock(&encoded, bytes, CInt(bytes.count))
        return String(decoding: encoded.prefix(Int(count)), as: UTF8.self)
    }
}
