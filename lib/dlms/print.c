/* Frames as a tree for a field engineer. */
#include "lib/dlms/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/dlms/gas_profile.h"
#include "lib/dlms/push.h"
#include "lib/dlms/telegram.h"
#include "lib/dlms/words.h"
#include "lib/units/quantity.h"

#define INDENT 2
#define AROUND 8 /* bytes shown on each side of an error */

struct printer {
    struct arena *a;
    FILE *out;
    const struct dlms_keys *keys;
};

PRINTF(3, 4)
static void line(struct printer *p, int depth, const char *fmt, ...)
{
    va_list ap;

    (void)fprintf(p->out, "%*s", depth * INDENT, "");
    va_start(ap, fmt);
    /* va_start is the line above; clang-tidy 14 loses it when it is given
     * several files at once. */
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    (void)vfprintf(p->out, fmt, ap);
    va_end(ap);
    (void)fputc('\n', p->out);
}

/* Calls itself; the depth of a decoded value is capped. */
static void value(struct printer *p, int depth, const char *label,
                  const struct dlms_value *v)
{
    if (v->type != DLMS_ARRAY && v->type != DLMS_STRUCTURE &&
        v->type != DLMS_COMPACT_ARRAY) {
        line(p, depth, "%s%s: %s", label, dlms_type_name(v->type),
             scalar_words(p->a, v));
        return;
    }
    line(p, depth, "%s%s of %zu", label, dlms_type_name(v->type), v->list.n);
    for (size_t i = 0; i < v->list.n; i++)
        value(p, depth + 1, arena_printf(p->a, "[%zu] ", i), &v->list.at[i]);
}

static void observation(struct printer *p, int depth,
                        const struct dlms_observation *o)
{
    char *name = object_words(p->a, o->name);
    int64_t i;

    if (dlms_value_count(o->value) > 0)
        line(p, depth, "%s: %s of %zu", name, dlms_type_name(o->value->type),
             o->value->list.n);
    else if (o->has_scaler && dlms_value_integer(o->value, &i))
        line(p, depth, "%s: %s%s%s", name, decimal_text(p->a, i, o->scaler),
             *unit_name(o->unit) != '\0' ? " " : "", unit_name(o->unit));
    else
        line(p, depth, "%s: %s", name, scalar_words(p->a, o->value));
}

static void notification(struct printer *p, int depth,
                         const struct dlms_notification *n)
{
    struct dlms_push push;

    line(p, depth, "long-invoke-id-and-priority %08X: invoke id %u, %s%s",
         n->invoke, n->invoke & 0xFFFFFFu,
         (n->invoke & DLMS_INVOKE_CONFIRMED) != 0 ? "confirmed" : "unconfirmed",
         (n->invoke & DLMS_INVOKE_PRIORITY) != 0 ? ", high priority" : "");
    line(p, depth, "date-time: %s",
         n->has_datetime ? moment_words(p->a, &n->datetime) : "-");
    value(p, depth, "body: ", &n->body);
    if (dlms_push_apply(p->a, &n->body, &dlms_gas_profile, &push) == ERR_OK ||
        dlms_push_apply(p->a, &n->body, &dlms_gas_profile_cell, &push) ==
            ERR_OK)
        line(p, depth, "Lazur's gas profile");
    else
        dlms_push_read(p->a, &n->body, &push);
    if (push.named == 0)
        return;
    line(p, depth, "objects: %zu", push.named);
    for (size_t i = 0; i < push.n; i++)
        if (push.at[i].has_name)
            observation(p, depth + 1, &push.at[i]);
}

static void initiate(struct printer *p, int depth,
                     const struct dlms_initiate *i)
{
    line(p, depth, "DLMS version %u, conformance %06X, largest APDU %u",
         i->version, i->conformance, i->max_pdu);
}

static void aarq(struct printer *p, int depth, const struct dlms_aarq *q)
{
    line(p, depth, "context %d, mechanism %u (%s), password of %zu bytes",
         (int)q->context, q->mechanism, dlms_mechanism_name(q->mechanism),
         q->password.len);
    if (q->title.len > 0)
        line(p, depth, "system title: %s", hex_text(p->a, q->title));
    if (q->has_initiate)
        initiate(p, depth, &q->initiate);
    else
        line(p, depth, "information, ciphered: %s",
             hex_text(p->a, q->information));
}

static void aare(struct printer *p, int depth, const struct dlms_aare *r)
{
    line(p, depth, "context %d, %s, diagnostic %u (%s)", (int)r->context,
         r->result == DLMS_ACCEPTED ? "accepted" : "rejected", r->diagnostic,
         r->by_provider ? dlms_provider_diagnostic_name(r->diagnostic)
                        : dlms_diagnostic_name(r->diagnostic));
    if (r->title.len > 0)
        line(p, depth, "system title: %s", hex_text(p->a, r->title));
    if (r->mechanism != DLMS_LOWEST)
        line(p, depth, "mechanism %u (%s), challenge of %zu bytes",
             r->mechanism, dlms_mechanism_name(r->mechanism), r->challenge.len);
    if (r->has_initiate)
        initiate(p, depth, &r->initiate);
    else if (r->has_error)
        line(p, depth, "%s", dlms_service_error_text(p->a, &r->error));
    else if (r->information.len > 0)
        line(p, depth, "information, ciphered: %s",
             hex_text(p->a, r->information));
}

