/* General block transfer: see gbt.h. */
#include "lib/dlms/gbt.h"

#define HEAD       9 /* tag, control, two numbers, length of up to three bytes */
#define ATTEMPTS   3
#define BLOCKS_MAX 0xFFF0u

void gbt_init(struct gbt *g, struct arena *a, uint8_t window, size_t max)
{
    *g = (struct gbt){ .window = window, .max = max, .next = 1 };
    dlms_out_init(&g->in, a);
}

bool gbt_receiving(const struct gbt *g)
{
    return g->started;
}

static enum err put(struct gbt *g, bool last, struct bytes raw,
                    struct dlms_out *o)
{
    struct dlms_apdu b = { .tag = DLMS_GENERAL_BLOCK_TRANSFER };

    b.general_block = (struct dlms_general_block){
        .last = last,
        .window = g->window,
        .number = g->number,
        .confirmed = (uint16_t)(g->next - 1),
        .raw = raw,
    };
    return dlms_apdu_put(o, &b);
}

/* The block at g->at, under the number g->number. */
static enum err put_part(struct gbt *g, struct dlms_out *o)
{
    size_t left = g->out.len - g->at;
    size_t n = left < g->part ? left : g->part;

    return put(g, n == left, (struct bytes){ g->out.at + g->at, n }, o);
}

enum err gbt_send(struct gbt *g, struct bytes apdu, size_t pdu,
                  struct dlms_out *o)
{
    if (pdu <= HEAD || apdu.len / (pdu - HEAD) > BLOCKS_MAX)
        return err_raise(ERR_INVALID, "%zu bytes do not go in PDUs of %zu",
                         apdu.len, pdu);
    g->out = apdu;
    g->at = 0;
    g->part = pdu - HEAD;
    g->number++;
    return put_part(g, o);
}

static enum err try_again(struct gbt *g)
{
    if (++g->again > ATTEMPTS)
        return err_raise(ERR_PROTOCOL, "general blocks make no progress");
    return ERR_OK;
}

/* Confirms what came in order; asks for what did not. */
static enum err confirm(struct gbt *g, struct dlms_out *o)
{
    g->number++;
    g->run = 0;
    g->gap = false;
    return put(g, true, (struct bytes){ NULL, 0 }, o);
}

/* While ours is on its way: the next part of it, or the same again. */
static enum err sending(struct gbt *g, const struct dlms_general_block *b,
                        struct dlms_out *o)
{
    enum err e;

    if (b->confirmed == g->number) {
        size_t left = g->out.len - g->at;

        g->at += left < g->part ? left : g->part;
        g->again = 0;
        if (g->at == g->out.len)
            return ERR_OK;
        g->number++;
        return put_part(g, o);
    }
    if (b->confirmed + 1 != g->number)
        return err_raise(ERR_PROTOCOL, "block %u confirmed, %u was sent",
                         b->confirmed, g->number);
    return (e = try_again(g)) != ERR_OK ? e : put_part(g, o);
}

static enum err take(struct gbt *g, const struct dlms_general_block *b)
{
    /* Some ends count their empty confirmations, some do not. */
    if (!g->started && b->number >= g->next && b->number <= g->next + 1u)
        g->next = b->number;
    if (b->number < g->next)
        return ERR_OK; /* came twice */
    if (b->number > g->next) {
        g->gap = true;
        return ERR_OK;
    }
    if (g->in.len + b->raw.len > g->max || g->next >= BLOCKS_MAX)
        return err_raise(ERR_PROTOCOL, "general blocks of over %zu bytes",
                         g->max);
    dlms_out_raw(&g->in, b->raw.at, b->raw.len);
    g->next++;
    g->again = 0;
    return ERR_OK;
}

static enum err receiving(struct gbt *g, const struct dlms_general_block *b,
                          struct dlms_out *o, bool *whole)
{
    uint16_t before = g->next;
    enum err e;

    if (b->raw.len == 0 && !g->started) { /* a confirmation, nothing else */
        if (b->number >= g->next)
            g->next = (uint16_t)(b->number + 1);
        return b->last || b->streaming ? ERR_OK : confirm(g, o);
    }
    if ((e = take(g, b)) != ERR_OK)
        return e;
    g->started = true;
    g->run++;
    if (b->last && g->next == b->number + 1u) {
        *whole = true;
        return ERR_OK;
    }
    if (b->streaming && !b->last && g->run < g->window)
        return ERR_OK;
    if (g->next == before && (e = try_again(g)) != ERR_OK)
        return e;
    return confirm(g, o);
}

enum err gbt_hear(struct gbt *g, const struct dlms_general_block *b,
                  struct dlms_out *o, bool *whole)
{
    size_t before = o->len;
    enum err e;

    *whole = false;
    if (g->at < g->out.len) {
        if ((e = sending(g, b, o)) != ERR_OK || o->len > before)
            return e;
        if (b->raw.len == 0)
            return ERR_OK; /* all is there; the answer comes */
    }
    return receiving(g, b, o, whole);
}
