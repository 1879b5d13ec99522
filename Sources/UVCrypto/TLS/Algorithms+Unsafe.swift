internal import COpenSSL

/// What TLS computes with.
///
/// OpenSSL looks an algorithm up when it is first needed, with all others of its kind. One for which there is no memory at that
/// moment OpenSSL 3.0 does not have until the process ends: no handshake would succeed any more. So all are looked up before
/// the first one, and a server that lacks one does not start. See `EVP_CIPHER_fetch`.
enum Algorithms {
    /// - Throws: If one is not there.
    static func fetchAll() throws(TLSError) {
        try fetch(["AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"], EVP_CIPHER_fetch, EVP_CIPHER_free)
        // Those of tickets and of random numbers.
        try fetch(["AES-256-CBC", "AES-256-CTR", "AES-256-ECB"], EVP_CIPHER_fetch, EVP_CIPHER_free)
        try fetch(["SHA256", "SHA384", "SHA512"], EVP_MD_fetch, EVP_MD_free)
        try fetch(["HMAC"], EVP_MAC_fetch, EVP_MAC_free)
        try fetch(["HKDF", "TLS13-KDF", "TLS1-PRF"], EVP_KDF_fetch, EVP_KDF_free)
        try fetch(["CTR-DRBG"], EVP_RAND_fetch, EVP_RAND_free)
        try fetch(["X25519", "EC", "RSA", "ED25519"], EVP_KEYMGMT_fetch, EVP_KEYMGMT_free)
        try fetch(["X25519", "ECDH"], EVP_KEYEXCH_fetch, EVP_KEYEXCH_free)
        try fetch(["ECDSA", "RSA", "ED25519"], EVP_SIGNATURE_fetch, EVP_SIGNATURE_free)
    }

    private static func fetch(
        _ names: [String], _ fetch: (OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> OpaquePointer?,
        _ free: (OpaquePointer?) -> Void
    ) throws(TLSError) {
        for name in names {
            OpenSSLError.clear()
            guard let algorithm = fetch(nil, name, nil) else {
                throw TLSError("this OpenSSL does not have \(name)", call: "EVP_fetch")
            }
            free(algorithm)
        }
    }
}
