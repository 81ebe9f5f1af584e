/* What an administrator asks when a meter does not get through. */
#include "cgi-bin/admin/faults.h"

#include <stdio.h>
#include <string.h>

#include "cgi-bin/admin/exchange.h"
#include "cgi-bin/web/listing.h"
#include "lib/model/fault.h"

#define FAULTS_ADDRESS "/admin/faults"

/* As fault_page.sql has them. */
enum { LAST, ADDRESS, REASON, TIMES, FIRST, DETAIL };

static const struct listing_column columns[] = {
    [LAST] = { .name = "last",
               .kind = CELL_MOMENT,
               .sorts = true,
               .width = 20 },
    [ADDRESS] = { .name = "address", .kind = CELL_CODE, .width = 18 },
    [REASON] = { .name = "reason", .width = 50 },
    [TIMES] = { .name = "times", .kind = CELL_COUNT, .width = 10 },
    [FIRST] = { .name = "first", .kind = CELL_MOMENT, .width = 20 },
    [DETAIL] = { .name = "detail", .width = 60 },
    { .name = "sample", .kind = CELL_CODE, .width = 40 },
};

const char *fault_word(struct req *r, const char *reason)
{
    char key[80];

    snprintf(key, sizeof(key), "FaultReason.%s", reason);
    return word_known(r, key) ? word(r, key) : reason;
}

/* What the reason means, and behind it what was found, in the words of the
 * protocol's standard: those are English. */
static const char *detail_words(struct req *r, struct arena *a,
                                const char *reason, const char *detail)
{
    const char *key = arena_printf(a, "FaultDetail.%s", reason);

    if (!word_known(r, key))
        return NULL;
    return detail[0] != '\0' ? arena_printf(a, "%s (%s)", word(r, key), detail)
                             : word(r, key);
}

static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    const char *reason = row_text(rows, row, REASON + 1);

    if (column == DETAIL)
        return detail_words(r, a, reason, row_text(rows, row, DETAIL + 1));
    return column == REASON ? fault_word(r, reason) : NULL;
}

static struct listing listing_of(struct req *r)
{
    return (struct listing){
        .root = "List",
        .words = "Faults",
        .address = FAULTS_ADDRESS,
        .keep = arena_printf(r->arena, "reason=%s",
                             url_encode(r->arena, form_text(r, "reason"))),
        .sort = "-last",
        .statement = { Q_FAULT_PAGE, Q_FAULT_COUNT },
        .columns = columns,
        .n_columns = sizeof(columns) / sizeof(columns[0]),
        .picks = true,
        .cell = cell,
    };
}

static enum err state_read(struct req *r, const struct listing *l,
                           struct listing_state *s)
{
    s->filter.extra[0] = form_text(r, "reason");
    s->filter.n_extra = 1;
    return listing_read(r, l, s);
}

enum err fault_choices(struct req *r, const char *list, size_t n,
                       const char *chosen)
{
    const char *const *reasons;
    size_t n_reasons;
    enum err e = fault_reasons(r->db, r->arena, &reasons, &n_reasons);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n_reasons; i++, n++) {
        view_set_at(r, list, n, "Code", reasons[i]);
        view_set_at(r, list, n, "Word", fault_word(r, reasons[i]));
        if (strcmp(reasons[i], chosen) == 0)
            view_set_at(r, list, n, "Current", "1");
    }
    return ERR_OK;
}

/* Buttons.Sessions: those of the selected line in the exchange log. */
static enum err button_show(struct req *r, int64_t picked)
{
    struct fault f;
    enum err e;

    if (picked == 0)
        return ERR_OK;
    e = fault_find(r->db, r->arena, picked, &f);
    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    view_set(r, "Buttons.Sessions",
             arena_printf(r->arena,
                          EXCHANGE_ADDRESS
                          "?address=%s&from=%s&to=%s&result=%s",
                          url_encode(r->arena, f.address), f.first, f.last,
                          url_encode(r->arena, f.reason)));
    return ERR_OK;
}

enum err faults_list(struct req *r)
{
    const struct listing l = listing_of(r);
    struct listing_state s = { 0 };
    enum err e;

    if ((e = state_read(r, &l, &s)) != ERR_OK ||
        (e = fault_choices(r, "Reasons", 0, form_text(r, "reason"))) !=
            ERR_OK ||
        (e = button_show(r, s.picked)) != ERR_OK ||
        (e = listing_show(r, &l, &s, -1)) != ERR_OK)
        return e;
    listing_keep_fields(r, &l, (const char *const[]){ "reason" }, 1);
    return view_render(r, "admin/faults.cst");
}

enum err faults_file(struct req *r)
{
    const struct listing l = listing_of(r);
    struct listing_state s = { 0 };
    enum err e = state_read(r, &l, &s);

    return e != ERR_OK ? e : listing_download(r, &l, &s);
}
