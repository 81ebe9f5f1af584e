/* DLMS/COSEM pushes, as docs/protocol.md says: frames to a reading. */
#include "daemon/drivers/dlms_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/drivers/dlms_reading.h"
#include "daemon/drivers/template.h"
#include "lib/dlms/print.h"
#include "lib/dlms/security.h"

static const struct template_list *templates = &(struct template_list){ 0 };

void dlms_templates_use(const struct template_list *l)
{
    templates = l;
}

/* ---- frames ---- */

/* Why dlms_frame_len refused: too long for its framing, or of none. */
static const char *refusal(const uint8_t *buf, size_t len)
{
    if (len >= DLMS_WRAPPER_LEN && be16_get(buf) == 1)
        return "too_long";
    return "not_a_protocol";
}

/* Any wrapper's first byte, so that a wrong version has its own words. */
static enum recognised recognise(const uint8_t *buf, size_t len)
{
    if (buf[0] == 0x68 && len < 3)
        return RECOGNISED_PERHAPS;
    if (buf[0] == 0x68)
        return buf[1] == buf[2] ? RECOGNISED : RECOGNISED_NOT;
    return dlms_frame_len(buf, 1) == 0 ? RECOGNISED : RECOGNISED_NOT;
}

static enum err describe(struct arena *a, struct bytes b, FILE *out)
{
    return dlms_print(a, b, NULL, out);
}

static ssize_t frame_len(const uint8_t *buf, size_t len, const char **fault)
{
    ssize_t n = dlms_frame_len(buf, len);

    if (n < 0)
        *fault = refusal(buf, len);
    return n;
}

static ssize_t telegram_len(struct arena *a, const uint8_t *buf, size_t len,
                            const char **fault)
{
    struct dlms_frame f;
    size_t at = 0;
    ssize_t n;

    (void)a;
    do {
        n = frame_len(buf + at, len - at, fault);
        if (n <= 0)
            return n;
        if (at + (size_t)n > TELEGRAM_MAX) {
            *fault = "too_long";
            (void)err_raise(ERR_PROTOCOL, "an APDU of over %d bytes",
                            TELEGRAM_MAX);
            return -1;
        }
        /* The wrapper has no parts; the others say which is the last. */
        if (buf[at] != 0 &&
            dlms_frame_read((struct bytes){ buf + at, (size_t)n }, &f) !=
                ERR_OK) {
            *fault = "bad_checksum";
            return -1;
        }
        at += (size_t)n;
    } while (buf[0] != 0 && !f.last);
    return (ssize_t)at;
}

enum err dlms_unpack(struct arena *a, struct bytes telegram,
                     struct dlms_frame *head, struct bytes *apdu,
                     const char **fault)
{
    struct dlms_assembler as = { 0 };
    bool whole = false;
    size_t at = 0;
    enum err e;

    *fault = "bad_data";
    while (!whole && at < telegram.len) {
        ssize_t n = frame_len(telegram.at + at, telegram.len - at, fault);
        struct dlms_frame f;

        if (n <= 0)
            return err_raise(ERR_PROTOCOL, "offset %zu: not a frame", at);
        if ((e = dlms_frame_read((struct bytes){ telegram.at + at, (size_t)n },
                                 &f)) != ERR_OK ||
            (e = dlms_assemble(&as, a, &f, apdu, &whole)) != ERR_OK)
            return e;
        if (at == 0)
            *head = f;
        at += (size_t)n;
    }
    return whole ? ERR_OK : err_raise(ERR_PROTOCOL, "an APDU without its end");
}

/* ---- ciphered ones ---- */

static void title_text(struct bytes title, char out[READING_NAME_MAX])
{
    for (size_t i = 0; i < title.len && i < DLMS_TITLE_LEN; i++)
        snprintf(out + 2 * i, 3, "%02X", title.at[i]);
}

void dlms_keys_of(const struct secret *s, struct dlms_keys *out)
{
    memset(out, 0, sizeof(*out));
    out->has_encryption = s->has_ek;
    out->has_authentication = s->has_ak;
    memcpy(out->encryption, s->ek, DLMS_KEY_LEN);
    memcpy(out->authentication, s->ak, DLMS_KEY_LEN);
}

