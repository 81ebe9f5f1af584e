/* Meters: the list, the card, the stream. */
#include "lib/model/meter.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/model/serials.h"

/* Searching anywhere takes three characters: that is what trigrams find. */
#define INFIX_FROM 3
/* meter_search_page stops collecting one later. */
#define FOUND_CAP 1000
/* Pages this deep are worth knowing whether the end is nearer. */
#define DEEP 5000

/* Columns of sql/queries/meter_page.sql; FOUND of meter_search_page.sql. */
enum {
    ID,
    ACCOUNT,
    SERIAL,
    MEDIUM,
    AT,
    VOLUME,
    ENERGY,
    WORKING,
    TAMPER,
    STATUS,
    SILENT,
    VALVE,
    BALANCE,
    WAITING,
    TOTAL,
    FOUND,
};

/* ---- what is searched for ---- */

static bool is_infix(const char *term)
{
    return text_length(term) >= INFIX_FROM;
}

/* A phrase as the statements take it: meter_search_page.sql, meter_csv.sql. */
struct search {
    enum { SEARCH_ALL, SEARCH_PREFIX, SEARCH_INFIX, SEARCH_SERIALS } way;
    const char *params[SERIALS_PARAMS + 1];
};

/* A phrase without masks may stand in an account as well: "12-34". */
static void search_serials(struct arena *a, const char *term,
                           const struct serials *named, struct search *out)
{
    out->way = named->all ? SEARCH_ALL : SEARCH_SERIALS;
    param_serials(a, named, out->params);
    out->params[SERIALS_PARAMS] =
        strpbrk(term, "*?") == NULL ? param_literal(a, term) : NULL;
}

/* What a phrase asks for; masks, lists and ranges name meters (GC-037). */
static struct search search_of(struct arena *a, const char *term)
{
    struct search s = { .way = SEARCH_ALL };
    struct serials named;
    struct serials_fault fault;

    if (serials_meant(term) &&
        serials_parse(a, term, strlen(term), &named, &fault) == ERR_OK) {
        search_serials(a, term, &named, &s);
    } else if (is_infix(term)) {
        s.way = SEARCH_INFIX;
        s.params[0] = param_literal(a, term);
    } else if (term[0] != '\0') {
        s.way = SEARCH_PREFIX;
        s.params[0] = term;
        s.params[1] = param_after(a, term);
    }
    return s;
}

/* ---- the list ---- */

static struct meter meter_of_row(const struct rows *r, size_t i)
{
    return (struct meter){
        .id = row_int(r, i, ID),
        .account = row_text(r, i, ACCOUNT),
        .serial = row_text(r, i, SERIAL),
        .medium = row_text(r, i, MEDIUM),
        .at = row_moment(r, i, AT),
        .volume_dm3 = row_figure(r, i, VOLUME),
        .energy_wh = row_figure(r, i, ENERGY),
        .working_h = row_figure(r, i, WORKING),
        .tamper_h = row_figure(r, i, TAMPER),
        .status = row_int(r, i, STATUS),
        .silent = row_bool(r, i, SILENT),
        .valve = row_figure(r, i, VALVE),
        .balance_kopecks = row_figure(r, i, BALANCE),
        .waiting = command_of_row(r, i, WAITING),
    };
}

static enum err meter_total(struct db *db, struct arena *a, int64_t *total)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_METER_TOTAL, NULL, &rows);

    if (e == ERR_OK)
        *total = row_int(&rows, 0, 0);
    return e;
}

static void list_fill(struct arena *a, const struct rows *rows,
                      struct meter_list *out)
{
    struct meter *list = arena_alloc(a, rows->n * sizeof(*list) + 1);

    for (size_t i = 0; i < rows->n; i++)
        list[i] = meter_of_row(rows, i);
    out->rows = list;
    out->n = rows->n;
    if (rows->n > 0)
        out->all = row_int(rows, 0, TOTAL);
}

/* Rows before the last page of this size. */
static int64_t last_page(int64_t total, int64_t size)
{
    return total > 0 ? (total - 1) / size * size : 0;
}

static enum query page_query(const struct meter_filter *f, int dir)
{
    return (enum query)(Q_METER_PAGE + (int)f->order * Q_METER_PAGE__N_DIR +
                        dir + (f->descending ? 1 : 0));
}

static enum err page_from_start(struct db *db, struct arena *a,
                                const struct meter_filter *f,
                                struct meter_list *out)
{
    const char *const params[] = { param_int(a, f->span.rows),
                                   param_int(a, out->before) };
    int dir =
        out->before == 0 ? Q_METER_PAGE__DIR_ASC_FIRST : Q_METER_PAGE__DIR_ASC;
    struct rows rows;
    enum err e;

    if ((e = db_query(db, a, page_query(f, dir), params, &rows)) == ERR_OK)
        list_fill(a, &rows, out);
    return e;
}

/* The same rows, walked from the last one. */
static enum err page_from_end(struct db *db, struct arena *a,
                              const struct meter_filter *f,
                              struct meter_list *out)
{
    int64_t after = out->all - out->before - f->span.rows;
    int64_t n = after < 0 ? f->span.rows + after : f->span.rows;
    const char *const params[] = { param_int(a, n),
                                   param_int(a, after < 0 ? 0 : after) };
    struct rows rows;
    enum err e;

    if ((e = db_query(db, a, page_query(f, Q_METER_PAGE__DIR_ASC_END), params,
                      &rows)) == ERR_OK)
        list_fill(a, &rows, out);
    return e;
}

