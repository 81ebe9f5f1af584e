/* The list of sessions. One of them is opened by exchange_one.c. */
#include "cgi-bin/admin/exchange.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgi-bin/admin/faults.h"
#include "cgi-bin/admin/meters.h"
#include "cgi-bin/web/listing.h"
#include "cgi-bin/web/table.h"

/* As exchange_page.sql has them. */
enum { AT, DEVICE, ADDRESS, RESULT, TOOK, IN, OUT, PROTOCOL };

static const struct listing_column columns[] = {
    [AT] = { .name = "at", .kind = CELL_MOMENT, .sorts = true, .width = 24 },
    [DEVICE] = { .name = "device", .kind = CELL_CODE, .width = 24 },
    [ADDRESS] = { .name = "address", .kind = CELL_CODE, .width = 18 },
    [RESULT] = { .name = "result", .width = 39 },
    [TOOK] = { .name = "took", .kind = CELL_COUNT, .width = 10 },
    [IN] = { .name = "in", .kind = CELL_COUNT, .width = 10 },
    [OUT] = { .name = "out", .kind = CELL_COUNT, .width = 10 },
    [PROTOCOL] = { .name = "protocol", .kind = CELL_CODE, .width = 12 },
};

const char *exchange_moment(struct arena *a, struct moment m)
{
    return arena_printf(a, "%s.%03d", moment_text(a, m),
                        (int)(m.us / 1000 % 1000));
}

const char *exchange_word(struct req *r, const char *result)
{
    const char *key = arena_printf(r->arena, "ExchangeResult.%s", result);

    return word_known(r, key) ? word(r, key) : fault_word(r, result);
}

static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    int field = (int)column + 1;

    if (column == AT)
        return exchange_moment(a, row_moment(rows, row, field));
    if (column == RESULT)
        return exchange_word(r, row_text(rows, row, field));
    return NULL;
}

/* ---- what is looked for ---- */

/* Further parameters of the statement, in its order. */
enum { METER, FROM, TO, WANTED, PEER, BYTES, OTHER_BYTES, EXTRAS };
_Static_assert(EXTRAS <= DIRECTORY_EXTRA_MAX, "they fit");

/* "2026-11-20T03:15", as browsers send it. */
static bool is_minute(const char *text)
{
    static const char form[] = "0000-00-00T00:00";
    size_t i = 0;

    for (; text[i] != '\0' && form[i] != '\0'; i++) {
        if (form[i] == '0' ? !isdigit((unsigned char)text[i])
                           : text[i] != form[i])
            return false;
    }
    return text[i] == '\0' && form[i] == '\0';
}

static enum err minute_read(struct req *r, const char *name, const char **out)
{
    *out = form_text(r, name);
    if ((*out)[0] != '\0' && !is_minute(*out))
        return err_raise(ERR_INVALID, "%s is no minute", name);
    return ERR_OK;
}

static int nibble(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, tolower((unsigned char)c));

    return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

/* "7e a0-1f:00" as bytes; false when it is no hex. */
static bool hex_read(struct arena *a, const char *text, struct bytes *out)
{
    uint8_t *at = arena_alloc(a, strlen(text) / 2 + 1);
    size_t n = 0;

    while (*text != '\0') {
        int high, low;

        if (strchr(" :-", *text) != NULL) {
            text++;
            continue;
        }
        high = nibble(text[0]);
        low = high >= 0 ? nibble(text[1]) : -1;
        if (low < 0)
            return false;
        at[n++] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
        text += 2;
    }
    *out = (struct bytes){ at, n };
    return n > 0;
}

static void bytes_read(struct req *r, struct listing_state *s)
{
    const char *term = s->filter.term;
    struct bytes text = { (const uint8_t *)term, strlen(term) }, hex;

    if (!hex_read(r->arena, term, &hex))
        hex = text;
    s->filter.extra[BYTES] = param_bytea(r->arena, hex);
    s->filter.extra[OTHER_BYTES] = param_bytea(r->arena, text);
}

static enum err state_read(struct req *r, const struct listing *l,
                           int64_t meter, struct listing_state *s)
{
    const char **extra = s->filter.extra;
    enum err e;

    if ((e = listing_read(r, l, s)) != ERR_OK ||
        (e = minute_read(r, "from", &extra[FROM])) != ERR_OK ||
        (e = minute_read(r, "to", &extra[TO])) != ERR_OK)
        return e;
    extra[METER] = meter != 0 ? param_int(r->arena, meter) : NULL;
    extra[WANTED] = form_text(r, "result");
    extra[PEER] = form_text(r, "address");
    s->filter.n_extra = EXTRAS;
    s->filter.walked = true; /* by the key */
    bytes_read(r, s);
    return ERR_OK;
}

static const char *const fields[] = { "meter", "from", "to", "result",
                                      "address" };
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* The fields of the filter, as they stand in the address. */
static const char *keep(struct req *r)
{
    const char *out = "";

    for (size_t i = 0; i < FIELDS; i++) {
        const char *value = form_text(r, fields[i]);

        if (value[0] != '\0')
            out = arena_printf(r->arena, "%s%s%s=%s", out,
                               out[0] != '\0' ? "&" : "", fields[i],
                               url_encode(r->arena, value));
    }
    return out;
}

