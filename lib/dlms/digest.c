/* Digests and blocks of HLS, and key wrap: the other door to OpenSSL. */
#include "lib/dlms/cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static const EVP_MD *digest_of(enum dlms_digest kind)
{
    switch (kind) {
    case DLMS_MD5:
        return EVP_md5();
    case DLMS_SHA1:
        return EVP_sha1();
    case DLMS_SHA256:
        break;
    }
    return EVP_sha256();
}

enum err dlms_digest(enum dlms_digest kind, const struct bytes *parts, size_t n,
                     uint8_t out[DLMS_DIGEST_MAX], size_t *len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned made = 0;
    bool fine = ctx != NULL && EVP_DigestInit_ex(ctx, digest_of(kind), NULL);

    for (size_t i = 0; fine && i < n; i++)
        fine = EVP_DigestUpdate(ctx, parts[i].at, parts[i].len) == 1;
    fine = fine && EVP_DigestFinal_ex(ctx, out, &made) == 1;
    EVP_MD_CTX_free(ctx);
    *len = made;
    return fine ? ERR_OK : err_raise(ERR_IO, "a digest failed");
}

enum err dlms_aes_blocks(const uint8_t key[DLMS_KEY_LEN], const uint8_t *in,
                         size_t len, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool fine =
        ctx != NULL &&
        EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
        EVP_EncryptUpdate(ctx, out, &n, in, (int)len) == 1 && n == (int)len;

    EVP_CIPHER_CTX_free(ctx);
    return fine ? ERR_OK : err_raise(ERR_IO, "AES failed");
}

bool dlms_secret_same(struct bytes a, struct bytes b)
{
    return a.len == b.len &&
           (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}

/* in of len bytes under kek to out; true when all of it went through. */
static bool wrap(const uint8_t *kek, const uint8_t *in, int len, uint8_t *out,
                 int enc)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, rest = 0;
    bool fine = ctx != NULL;

    if (fine)
        EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    fine = fine && EVP_CipherInit_ex(ctx, EVP_aes_128_wrap(), NULL, kek, NULL,
                                     enc) == 1;
    fine = fine && EVP_CipherUpdate(ctx, out, &n, in, len) == 1;
    fine = fine && EVP_CipherFinal_ex(ctx, out + n, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return fine;
}

enum err dlms_key_wrap(const uint8_t kek[DLMS_KEY_LEN],
                       const uint8_t key[DLMS_KEY_LEN],
                       uint8_t out[DLMS_WRAPPED_LEN])
{
    return wrap(kek, key, DLMS_KEY_LEN, out, 1)
               ? ERR_OK
               : err_raise(ERR_IO, "the key could not be wrapped");
}

enum err dlms_key_unwrap(const uint8_t kek[DLMS_KEY_LEN],
                         const uint8_t wrapped[DLMS_WRAPPED_LEN],
                         uint8_t out[DLMS_KEY_LEN])
{
    return wrap(kek, wrapped, DLMS_WRAPPED_LEN, out, 0)
               ? ERR_OK
               : err_raise(ERR_PROTOCOL, "the key was wrapped by another");
}