/* Asked for far rows: says how many there are, and comes back to the last. */
static enum err page_deep(struct db *db, struct arena *a,
                          const struct meter_filter *f, struct meter_list *out)
{
    enum err e = meter_total(db, a, &out->all);

    if (e != ERR_OK)
        return e;
    if (out->before >= out->all)
        out->before = last_page(out->all, f->span.rows);
    if (out->before > out->all / 2)
        return page_from_end(db, a, f, out);
    return page_from_start(db, a, f, out);
}

static enum err page_of_all(struct db *db, struct arena *a,
                            const struct meter_filter *f,
                            struct meter_list *out)
{
    enum err e = out->before > DEEP ? page_deep(db, a, f, out)
                                    : page_from_start(db, a, f, out);

    if (e == ERR_OK && out->n == 0 && out->before > 0)
        e = page_deep(db, a, f, out);
    out->total = out->all;
    return e;
}

static enum query found_query(const struct meter_filter *f,
                              const struct search *s)
{
    static const int filters[] = {
        [SEARCH_PREFIX] = Q_METER_SEARCH_PAGE__FILTER_PREFIX,
        [SEARCH_INFIX] = Q_METER_SEARCH_PAGE__FILTER_INFIX,
        [SEARCH_SERIALS] = Q_METER_SEARCH_PAGE__FILTER_SERIALS,
    };

    return (enum query)(
        Q_METER_SEARCH_PAGE +
        (filters[s->way] * Q_METER_SEARCH_PAGE__N_ORDER + (int)f->order) *
            Q_METER_SEARCH_PAGE__N_DIR +
        (f->descending ? 1 : 0));
}

static enum err page_found(struct db *db, struct arena *a,
                           const struct meter_filter *f, const struct search *s,
                           struct meter_list *out)
{
    const char *params[2 + SERIALS_PARAMS + 1] = { param_int(a, f->span.rows),
                                                   param_int(a, out->before) };
    struct rows rows;
    enum err e;

    memcpy(params + 2, s->params, sizeof(s->params));
    if ((e = db_query(db, a, found_query(f, s), params, &rows)) != ERR_OK)
        return e;
    list_fill(a, &rows, out);
    out->total = rows.n > 0 ? row_int(&rows, 0, FOUND) : 0;
    return ERR_OK;
}

static enum err page_of_search(struct db *db, struct arena *a,
                               const struct meter_filter *f,
                               const struct search *s, struct meter_list *out)
{
    enum err e = page_found(db, a, f, s, out);

    if (e == ERR_OK && out->n == 0 && out->before > 0) {
        /* Past the end: the first page knows where the last one is. */
        out->before = 0;
        e = page_found(db, a, f, s, out);
        if (e == ERR_OK && out->total > f->span.rows) {
            out->before = last_page(out->total, f->span.rows);
            e = page_found(db, a, f, s, out);
        }
    }
    if (e == ERR_OK && out->n == 0)
        e = meter_total(db, a, &out->all);
    if (out->total > FOUND_CAP) {
        out->total = FOUND_CAP;
        out->more = true;
    }
    return e;
}

enum err meter_page(struct db *db, struct arena *a,
                    const struct meter_filter *filter, struct meter_list *out)
{
    struct search search = search_of(a, filter->term);

    memset(out, 0, sizeof(*out));
    out->before = filter->span.before;
    if (search.way != SEARCH_ALL)
        return page_of_search(db, a, filter, &search, out);
    return page_of_all(db, a, filter, out);
}

/* ---- the stream ---- */

/* Columns of sql/queries/meter_csv.sql. */
enum {
    L_ACCOUNT,
    L_SERIAL,
    L_AT,
    L_VOLUME,
    L_ENERGY,
    L_WORKING,
    L_TAMPER,
    L_STATUS,
    L_SILENT,
    L_VALVE,
    L_BALANCE,
    L_FULL_NAME,
    L_ADDRESS,
    L_BRANCH,
    L_MODEL,
};

struct stream {
    enum err (*each)(const struct meter_line *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    struct stream *s = ctx;
    struct meter_line line = {
        .meter = {
            .account = row_text(row, 0, L_ACCOUNT),
            .serial = row_text(row, 0, L_SERIAL),
            .at = row_moment(row, 0, L_AT),
            .volume_dm3 = row_figure(row, 0, L_VOLUME),
            .energy_wh = row_figure(row, 0, L_ENERGY),
            .working_h = row_figure(row, 0, L_WORKING),
            .tamper_h = row_figure(row, 0, L_TAMPER),
            .status = row_int(row, 0, L_STATUS),
            .silent = row_bool(row, 0, L_SILENT),
            .valve = row_figure(row, 0, L_VALVE),
            .balance_kopecks = row_figure(row, 0, L_BALANCE),
        },
        .full_name = row_text(row, 0, L_FULL_NAME),
        .address = row_text(row, 0, L_ADDRESS),
        .branch = row_text(row, 0, L_BRANCH),
        .model = row_text(row, 0, L_MODEL),
    };

    return s->each(&line, s->ctx);
}

enum err meter_stream(struct db *db, struct arena *a, const char *term,
                      enum err (*each)(const struct meter_line *it, void *ctx),
                      void *ctx)
{
    static const enum query queries[] = {
        [SEARCH_ALL] = Q_METER_CSV__ALL,
        [SEARCH_PREFIX] = Q_METER_CSV__PREFIX,
        [SEARCH_INFIX] = Q_METER_CSV__INFIX,
        [SEARCH_SERIALS] = Q_METER_CSV__SERIALS,
    };
    struct search search = search_of(a, term);
    struct stream s = { each, ctx };
    enum query begin = search.way == SEARCH_ALL ? Q_STREAM_BEGIN__WALKED
                                                : Q_STREAM_BEGIN__GATHERED;
    enum err e;

    if ((e = db_exec(db, a, begin, NULL)) != ERR_OK)
        return e;
    return db_stream(db, queries[search.way], search.params, stream_row, &s);
}