static struct listing listing_of(struct req *r, int64_t meter)
{
    return (struct listing){
        .root = "List",
        .words = meter != 0 ? "ExchangeMeter" : "Exchange",
        .address = EXCHANGE_ADDRESS,
        .keep = keep(r),
        .sort = "-at",
        .statement = { meter != 0 ? Q_EXCHANGE_PAGE__OF_METER__AT_ASC__ALL
                                  : Q_EXCHANGE_PAGE__FAULTY__AT_ASC__ALL,
                       meter != 0 ? Q_EXCHANGE_COUNT__OF_METER__ALL
                                  : Q_EXCHANGE_COUNT__FAULTY__ALL },
        .columns = columns,
        .n_columns = sizeof(columns) / sizeof(columns[0]),
        .picks = true,
        .cell = cell,
    };
}

/* ---- the page ---- */

static enum err results_show(struct req *r, bool of_meter)
{
    static const char *const own[] = { "fine", "fault", "stored", "commands",
                                       "left" };
    const char *chosen = form_text(r, "result");
    size_t n = 0;

    /* Without a meter there are none but those that failed. */
    for (size_t i = of_meter ? 0 : 4; i < sizeof(own) / sizeof(own[0]); i++) {
        view_set_at(r, "Results", n, "Code", own[i]);
        view_set_at(r, "Results", n, "Word", exchange_word(r, own[i]));
        if (strcmp(own[i], chosen) == 0)
            view_set_at(r, "Results", n, "Current", "1");
        n++;
    }
    return fault_choices(r, "Results", n, chosen);
}

/* Filter.From .To .Address, Filter.Reset: an address without a filter. */
static void filter_show(struct req *r, const struct listing_state *s,
                        int64_t meter)
{
    const char *const *extra = s->filter.extra;

    view_set(r, "Filter.From", extra[FROM]);
    view_set(r, "Filter.To", extra[TO]);
    view_set(r, "Filter.Address", extra[PEER]);
    if (extra[FROM][0] == '\0' && extra[TO][0] == '\0' &&
        extra[PEER][0] == '\0' && extra[WANTED][0] == '\0')
        return;
    if (meter != 0)
        view_setf(r, EXCHANGE_ADDRESS "?meter=%" PRId64, "Filter.Reset", meter);
    else
        view_set(r, "Filter.Reset", EXCHANGE_ADDRESS);
}

/* Of.Serial .Type .Back: the meter; Lost.Times .At .AtIso, Off: warnings. */
static enum err head_show(struct req *r, int64_t meter)
{
    struct exchange_lost lost;
    struct fleet_meter m;
    enum err e = exchange_lost(r->db, r->arena, &lost);

    if (e != ERR_OK)
        return e;
    if (lost.days == 0)
        view_set(r, "Off", "1");
    if (lost.times > 0) {
        view_set(r, "Lost.Times", count_text(r->arena, lost.times));
        view_set(r, "Lost.At", moment_text(r->arena, lost.last_at));
        view_set(r, "Lost.AtIso", moment_iso(r->arena, lost.last_at));
    }
    if (meter == 0)
        return ERR_OK;
    if ((e = fleet_find(r->db, r->arena, meter, &m)) != ERR_OK)
        return e;
    view_set(r, "Of.Serial", m.serial);
    view_set(r, "Of.Type", m.type);
    view_setf(r, METERS_ADDRESS "?q=%s&id=%" PRId64, "Of.Back",
              url_encode(r->arena, m.serial), meter);
    return ERR_OK;
}

/* meter 0: of none. */
static enum err asked(struct req *r, int64_t *meter, struct listing *l,
                      struct listing_state *s)
{
    enum err e = form_int(r, "meter", 1, INT64_MAX, 0, meter);

    if (e != ERR_OK)
        return e;
    *l = listing_of(r, *meter);
    return state_read(r, l, *meter, s);
}

enum err exchange_page(struct req *r)
{
    struct listing_state s = { 0 };
    struct listing l;
    int64_t meter;
    enum err e;

    if ((e = asked(r, &meter, &l, &s)) != ERR_OK ||
        (e = head_show(r, meter)) != ERR_OK ||
        (e = results_show(r, meter != 0)) != ERR_OK ||
        (e = listing_show(r, &l, &s, -1)) != ERR_OK)
        return e;
    filter_show(r, &s, meter);
    listing_keep_fields(r, &l, fields, FIELDS);
    if (meter != 0)
        view_set_int(r, "Of.Meter", meter);
    if (s.picked != 0 && (e = exchange_one_show(r, s.picked)) != ERR_OK)
        return e;
    return view_render(r, "admin/exchange.cst");
}

enum err exchange_file(struct req *r)
{
    struct listing_state s = { 0 };
    struct listing l;
    int64_t meter;
    enum err e = asked(r, &meter, &l, &s);

    return e != ERR_OK ? e : listing_download(r, &l, &s);
}
