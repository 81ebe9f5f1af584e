/* AES-128-GCM of security suites 0 and 1: one of two doors to OpenSSL. */
#include "lib/dlms/cipher.h"

#include <string.h>

#include <openssl/evp.h>

#define TAG_LEN DLMS_TAG_LEN /* the 16 of GCM, cut to 96 bits */
#define IV_LEN  12
#define AAD_LEN (1 + DLMS_KEY_LEN)

struct job {
    uint8_t iv[IV_LEN];
    uint8_t head[AAD_LEN]; /* security control and authentication key */
    bool encrypted, authenticated;
};

static enum err job_set(struct job *j, struct bytes title, uint8_t control,
                        uint32_t counter, const struct dlms_keys *keys)
{
    j->encrypted = (control & DLMS_SC_ENCRYPTED) != 0;
    j->authenticated = (control & DLMS_SC_AUTHENTICATED) != 0;
    /* 40: broadcast key; 80: compression */
    if ((control & 0xC0) != 0 || (control & DLMS_SC_SUITE) > 1 ||
        (!j->encrypted && !j->authenticated))
        return err_raise(ERR_PROTOCOL,
                         "security control %02X is not "
                         "implemented",
                         control);
    if (title.len != DLMS_TITLE_LEN)
        return err_raise(ERR_INVALID, "no system title of 8 bytes");
    if (!keys->has_encryption ||
        (j->authenticated && !keys->has_authentication))
        return err_raise(ERR_INVALID, "no key for security control %02X",
                         control);
    memcpy(j->iv, title.at, DLMS_TITLE_LEN);
    be32_put(j->iv + DLMS_TITLE_LEN, counter);
    j->head[0] = control;
    memcpy(j->head + 1, keys->authentication, DLMS_KEY_LEN);
    return ERR_OK;
}

/* in -> out (out NULL: in is only authenticated); encrypting if enc. */
static bool run(EVP_CIPHER_CTX *ctx, const struct job *j, const uint8_t *key,
                struct bytes in, uint8_t *out, int enc)
{
    int n, len = (int)in.len;

    if (EVP_CipherInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, j->iv, enc) != 1)
        return false;
    if (j->authenticated &&
        EVP_CipherUpdate(ctx, NULL, &n, j->head, AAD_LEN) != 1)
        return false;
    if (len == 0)
        return true;
    return EVP_CipherUpdate(ctx, j->encrypted ? out : NULL, &n, in.at, len) ==
           1;
}

static enum err decipher(EVP_CIPHER_CTX *ctx, const struct job *j,
                         const struct dlms_keys *keys, struct bytes in,
                         const uint8_t *tag, uint8_t *out)
{
    uint8_t expected[TAG_LEN], rest[16];
    int n;

    if (!run(ctx, j, keys->encryption, in, out, 0))
        return err_raise(ERR_IO, "AES-GCM failed");
    if (!j->authenticated)
        return ERR_OK;
    memcpy(expected, tag, TAG_LEN);
    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_LEN, expected) != 1)
        return err_raise(ERR_IO, "AES-GCM failed");
    if (EVP_CipherFinal_ex(ctx, rest, &n) != 1)
        return err_raise(ERR_PROTOCOL, "the authentication tag does not match");
    return ERR_OK;
}

enum err dlms_decipher(struct arena *a, const struct dlms_ciphered *c,
                       struct bytes title, const struct dlms_keys *keys,
                       struct bytes *apdu)
{
    struct bytes in = c->content;
    EVP_CIPHER_CTX *ctx;
    struct job j;
    uint8_t *out;
    enum err e;

    if ((e = job_set(&j, c->title.len > 0 ? c->title : title, c->control,
                     c->counter, keys)) != ERR_OK)
        return e;
    if (in.len > DLMS_CIPHERED_MAX || (j.authenticated && in.len < TAG_LEN))
        return err_raise(ERR_PROTOCOL, "a ciphertext of %zu bytes", in.len);
    if (j.authenticated)
        in.len -= TAG_LEN;
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
        return err_raise(ERR_IO, "AES-GCM failed");
    out = arena_alloc(a, in.len + 1);
    if (!j.encrypted)
        memcpy(out, in.at, in.len);
    e = decipher(ctx, &j, keys, in, in.at + in.len, out);
    EVP_CIPHER_CTX_free(ctx);
    if (e == ERR_OK)
        *apdu = (struct bytes){ out, in.len };
    return e;
}

static enum err encipher(EVP_CIPHER_CTX *ctx, const struct job *j,
                         const struct dlms_keys *keys, struct bytes plain,
                         uint8_t *out, uint8_t *tag)
{
    uint8_t rest[16];
    int n;

    if (!run(ctx, j, keys->encryption, plain, out, 1) ||
        EVP_CipherFinal_ex(ctx, rest, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_LEN, tag) != 1)
        return err_raise(ERR_IO, "AES-GCM failed");
    return ERR_OK;
}

static bool is_general(uint8_t tag)
{
    return tag == DLMS_GENERAL_GLO_CIPHERING ||
           tag == DLMS_GENERAL_DED_CIPHERING;
}

enum err dlms_encipher_as(struct dlms_out *o, uint8_t tag, struct bytes title,
                          uint8_t control, uint32_t counter,
                          const struct dlms_keys *keys, struct bytes plain)
{
    uint8_t mac[TAG_LEN], *out;
    EVP_CIPHER_CTX *ctx;
    struct job j;
    enum err e;

    if ((e = job_set(&j, title, control, counter, keys)) != ERR_OK)
        return e;
    if (plain.len == 0 || plain.len > DLMS_CIPHERED_MAX)
        return err_raise(ERR_INVALID, "an APDU of %zu bytes", plain.len);
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
        return err_raise(ERR_IO, "AES-GCM failed");
    out = arena_memdup(o->a, plain.at, plain.len);
    e = encipher(ctx, &j, keys, plain, out, mac);
    EVP_CIPHER_CTX_free(ctx);
    if (e != ERR_OK)
        return e;
    dlms_out_u8(o, tag);
    if (is_general(tag)) {
        dlms_out_length(o, title.len);
        dlms_out_raw(o, title.at, title.len);
    }
    dlms_out_length(o, 5 + plain.len + (j.authenticated ? TAG_LEN : 0));
    dlms_out_u8(o, control);
    dlms_out_u32(o, counter);
    dlms_out_raw(o, out, plain.len);
    if (j.authenticated)
        dlms_out_raw(o, mac, TAG_LEN);
    return ERR_OK;
}

enum err dlms_encipher(struct dlms_out *o, struct bytes title, uint8_t control,
                       uint32_t counter, const struct dlms_keys *keys,
                       struct bytes plain)
{
    return dlms_encipher_as(o, DLMS_GENERAL_GLO_CIPHERING, title, control,
                            counter, keys, plain);
}

enum err dlms_gmac(struct bytes title, uint8_t control, uint32_t counter,
                   const struct dlms_keys *keys, struct bytes b,
                   uint8_t out[DLMS_TAG_LEN])
{
    EVP_CIPHER_CTX *ctx;
    struct job j;
    enum err e;

    control = (uint8_t)((control & DLMS_SC_SUITE) | DLMS_SC_AUTHENTICATED);
    if ((e = job_set(&j, title, control, counter, keys)) != ERR_OK)
        return e;
    if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
        return err_raise(ERR_IO, "AES-GCM failed");
    e = encipher(ctx, &j, keys, b, NULL, out);
    EVP_CIPHER_CTX_free(ctx);
    return e;
}