/* FNV-1a: the same telegram is known again. What is made to look like one that
 * is stored gains nothing: a repeat changes nothing. */
static int64_t mark_of(struct bytes b)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < b.len; i++)
        h = (h ^ b.at[i]) * 1099511628211u;
    return (int64_t)h;
}

/* How a ciphered push was opened; zeroes: it was not ciphered. */
struct opened {
    const struct secret *by;
    struct dlms_ciphered envelope;
    const struct secret *answer_with; /* its counter */
};

/*
 * Opens apdu in place; *needs says PUSH_KEY when keys were not looked up.
 * Whether the counter grows is for the database to say, in the transaction
 * that stores the reading: out->proof tells it.
 */
static enum err decipher(struct arena *a, const struct origin *from,
                         struct bytes in, struct dlms_apdu *apdu,
                         struct push *out, struct opened *how,
                         const char **fault)
{
    struct bytes plain;
    enum err e = ERR_INVALID;

    *fault = "no_key";
    if (apdu->ciphered.title.len != DLMS_TITLE_LEN)
        return err_raise(ERR_INVALID, "ciphered, without a system title");
    title_text(apdu->ciphered.title, out->reading.identity);
    if (from->keys == NULL) {
        out->needs = PUSH_KEY;
        return ERR_OK;
    }
    /* A meter that is being given other keys has the ones or the others. */
    for (const struct secret *s = from->keys; s != NULL; s = s->other) {
        struct dlms_security security = { 0 };
        struct dlms_apdu inside;

        dlms_keys_of(s, &security.keys);
        e = dlms_security_unwrap(&security, a, in, &plain);
        if (e == ERR_INVALID)
            return err_raise(e, "no key of system title %s",
                             out->reading.identity);
        out->proof.counter = security.heard_counter;
        out->proof.fresh = s != from->keys;
        *fault = "decryption_failed";
        /* What a wrong key leaves is no APDU. */
        if (e == ERR_OK && (e = dlms_apdu_read(a, plain, &inside)) == ERR_OK) {
            how->by = s;
            how->envelope = apdu->ciphered;
            how->answer_with = from->keys;
            *apdu = inside;
            break;
        }
    }
    snprintf(out->proof.title, sizeof(out->proof.title), "%.16s",
             out->reading.identity);
    out->proof.mark = mark_of(in);
    return e;
}

/* ---- the push ---- */

/* The address on the wire, in hex as sent: octets of seven bits. */
static const char *line_name(struct arena *a, const struct origin *from,
                             const struct dlms_frame *f)
{
    unsigned up = f->source.upper, low = f->source.lower;

    if (f->framing != DLMS_FRAMING_HDLC)
        return arena_printf(
            a, f->framing == DLMS_FRAMING_MBUS ? "%s/m%u" : "%s/w%u",
            from->peer, f->framing == DLMS_FRAMING_MBUS ? up : low);
    if (f->source.octets == 1)
        return arena_printf(a, "%s/%02X", from->peer, (up << 1 | 1) & 0xFF);
    if (f->source.octets == 2)
        return arena_printf(a, "%s/%02X%02X", from->peer, up << 1 & 0xFF,
                            (low << 1 | 1) & 0xFF);
    return arena_printf(a, "%s/%02X%02X%02X%02X", from->peer, up >> 6 & 0xFE,
                        up << 1 & 0xFE, low >> 6 & 0xFE, (low << 1 | 1) & 0xFF);
}

/* What answers a ciphered push: protected as it was, by the keys that opened
 * it, under the counter that was kept for this. */
static enum err protect(struct arena *a, const struct opened *how,
                        struct dlms_out *apdu)
{
    const struct bytes title = { dlms_our_title, DLMS_TITLE_LEN };
    struct dlms_keys keys;
    struct dlms_out sealed;
    enum err e;

    dlms_keys_of(how->by, &keys);
    dlms_out_init(&sealed, a);
    e = dlms_encipher(&sealed, title, how->envelope.control,
                      how->answer_with->counter, &keys, dlms_out_bytes(apdu));
    explicit_bzero(&keys, sizeof(keys));
    *apdu = sealed;
    return e;
}

