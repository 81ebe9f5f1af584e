/*
 * Foreign bytes through everything that reads them: frames, parts, APDUs,
 * observations, the tree and the JSON. Beyond "no crash":
 *   a prefix of a whole frame is never "not ours"
 *   what was decoded can be encoded, and that decodes to the same again
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/cipher.h"
#include "lib/dlms/frame.h"
#include "lib/dlms/print.h"
#include "lib/dlms/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct dlms_keys keys = {
    .has_encryption = true,
    .has_authentication = true,
    .encryption = "MYDUMMYGLOBALKEY",
    .authentication = "MYDUMMYGLOBALKEY",
};

static void must(bool fine)
{
    if (!fine)
        abort();
}

static void prefixes_are_not_refused(const uint8_t *data, size_t frame)
{
    for (size_t n = 0; n < frame && n < 64; n++)
        must(dlms_frame_len(data, n) >= 0);
}

/* Encode, decode, encode: the two encodings are one. */
static void goes_round(struct arena *a, const struct dlms_apdu *apdu)
{
    struct dlms_out first, second;
    struct dlms_apdu again;

    dlms_out_init(&first, a);
    dlms_out_init(&second, a);
    if (dlms_apdu_put(&first, apdu) != ERR_OK)
        return;
    must(dlms_apdu_read(a, dlms_out_bytes(&first), &again) == ERR_OK);
    must(again.tag == apdu->tag);
    must(dlms_apdu_put(&second, &again) == ERR_OK);
    must(first.len == second.len);
    must(memcmp(first.at, second.at, first.len) == 0);
}

static void by_template(struct arena *a, const struct dlms_value *body)
{
    static const struct dlms_push_item items[] = { { .position = 0 },
                                                   { .position = 9 } };
    const struct dlms_push_template t = {
        .elements = dlms_value_count(body),
        .match_position = -1,
        .items = items,
        .n = 2,
    };
    struct dlms_push push;

    if (body->type == DLMS_STRUCTURE)
        must(dlms_push_apply(a, body, &t, &push) == ERR_OK);
}

static void one_apdu(struct arena *a, struct bytes b)
{
    struct dlms_apdu apdu;
    struct dlms_push push;
    struct bytes plain;

    if (dlms_apdu_read(a, b, &apdu) != ERR_OK)
        return;
    goes_round(a, &apdu);
    if (apdu.tag == DLMS_DATA_NOTIFICATION) {
        dlms_push_read(a, &apdu.notification.body, &push);
        must(push.n > 0);
        by_template(a, &apdu.notification.body);
    }
    if (dlms_tag_ciphered(apdu.tag))
        (void)!dlms_decipher(a, &apdu.ciphered, apdu.ciphered.title, &keys,
                             &plain);
}

static void a_connection(struct arena *a, const uint8_t *data, size_t size)
{
    struct dlms_assembler parts = { 0 };
    struct dlms_frame f;
    struct bytes apdu;
    struct dlms_out out;
    bool whole;

    for (size_t at = 0; at < size;) {
        ssize_t n = dlms_frame_len(data + at, size - at);

        if (n <= 0)
            return;
        must((size_t)n <= size - at && n <= DLMS_FRAME_MAX);
        prefixes_are_not_refused(data + at, (size_t)n);
        if (dlms_frame_read((struct bytes){ data + at, (size_t)n }, &f) !=
            ERR_OK)
            return;
        at += (size_t)n;
        (void)dlms_line_address(a, &f);
        if (dlms_assemble(&parts, a, &f, &apdu, &whole) != ERR_OK || !whole)
            continue;
        must(apdu.len <= DLMS_APDU_MAX);
        one_apdu(a, apdu);
        dlms_out_init(&out, a);
        (void)!dlms_reply_put(&out, &f, apdu);
    }
}

/* Any bytes sent as an APDU in HDLC frames arrive as they were. */
static void goes_through_hdlc(struct arena *a, struct bytes b)
{
    const struct dlms_address meter = { 1, 17, 2 }, us = { 16, 0, 1 };
    struct dlms_assembler parts = { 0 };
    struct dlms_frame f;
    struct bytes apdu;
    struct dlms_out o;
    bool whole = false;

    dlms_out_init(&o, a);
    if (dlms_hdlc_put(&o, meter, us, DLMS_LLC_RESPONSE, b) != ERR_OK)
        return;
    for (size_t at = 0; at < o.len;) {
        ssize_t n = dlms_frame_len(o.at + at, o.len - at);

        must(n > 0 && !whole);
        must(dlms_frame_read((struct bytes){ o.at + at, (size_t)n }, &f) ==
             ERR_OK);
        must(dlms_assemble(&parts, a, &f, &apdu, &whole) == ERR_OK);
        at += (size_t)n;
    }
    must(whole && apdu.len == b.len && memcmp(apdu.at, b.at, b.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    static FILE *nowhere;
    const struct bytes b = { data, size };

    if (a == NULL) {
        a = arena_new();
        nowhere = fopen("/dev/null", "w");
        must(nowhere != NULL);
    }
    if (size == 0)
        return 0;
    a_connection(a, data, size);
    one_apdu(a, b);
    goes_through_hdlc(a, b);
    (void)!dlms_print(a, b, &keys, nowhere);
    (void)!dlms_json(a, b, &keys, nowhere);
    must(arena_size(a) < (size_t)64 << 20);
    arena_reset(a);
    return 0;
}
