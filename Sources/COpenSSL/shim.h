// The part of OpenSSL's libcrypto that is used: digests and base64, random bytes, constant-time compare, error codes.
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
