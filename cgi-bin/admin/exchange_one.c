/* One session: telegrams with their times, their bytes beside what they say. */
#include "cgi-bin/admin/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi-bin/web/attachment.h"
#include "cgi-bin/web/listing.h"
#include "cgi-bin/web/table.h"
#include "daemon/drivers/transcript.h"
#include "lib/base/buf.h"

/* Of a page; the file has all. */
#define TELEGRAMS_SHOWN 200
#define BYTES_SHOWN     2048
#define LINES_SHOWN     400

/* "68 03 00", lower case (AT-228). */
static const char *hex_spaced(struct arena *a, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(a, b.len * 3 + 1), *to = out;

    for (size_t i = 0; i < b.len; i++) {
        if (i > 0)
            *to++ = ' ';
        *to++ = digits[b.at[i] >> 4];
        *to++ = digits[b.at[i] & 15];
    }
    *to = '\0';
    return out;
}

static struct moment moment_of(const struct exchange *x, int64_t ms)
{
    return (struct moment){ x->at.us + ms * 1000 };
}

/* ---- the page ---- */

/* Lines.M .Text .Depth; true when there were more. */
static bool lines_show(struct req *r, const char *list, const char *text)
{
    size_t n = 0;

    while (*text != '\0' && n < LINES_SHOWN) {
        size_t len = strcspn(text, "\n");
        size_t depth = strspn(text, " ");

        view_set_at(r, list, n, "Text",
                    arena_strndup(r->arena, text + depth, len - depth));
        view_set_at(
            r, list, n, "Depth",
            arena_printf(r->arena, "%zu", depth / 2 < 9 ? depth / 2 : 9));
        text += len + (text[len] == '\n');
        n++;
    }
    return *text != '\0';
}

static void telegram_show(struct req *r, const struct exchange *x,
                          const struct told *t, size_t i)
{
    static const char list[] = "One.Telegrams";
    struct bytes shown = t->is;
    struct moment at = moment_of(x, t->first_ms);
    const char *text = transcript_text(r->arena, x->protocol, t->is);
    bool more = false;

    if (shown.len > BYTES_SHOWN)
        shown.len = BYTES_SHOWN;
    view_set_at(r, list, i, "At", exchange_moment(r->arena, at));
    view_set_at(r, list, i, "AtIso", moment_iso(r->arena, at));
    if (t->last_ms > t->first_ms)
        view_set_at(r, list, i, "Took",
                    count_text(r->arena, t->last_ms - t->first_ms));
    view_set_at(r, list, i, "Side", t->to_meter ? "out" : "in");
    view_set_at(r, list, i, "Length", count_text(r->arena, (int64_t)t->is.len));
    view_set_at(r, list, i, "Hex", hex_spaced(r->arena, shown));
    if (t->hidden)
        view_set_at(r, list, i, "Hidden", "1");
    if (!t->whole)
        view_set_at(r, list, i, "Broken", "1");
    more = lines_show(r, arena_printf(r->arena, "One.Telegrams.%zu.Lines", i),
                      text);
    if (more || shown.len < t->is.len)
        view_set_at(r, list, i, "More", "1");
}

static void telegrams_show(struct req *r, const struct exchange *x,
                           const struct transcript *all)
{
    const char *side = form_text(r, "side");
    size_t shown = 0;

    for (size_t i = 0; i < all->n; i++) {
        const struct told *t = &all->told[i];

        if (strcmp(side, t->to_meter ? "in" : "out") == 0)
            continue;
        if (shown == TELEGRAMS_SHOWN) {
            view_set(r, "One.More", "1");
            return;
        }
        telegram_show(r, x, t, shown++);
    }
}

static int64_t kept_bytes(const struct transcript *all)
{
    int64_t n = 0;

    for (size_t i = 0; i < all->n; i++)
        n += (int64_t)all->told[i].is.len;
    return n;
}

/* One.Sides.N .Code .Word .Href .Current: all of it, or one way. */
static void sides_show(struct req *r, int64_t id)
{
    static const char *const sides[] = { "", "in", "out" };
    static const char *const words[] = { "Exchange.Both", "Exchange.FromMeter",
                                         "Exchange.ToMeter" };

    for (size_t i = 0; i < 3; i++) {
        view_set_at(r, "One.Sides", i, "Word", word(r, words[i]));
        view_set_at(r, "One.Sides", i, "Href",
                    arena_printf(r->arena, "%s&id=%" PRId64 "&side=%s",
                                 view_text(r, "List.Here"), id, sides[i]));
        if (strcmp(form_text(r, "side"), sides[i]) == 0)
            view_set_at(r, "One.Sides", i, "Current", "1");
    }
}

