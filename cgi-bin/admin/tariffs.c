/*
 * «Тарифы» (GC-171, GC-172). A price begins now or on a day to come; what has
 * been charged keeps the price of its time.
 */
#include "cgi-bin/admin/tariffs.h"

#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "lib/base/clock.h"
#include "lib/document/document.h"
#include "lib/model/tariff.h"
#include "lib/units/quantity.h"

#define BEGINS 4

static const struct listing_column columns[] = {
    { .name = "name", .kind = CELL_TEXT, .sorts = true, .width = 30 },
    { .name = "price", .kind = CELL_NUMBER, .sorts = true, .width = 16 },
    { .name = "description", .kind = CELL_TEXT, .sorts = true, .width = 50 },
    { .name = "next", .kind = CELL_NUMBER, .sorts = true, .width = 16 },
    [BEGINS] = { .name = "begins",
                 .kind = CELL_MOMENT,
                 .sorts = true,
                 .width = 20 },
};

/* A price begins with a day, never at an hour: "01-12-2026". */
static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    int field = (int)column + 1;

    (void)r;
    if (column != BEGINS || row_null(rows, row, field))
        return NULL;
    return arena_printf(a, "%.10s",
                        moment_text(a, row_moment(rows, row, field)));
}

static const struct listing listing = {
    .root = "List",
    .words = "Tariffs",
    .address = "/admin/tariffs",
    .sort = "name",
    .statement = { Q_TARIFF_PAGE, Q_TARIFF_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .picks = true,
    .cell = cell,
};

enum err tariffs_list(struct req *r)
{
    return directory_list(r, &listing, "tariffs");
}

enum err tariffs_file(struct req *r)
{
    return directory_file(r, &listing);
}

/* ---- the form ---- */

static const struct sheet_field fields[] = {
    { .name = "name", .required = true, .max = 64 },
    { .name = "price", .kind = SHEET_NUMBER, .required = true, .max = 32 },
    { .name = "description", .kind = SHEET_AREA, .max = 500 },
    { .name = "next", .kind = SHEET_NUMBER, .max = 32, .group = "Later" },
    { .name = "begins", .kind = SHEET_DAY, .max = 10 },
};

/* What was typed, as money and a day. */
struct tariff_form {
    struct tariff tariff;
    struct money next;
    const char *begins; /* "" without a price to come */
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "Tariff", listing.address, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

enum err tariff_new(struct req *r)
{
    struct sheet s = form_of(r);

    return sheet_render(&s, NULL);
}

/* A price to come fills the fields; those in force are told as facts. */
static void prices_show(struct sheet *s, const struct tariff_price *p, size_t n)
{
    struct arena *a = s->r->arena;

    for (size_t i = 0; i < n; i++) {
        if (!p[i].begun) {
            sheet_put(s, "next", money_text(a, p[i].price));
            sheet_put(s, "begins",
                      arena_strndup(a, moment_iso(a, p[i].valid_from), 10));
        } else if (p[i].valid_from.us != 0) {
            sheet_fact(s, "Since",
                       arena_printf(a, "%s — %s",
                                    moment_text(a, p[i].valid_from),
                                    money_text(a, p[i].price)));
        }
    }
}

enum err tariff_edit(struct req *r)
{
    struct sheet s = form_of(r);
    const struct tariff_price *prices;
    struct tariff t;
    size_t n;
    enum err e;

    if ((e = tariff_find(r->db, r->arena, r->id, &t)) != ERR_OK ||
        (e = tariff_prices(r->db, r->arena, r->id, &prices, &n)) != ERR_OK)
        return e;
    sheet_put(&s, "name", t.name);
    sheet_put(&s, "price", money_text(r->arena, t.price));
    sheet_put(&s, "description", t.description);
    prices_show(&s, prices, n);
    s.version = t.version;
    return sheet_render(&s, NULL);
}

static struct money price_read(struct sheet *s, const char *name)
{
    struct money limit = { TARIFF_LIMIT_KOPECKS }, price = { 0 };

    switch (money_read(sheet_text(s, name), limit, &price)) {
    case MONEY_EMPTY: /* told already where it is needed */
        break;
    case MONEY_NO_NUMBER:
        sheet_mistake(s, name, "NotAmount");
        break;
    case MONEY_DECIMALS:
        sheet_mistake(s, name, "Decimals");
        break;
    case MONEY_TOO_LARGE:
        sheet_mistake(s, name, "TooLarge");
        break;
    case MONEY_GOOD:
        if (price.kopecks < 0)
            sheet_mistake(s, name, "Negative");
        break;
    }
    return price;
}

/* A price to come has both, and its day has not begun. */
static void later_check(struct sheet *s)
{
    struct arena *a = s->r->arena;
    const char *day = sheet_text(s, "begins");
    const char *today = moment_iso(a, (struct moment){ clock_now_us() });

    if (sheet_on(s, "next") && day[0] == '\0')
        sheet_mistake(s, "begins", "NoDay");
    if (day[0] == '\0')
        return;
    if (!sheet_on(s, "next"))
        sheet_mistake(s, "next", "NoNext");
    if (day_read(a, day) == NULL)
        sheet_mistake(s, "begins", "NotDay");
    else if (strncmp(day, today, 10) <= 0)
        sheet_mistake(s, "begins", "NotLater");
}

static enum err form_read(struct sheet *s, struct tariff_form *f)
{
    bool taken = false;
    enum err e;

    sheet_read(s);
    *f = (struct tariff_form){
        .tariff = { .id = s->r->id,
                    .version = s->version,
                    .name = sheet_text(s, "name"),
                    .description = sheet_text(s, "description"),
                    .price = price_read(s, "price") },
        .next = price_read(s, "next"),
        .begins = sheet_text(s, "begins"),
    };
    later_check(s);
    e = tariff_taken(s->r->db, s->r->arena, &f->tariff, &taken);
    if (e != ERR_OK)
        return e;
    if (taken)
        sheet_mistake(s, "name", "NameTaken");
    return ERR_OK;
}

/* The price to come, and the line of the log. */
static enum err rest_put(struct sheet *s, const struct tariff_form *f,
                         int64_t id, const char *action)
{
    struct req *r = s->r;
    const char *note =
        arena_printf(r->arena, "%s, %s руб/1000м³", f->tariff.name,
                     money_text(r->arena, f->tariff.price));
    enum err e = tariff_price_drop(r->db, r->arena, id);

    if (e == ERR_OK && f->begins[0] != '\0') {
        e = tariff_price_set(r->db, r->arena, id, f->begins, f->next,
                             r->who.login);
        note = arena_printf(r->arena, "%s; с %s %s", note, f->begins,
                            money_text(r->arena, f->next));
    }
    if (e == ERR_OK)
        e = audit_tell(r, action, note);
    return sheet_end(s, e, "Saved", f->tariff.name);
}

enum err tariff_save(struct req *r)
{
    bool new = r->id == 0;
    struct sheet s = form_of(r);
    struct tariff_form f;
    int64_t id = r->id;
    enum err e;

    if ((e = form_read(&s, &f)) != ERR_OK)
        return e;
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    e = new ? tariff_add(r->db, r->arena, &f.tariff, &id)
            : tariff_change(r->db, r->arena, &f.tariff);
    return e != ERR_OK
               ? sheet_conflict(&s, e)
               : rest_put(&s, &f, id, new ? "Добавлен тариф" : "Изменён тариф");
}

/* ---- deleting ---- */

static struct sheet question_of(struct req *r)
{
    struct sheet s = row_sheet(r, "Tariff", listing.address, "delete");

    sheet_title(&s, "Delete", "");
    return s;
}

static enum err question_show(struct sheet *s, const struct tariff *t)
{
    s->version = t->version;
    sheet_fact(s, "name", t->name);
    sheet_fact(s, "price", money_text(s->r->arena, t->price));
    if (t->in_use) {
        sheet_notice(s, "warn", "InUse");
        sheet_shut(s);
    }
    sheet_button(s, "danger", "DeleteButton");
    return sheet_render(s, NULL);
}

enum err tariff_ask(struct req *r)
{
    struct sheet s = question_of(r);
    struct tariff t;
    enum err e = tariff_find(r->db, r->arena, r->id, &t);

    return e != ERR_OK ? e : question_show(&s, &t);
}

enum err tariff_remove(struct req *r)
{
    struct sheet s = question_of(r);
    struct tariff t;
    enum err e;

    sheet_read(&s);
    if ((e = tariff_find(r->db, r->arena, r->id, &t)) != ERR_OK)
        return e;
    if (t.in_use) {
        answer_status(r, 409);
        return question_show(&s, &t);
    }
    if ((e = tariff_delete(r->db, r->arena, r->id, s.version)) == ERR_OK)
        e = audit_tell(r, "Удалён тариф", t.name);
    return sheet_end(&s, e, "Deleted", t.name);
}
