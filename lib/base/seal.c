/* AES-256-GCM by OpenSSL's EVP; the layout is in the header. */
#include "lib/base/seal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#define VERSION   1
#define NONCE_LEN 12
#define TAG_LEN   16
#define HEAD_LEN  (1 + NONCE_LEN)

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum err seal_key_load(const char *path, struct seal_key *out)
{
    char line[2 * SEAL_KEY_LEN + 3];
    FILE *in = fopen(path, "r");
    size_t n;

    if (in == NULL)
        return err_raise(ERR_IO, "%s: %s", path, strerror(errno));
    n = fread(line, 1, sizeof(line), in);
    fclose(in);
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
        n--;
    if (n != (size_t)2 * SEAL_KEY_LEN)
        return err_raise(ERR_INVALID, "%s: not 64 hexadecimal digits", path);
    for (size_t i = 0; i < SEAL_KEY_LEN; i++) {
        int high = nibble(line[2 * i]), low = nibble(line[2 * i + 1]);

        if (high < 0 || low < 0)
            return err_raise(ERR_INVALID, "%s: not hexadecimal", path);
        out->at[i] = (uint8_t)(high << 4 | low);
    }
    OPENSSL_cleanse(line, sizeof(line));
    return ERR_OK;
}

enum err seal(struct arena *a, const struct seal_key *key, const char *about,
              struct bytes plain, struct bytes *out)
{
    uint8_t *at = arena_alloc(a, HEAD_LEN + plain.len + TAG_LEN);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;
    bool good;

    at[0] = VERSION;
    good = c != NULL && RAND_bytes(at + 1, NONCE_LEN) == 1 &&
           EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->at, at + 1) &&
           EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)about,
                             (int)strlen(about)) &&
           EVP_EncryptUpdate(c, at + HEAD_LEN, &n, plain.at, (int)plain.len) &&
           EVP_EncryptFinal_ex(c, at + HEAD_LEN + n, &n) &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_LEN,
                               at + HEAD_LEN + plain.len);
    EVP_CIPHER_CTX_free(c);
    if (!good)
        return err_raise(ERR_IO, "seal: OpenSSL refused");
    *out = (struct bytes){ at, HEAD_LEN + plain.len + TAG_LEN };
    return ERR_OK;
}

enum err unseal(struct arena *a, const struct seal_key *key, const char *about,
                struct bytes sealed, struct bytes *out)
{
    size_t len;
    uint8_t *plain, tag[TAG_LEN];
    EVP_CIPHER_CTX *c;
    int n = 0;
    bool good;

    if (sealed.len < HEAD_LEN + TAG_LEN || sealed.at[0] != VERSION)
        return err_raise(ERR_INVALID, "not a sealed secret");
    len = sealed.len - HEAD_LEN - TAG_LEN;
    plain = arena_alloc(a, len + 1);
    memcpy(tag, sealed.at + HEAD_LEN + len, TAG_LEN);
    c = EVP_CIPHER_CTX_new();
    good = c != NULL &&
           EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->at,
                              sealed.at + 1) &&
           EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)about,
                             (int)strlen(about)) &&
           EVP_DecryptUpdate(c, plain, &n, sealed.at + HEAD_LEN, (int)len) &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag) &&
           EVP_DecryptFinal_ex(c, plain + n, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    if (!good)
        return err_raise(ERR_INVALID, "sealed with another key or changed");
    *out = (struct bytes){ plain, len };
    return ERR_OK;
}

enum err seal_mark(const struct seal_key *key, struct bytes plain, int64_t *out)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (HMAC(EVP_sha256(), key->at, SEAL_KEY_LEN, plain.at, plain.len, digest,
             &n) == NULL)
        return err_raise(ERR_IO, "HMAC");
    *out = (int64_t)be64_get(digest);
    return ERR_OK;
}