/* Only the wrapper has a way back. */
static enum err prepare_confirm(struct arena *a, const struct dlms_frame *f,
                                uint32_t invoke, const struct opened *how,
                                struct push *out)
{
    struct dlms_out apdu, framed;
    enum err e;

    if (!(invoke & DLMS_INVOKE_CONFIRMED) ||
        f->framing != DLMS_FRAMING_WRAPPER ||
        (how->by != NULL && !how->answer_with->has_counter))
        return ERR_OK;
    dlms_out_init(&apdu, a);
    dlms_out_init(&framed, a);
    dlms_confirm_put(&apdu, invoke);
    if ((how->by != NULL && (e = protect(a, how, &apdu)) != ERR_OK) ||
        (e = dlms_reply_put(&framed, f, dlms_out_bytes(&apdu))) != ERR_OK)
        return e;
    if (framed.len > CONFIRM_MAX)
        return err_raise(ERR_PROTOCOL, "a confirmation of %zu bytes",
                         framed.len);
    memcpy(out->confirm, framed.at, framed.len);
    out->confirm_len = framed.len;
    out->confirmed = true;
    return ERR_OK;
}

static void remember_line(const struct dlms_frame *f, struct push *out)
{
    struct dlms_line line;

    memset(&line, 0, sizeof(line));
    line.framing = f->framing;
    line.source = f->source;
    line.destination = f->destination;
    memcpy(out->line, &line, sizeof(line));
}

static bool names_needed(void)
{
    for (size_t i = 0; i < templates->n; i++) {
        if (templates->at[i].named)
            return true;
    }
    return false;
}

static enum err read_body(struct arena *a, const struct dlms_notification *n,
                          const struct dlms_reading_from *who, struct push *out)
{
    struct dlms_push names = { 0 };
    /* Names are looked for only when they could decide. */
    const struct template *t = template_find(templates, &n->body, 0);

    if ((t == NULL || t->match_position < 0) && names_needed()) {
        dlms_push_read(a, &n->body, &names);
        t = template_find(templates, &n->body, names.named);
    }
    if (t == NULL) {
        out->needs = PUSH_TEMPLATE;
        return ERR_OK;
    }
    return dlms_reading(a, n, t, &names, who, &out->reading);
}

static enum err push(struct arena *a, const struct origin *from,
                     struct bytes telegram, struct push *out,
                     const char **fault)
{
    struct dlms_reading_from who = { .title = "",
                                     .received_us = from->received_us,
                                     .zone_minutes = from->zone_minutes };
    struct dlms_frame head = { 0 };
    struct dlms_apdu apdu;
    struct bytes in = { NULL, 0 };
    struct opened how = { 0 };
    enum err e;

    memset(out, 0, sizeof(*out));
    if ((e = dlms_unpack(a, telegram, &head, &in, fault)) != ERR_OK)
        return e;
    *fault = "bad_data";
    if ((e = dlms_apdu_read(a, in, &apdu)) != ERR_OK)
        return e;
    if (dlms_tag_ciphered(apdu.tag)) {
        if ((e = decipher(a, from, in, &apdu, out, &how, fault)) != ERR_OK ||
            out->needs == PUSH_KEY)
            return e;
        who.title = arena_strdup(a, out->reading.identity);
    }
    *fault = "bad_data";
    if (apdu.tag != DLMS_DATA_NOTIFICATION)
        return err_raise(ERR_PROTOCOL, "%02X is not a push", apdu.tag);
    who.line = line_name(a, from, &head);
    if ((e = read_body(a, &apdu.notification, &who, out)) != ERR_OK ||
        out->needs != PUSH_WHOLE)
        return e;
    remember_line(&head, out);
    return prepare_confirm(a, &head, apdu.notification.invoke, &how, out);
}

const struct driver dlms_driver = {
    .name = "dlms",
    .command_size = sizeof(struct dlms_command),
    .recognise = recognise,
    .describe = describe,
    .telegram_len = telegram_len,
    .push = push,
    .command = dlms_command_start,
    .answer = dlms_command_answer,
    .release = dlms_command_release,
    .end = dlms_command_end,
    .hide = dlms_hide,
};
