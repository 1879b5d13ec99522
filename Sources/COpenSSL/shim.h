// The part of OpenSSL that is used. Of libcrypto: digests and base64, random bytes, constant-time compare, error codes,
// certificates, the look-up of algorithms, and BIO, by which libssl reads and writes. Of libssl: connections.
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