static void asked(struct printer *p, int depth, uint8_t tag,
                  const struct dlms_asked *q)
{
    line(p, depth, "class %u, %s, %s %u", q->target.class_id,
         object_words(p->a, q->target.name),
         tag == DLMS_ACTION_REQUEST ? "method" : "attribute", q->target.index);
    if (q->has_selection) {
        line(p, depth + 1, "selected by %u", q->selector);
        value(p, depth + 1, "", &q->selection);
    }
    if (q->has_value)
        value(p, depth, "", &q->value);
}

static void block(struct printer *p, int depth, const struct dlms_block *b)
{
    line(p, depth, "block %" PRIu32 "%s, %zu bytes", b->number,
         b->last ? ", the last" : "", b->raw.len);
}

static void request(struct printer *p, int depth, uint8_t tag,
                    const struct dlms_request *q)
{
    const struct dlms_asked one = { q->target,    q->has_selection, q->selector,
                                    q->selection, q->has_value,     q->value };

    line(p, depth, "invoke id %u, choice %u", q->invoke & 0x0Fu, q->form);
    if (q->n == 0 && q->target.class_id != 0)
        asked(p, depth, tag, &one);
    for (size_t i = 0; i < q->n; i++)
        asked(p, depth, tag, &q->list[i]);
    if (q->block.number > 0)
        block(p, depth, &q->block);
}

static void given(struct printer *p, int depth, uint8_t tag,
                  const struct dlms_given *g)
{
    line(p, depth, "%s",
         tag == DLMS_ACTION_RESPONSE ? dlms_action_result_name(g->result)
                                     : dlms_result_name(g->result));
    if (g->has_value)
        value(p, depth, "", &g->value);
}

static void response(struct printer *p, int depth, uint8_t tag,
                     const struct dlms_response *r)
{
    const struct dlms_given one = { r->result, r->has_value, r->value };

    line(p, depth, "invoke id %u, choice %u", r->invoke & 0x0Fu, r->form);
    if (r->n == 0)
        given(p, depth, tag, &one);
    for (size_t i = 0; i < r->n; i++)
        given(p, depth, tag, &r->list[i]);
    if (r->block.number > 0)
        block(p, depth, &r->block);
}

static void general_block(struct printer *p, int depth,
                          const struct dlms_general_block *b)
{
    line(p, depth, "block %u%s%s, window %u, confirms %u, %zu bytes: %s",
         b->number, b->last ? ", the last" : "",
         b->streaming ? ", streaming" : "", b->window, b->confirmed, b->raw.len,
         hex_text(p->a, b->raw));
}

/* The bytes around "offset n" of the last error, the one at n in brackets. */
static void error_line(struct printer *p, int depth, struct bytes b)
{
    static const char mark[] = "offset ";
    const char *why = err_reason();
    size_t at, from, to;

    line(p, depth, "error: %s", why);
    if (strncmp(why, mark, sizeof(mark) - 1) != 0)
        return;
    at = (size_t)strtoul(why + sizeof(mark) - 1, NULL, 10);
    if (at > b.len)
        return;
    from = at > AROUND ? at - AROUND : 0;
    to = b.len - at > AROUND ? at + AROUND : b.len;
    (void)fprintf(p->out, "%*s", (depth + 1) * INDENT, "");
    for (size_t i = from; i < to; i++)
        (void)fprintf(p->out, i == at ? "[%02X] " : "%02X ", b.at[i]);
    (void)fputs(at == b.len ? "[end]\n" : "\n", p->out);
}

static enum err apdu(struct printer *p, int depth, struct bytes b);

static enum err ciphered(struct printer *p, int depth,
                         const struct dlms_ciphered *c)
{
    struct bytes plain;

    if (c->title.len > 0)
        line(p, depth, "system title: %s", hex_text(p->a, c->title));
    line(p, depth, "security control %02X:%s%s, counter %" PRIu32 ", %zu bytes",
         c->control, (c->control & DLMS_SC_ENCRYPTED) != 0 ? " encrypted" : "",
         (c->control & DLMS_SC_AUTHENTICATED) != 0 ? " authenticated" : "",
         c->counter, c->content.len);
    if (p->keys == NULL) {
        line(p, depth, "closed: no key is given");
        return ERR_OK;
    }
    if (telegram_open(p->a, c, p->keys, &plain) != ERR_OK) {
        line(p, depth, "error: %s", err_reason());
        return ERR_PROTOCOL;
    }
    /* One envelope only: a ciphered APDU inside another is not DLMS. */
    if (plain.len > 0 && dlms_tag_ciphered(plain.at[0]))
        return err_raise(ERR_PROTOCOL, "a ciphered APDU inside another");
    return apdu(p, depth, plain);
}