static void facts_show(struct req *r, const struct exchange *x)
{
    struct arena *a = r->arena;

    view_set(r, "One.Id", arena_printf(a, "%" PRId64, x->id));
    view_set(r, "One.At", exchange_moment(a, x->at));
    view_set(r, "One.AtIso", moment_iso(a, x->at));
    view_set(r, "One.Device", x->device);
    if (x->meter_id != 0)
        view_setf(r, EXCHANGE_ADDRESS "?meter=%" PRId64, "One.Meter",
                  x->meter_id);
    view_set(r, "One.Meters", x->meters);
    view_set(r, "One.Address", x->address);
    view_set(r, "One.Result", exchange_word(r, x->result));
    view_set(r, "One.Took", count_text(a, x->took_ms));
    view_set(r, "One.In", count_text(a, x->bytes_in));
    view_set(r, "One.Out", count_text(a, x->bytes_out));
    view_set(r, "One.Protocol", x->protocol);
    view_setf(r, EXCHANGE_ADDRESS "/%" PRId64 "/text", "One.File", x->id);
}

enum err exchange_one_show(struct req *r, int64_t id)
{
    struct transcript all;
    struct exchange x;
    enum err e = exchange_find(r->db, r->arena, id, &x);

    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    if ((e = transcript_read(r->arena, x.protocol, x.frames, &all)) != ERR_OK)
        return e;
    facts_show(r, &x);
    sides_show(r, id);
    telegrams_show(r, &x, &all);
    if (all.cut || kept_bytes(&all) < x.bytes_in + x.bytes_out)
        view_set(r, "One.Cut", "1");
    return ERR_OK;
}

/* ---- the file ---- */

static void facts_write(struct req *r, const struct exchange *x,
                        struct buf *out)
{
    struct arena *a = r->arena;

    buf_puts(
        out,
        arena_printf(a,
                     "# %s %" PRId64 "\n# %s: %s\n# %s: %s\n# %s: %s\n"
                     "# %s: %s\n# %s: %" PRId64 "\n",
                     word(r, "Exchange.Session"), x->id, word(r, "Exchange.at"),
                     exchange_moment(a, x->at), word(r, "Exchange.device"),
                     x->device, word(r, "Exchange.address"), x->address,
                     word(r, "Exchange.result"), exchange_word(r, x->result),
                     word(r, "Exchange.took"), x->took_ms));
}

/* Lines that lazur-decode reads: what is not bytes stands behind a #. */
static void telegram_write(struct req *r, const struct exchange *x,
                           const struct told *t, struct arena *a,
                           struct buf *out)
{
    const char *text = transcript_text(a, x->protocol, t->is);

    buf_puts(out,
             arena_printf(a, "\n# %s  %s%s\n",
                          exchange_moment(a, moment_of(x, t->first_ms)),
                          word(r, t->to_meter ? "Exchange.ToMeter"
                                              : "Exchange.FromMeter"),
                          t->hidden ? word(r, "Exchange.HiddenMark") : ""));
    buf_puts(out, hex_spaced(a, t->is));
    buf_puts(out, "\n");
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        buf_puts(out, arena_printf(a, "#   %.*s\n", (int)len, text));
        text += len + (text[len] == '\n');
    }
}

enum err exchange_text(struct req *r)
{
    struct transcript all;
    struct exchange x;
    struct buf out = { 0 };
    struct arena *a;
    enum err e = exchange_find(r->db, r->arena, r->id, &x);

    if (e != ERR_OK ||
        (e = transcript_read(r->arena, x.protocol, x.frames, &all)) != ERR_OK)
        return e;
    facts_write(r, &x, &out);
    a = arena_new(); /* of a telegram */
    for (size_t i = 0; i < all.n; i++) {
        telegram_write(r, &x, &all.told[i], a, &out);
        arena_reset(a);
    }
    arena_free(a);
    attachment_begin(r,
                     arena_printf(r->arena, "%s %" PRId64 ".txt",
                                  word(r, "Exchange.FileName"), x.id),
                     "text/plain; charset=utf-8", (int64_t)out.len);
    e = attachment_write(r, out.at, out.len);
    buf_free(&out);
    return e;
}
