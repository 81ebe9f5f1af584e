/* Proofs of high level security: see hls.h for the clauses. */
#include "lib/dlms/hls.h"

#include <string.h>

#define GMAC_HEAD 5 /* security control and counter */

static enum err refuse(uint8_t mechanism)
{
    return err_raise(ERR_INVALID, "%s is not possible",
                     dlms_mechanism_name(mechanism));
}

static enum err digest(enum dlms_digest kind, const struct bytes *parts,
                       size_t n, struct dlms_proof *out)
{
    return dlms_digest(kind, parts, n, out->at, &out->len);
}

static enum err sha256(const struct dlms_hls *h, struct bytes from,
                       struct bytes to, bool ours, struct dlms_proof *out)
{
    const struct bytes parts[] = { h->secret, from, to,
                                   ours ? h->theirs : h->ours,
                                   ours ? h->ours : h->theirs };

    if (from.len != DLMS_TITLE_LEN || to.len != DLMS_TITLE_LEN)
        return err_raise(ERR_INVALID, "%s needs both system titles",
                         dlms_mechanism_name(h->mechanism));
    return digest(DLMS_SHA256, parts, sizeof(parts) / sizeof(parts[0]), out);
}

static enum err gmac(const struct dlms_security *s, struct bytes from,
                     uint8_t control, uint32_t counter, struct bytes challenge,
                     struct dlms_proof *out)
{
    out->at[0] = control;
    be32_put(out->at + 1, counter);
    out->len = GMAC_HEAD + DLMS_TAG_LEN;
    return dlms_gmac(from, control, counter, &s->keys, challenge,
                     out->at + GMAC_HEAD);
}

/* Mechanism 2 of meters that follow СПОДЭС. */
static enum err aes(struct bytes secret, struct bytes challenge,
                    struct dlms_proof *out)
{
    uint8_t key[DLMS_KEY_LEN] = { 0 }, blocks[DLMS_PROOF_MAX] = { 0 };
    size_t len =
        (challenge.len + DLMS_KEY_LEN - 1) / DLMS_KEY_LEN * DLMS_KEY_LEN;
    enum err e;

    if (secret.len == 0 || secret.len > DLMS_KEY_LEN)
        return err_raise(ERR_INVALID,
                         "HLS by AES-128 needs a secret of 1 ... %d bytes",
                         DLMS_KEY_LEN);
    if (challenge.len == 0 || len > DLMS_PROOF_MAX)
        return err_raise(ERR_PROTOCOL, "a challenge of %zu bytes",
                         challenge.len);
    memcpy(key, secret.at, secret.len);
    memcpy(blocks, challenge.at, challenge.len);
    e = dlms_aes_blocks(key, blocks, len, out->at);
    out->len = len;
    explicit_bzero(key, sizeof(key));
    return e;
}

static enum err by_maker(const struct dlms_hls *h, bool ours,
                         struct bytes challenge, struct dlms_proof *out)
{
    if (h->by_maker == NULL)
        return aes(h->secret, challenge, out);
    return h->by_maker(h->ctx, h->is_client == ours, h->secret, challenge, out)
               ? ERR_OK
               : refuse(h->mechanism);
}

/* What one end says: ours, or what theirs must be. */
static enum err prove(const struct dlms_hls *h, const struct dlms_security *s,
                      bool ours, struct dlms_proof *out)
{
    const struct bytes we = { s->title, DLMS_TITLE_LEN };
    const struct bytes they = { s->peer, s->has_peer ? DLMS_TITLE_LEN : 0 };
    struct bytes challenge = ours ? h->theirs : h->ours;
    const struct bytes parts[] = { challenge, h->secret };

    switch (h->mechanism) {
    case DLMS_HLS:
        return by_maker(h, ours, challenge, out);
    case DLMS_HLS_MD5:
        return digest(DLMS_MD5, parts, 2, out);
    case DLMS_HLS_SHA1:
        return digest(DLMS_SHA1, parts, 2, out);
    case DLMS_HLS_SHA256:
        return sha256(h, ours ? we : they, ours ? they : we, ours, out);
    default:
        return refuse(h->mechanism);
    }
}

enum err dlms_hls_prove(const struct dlms_hls *h, struct dlms_security *s,
                        struct dlms_proof *out)
{
    const struct bytes title = { s->title, DLMS_TITLE_LEN };
    uint8_t control =
        (uint8_t)((s->control & DLMS_SC_SUITE) | DLMS_SC_AUTHENTICATED);
    uint32_t counter = 0;
    enum err e;

    *out = (struct dlms_proof){ 0 };
    if (h->mechanism != DLMS_HLS_GMAC)
        return prove(h, s, true, out);
    if ((e = dlms_security_count(s, &counter)) != ERR_OK)
        return e;
    return gmac(s, title, control, counter, h->theirs, out);
}

static enum err awaited_gmac(const struct dlms_hls *h,
                             const struct dlms_security *s, struct bytes given,
                             struct dlms_proof *out)
{
    const struct bytes title = { s->peer, s->has_peer ? DLMS_TITLE_LEN : 0 };

    if (given.len != GMAC_HEAD + DLMS_TAG_LEN ||
        (given.at[0] & ~DLMS_SC_SUITE) != DLMS_SC_AUTHENTICATED)
        return err_raise(ERR_PROTOCOL, "a GMAC proof of %zu bytes", given.len);
    return gmac(s, title, given.at[0], be32_get(given.at + 1), h->ours, out);
}

enum err dlms_hls_check(const struct dlms_hls *h, const struct dlms_security *s,
                        struct bytes given)
{
    struct dlms_proof awaited = { 0 };
    enum err e = h->mechanism == DLMS_HLS_GMAC
                     ? awaited_gmac(h, s, given, &awaited)
                     : prove(h, s, false, &awaited);

    if (e != ERR_OK)
        return e;
    if (!dlms_secret_same(given, (struct bytes){ awaited.at, awaited.len }))
        return err_raise(ERR_PROTOCOL,
                         "the other end does not know the secret");
    return ERR_OK;
}