static enum err one_apdu(struct printer *p, int depth,
                         const struct dlms_apdu *u)
{
    switch (u->tag) {
    case DLMS_DATA_NOTIFICATION:
        notification(p, depth, &u->notification);
        break;
    case DLMS_DATA_NOTIFICATION_CONFIRM:
        line(p, depth, "long-invoke-id-and-priority %08X", u->confirm.invoke);
        break;
    case DLMS_AARQ:
        aarq(p, depth, &u->aarq);
        break;
    case DLMS_AARE:
        aare(p, depth, &u->aare);
        break;
    case DLMS_RLRQ:
    case DLMS_RLRE:
        line(p, depth, "reason %u", u->release.reason);
        break;
    case DLMS_GET_REQUEST:
    case DLMS_SET_REQUEST:
    case DLMS_ACTION_REQUEST:
        request(p, depth, u->tag, &u->request);
        break;
    case DLMS_GET_RESPONSE:
    case DLMS_SET_RESPONSE:
    case DLMS_ACTION_RESPONSE:
        response(p, depth, u->tag, &u->response);
        break;
    case DLMS_EXCEPTION_RESPONSE:
        line(p, depth, "%s, %s",
             dlms_state_error_name(u->exception.state_error),
             dlms_service_error_name(u->exception.service_error));
        break;
    case DLMS_CONFIRMED_SERVICE_ERROR:
        line(p, depth, "%s", dlms_service_error_text(p->a, &u->service_error));
        break;
    case DLMS_GENERAL_BLOCK_TRANSFER:
        general_block(p, depth, &u->general_block);
        break;
    default:
        return ciphered(p, depth, &u->ciphered);
    }
    return ERR_OK;
}

static enum err apdu(struct printer *p, int depth, struct bytes b)
{
    struct dlms_apdu u;
    enum err e;

    if (b.len > 0)
        line(p, depth, "%s (%02X), %zu bytes",
             dlms_tag_name(b.at[0]) != NULL ? dlms_tag_name(b.at[0])
                                            : "unknown APDU",
             b.at[0], b.len);
    if ((e = dlms_apdu_read(p->a, b, &u)) != ERR_OK) {
        error_line(p, depth + 1, b);
        return e;
    }
    return one_apdu(p, depth + 1, &u);
}

static char *address(struct printer *p, struct dlms_address at)
{
    if (at.octets > 1)
        return arena_printf(p->a, "%u.%u", at.upper, at.lower);
    return arena_printf(p->a, "%u", at.octets == 1 ? at.upper : at.lower);
}

static void frame(struct printer *p, const struct telegram *t)
{
    const struct dlms_frame *f = &t->head;

    switch (f->framing) {
    case DLMS_FRAMING_BARE:
        break;
    case DLMS_FRAMING_LLC:
        line(p, 0, "LLC %02X%02X%02X", f->info.at[0], f->info.at[1],
             f->info.at[2]);
        break;
    case DLMS_FRAMING_WRAPPER:
        line(p, 0, "wrapper, wPort %s to %s, %zu bytes", address(p, f->source),
             address(p, f->destination), f->info.len);
        break;
    case DLMS_FRAMING_HDLC:
        line(p, 0, "HDLC, %s to %s, control %02X, %zu bytes, %s",
             address(p, f->source), address(p, f->destination), f->control,
             f->info.len, f->last ? "last" : "more follow");
        break;
    case DLMS_FRAMING_MBUS:
        line(p, 0,
             "M-Bus, address %u, C %02X, SAP %u to %u, part %u, %zu bytes, %s",
             f->source.upper, f->control, f->source.lower, f->destination.lower,
             f->sequence, f->info.len, f->last ? "last" : "more follow");
        break;
    }
}

enum err dlms_print(struct arena *a, struct bytes b,
                    const struct dlms_keys *keys, FILE *out)
{
    struct printer p = { .a = a, .out = out, .keys = keys };
    struct telegram t;
    enum err e;

    telegram_init(&t, a, b);
    while (telegram_more(&t)) {
        size_t start = t.at;

        if ((e = telegram_next(&t)) != ERR_OK) {
            error_line(&p, 0, (struct bytes){ b.at + start, b.len - start });
            return e;
        }
        frame(&p, &t);
        if (t.whole && (e = apdu(&p, 1, t.apdu)) != ERR_OK)
            return e;
    }
    if (t.parts.busy) {
        e = err_raise(ERR_PROTOCOL, "offset %zu: parts of the APDU are missing",
                      b.len);
        error_line(&p, 0, b);
        return e;
    }
    return ERR_OK;
}
