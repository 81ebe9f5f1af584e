/*
 * «Операторы» (GC-163 ... GC-170): who may work, with what rights and in which
 * branches; and where each is signed in.
 */
#include "cgi-bin/admin/operators.h"

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/operator_sheet.h"
#include "lib/model/operator_card.h"

/* As the statement has them. */
enum { LOGIN, FIRST, LAST, EMAIL, ACCESS, SOAP, SEEN, DISABLED };
#define FIELD_BRANCHLESS 9

static const struct listing_column columns[] = {
    [LOGIN] = { .name = "login", .sorts = true, .width = 20 },
    [FIRST] = { .name = "first", .sorts = true, .width = 20 },
    [LAST] = { .name = "last", .sorts = true, .width = 20 },
    [EMAIL] = { .name = "email", .sorts = true, .width = 30 },
    [ACCESS] = { .name = "access", .sorts = true, .width = 40 },
    [SOAP] = { .name = "soap", .kind = CELL_FLAG, .sorts = true, .width = 8 },
    [SEEN] = { .name = "seen",
               .kind = CELL_MOMENT,
               .sorts = true,
               .width = 20 },
    [DISABLED] = { .name = "disabled",
                   .kind = CELL_FLAG,
                   .sorts = true,
                   .width = 10 },
};

/* «Администратор +»: the plus is access to meters without a branch. */
static const char *access_text(struct req *r, struct arena *a,
                               const struct rows *rows, size_t row)
{
    return arena_printf(
        a, "%s%s",
        word(r, arena_printf(a, "Role.%s", row_text(rows, row, ACCESS + 1))),
        row_bool(rows, row, FIELD_BRANCHLESS) ? " +" : "");
}

static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    return column == ACCESS ? access_text(r, a, rows, row) : NULL;
}

static const struct listing listing = {
    .root = "List",
    .words = "Operators",
    .address = OPERATORS_ADDRESS,
    .sort = "login",
    .statement = { Q_OPERATOR_PAGE, Q_OPERATOR_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .picks = true,
    .cell = cell,
};

static const struct listing_column session_columns[] = {
    { .name = "address", .kind = CELL_CODE, .sorts = true },
    { .name = "started", .kind = CELL_MOMENT, .sorts = true },
    { .name = "active", .kind = CELL_MOMENT, .sorts = true },
};

/* Where the selected operator is signed in. */
static enum err sessions_show(struct req *r, int64_t id)
{
    const struct listing l = {
        .root = "Sub",
        .words = "OperatorSessions",
        .address = OPERATORS_ADDRESS,
        .keep = listing_keep(r, id),
        .prefix = "s",
        .sort = "-active",
        .statement = { Q_OPERATOR_SESSIONS_PAGE, Q_OPERATOR_SESSIONS_COUNT },
        .columns = session_columns,
        .n_columns = sizeof(session_columns) / sizeof(session_columns[0]),
        .hidden = true,
    };
    struct listing_state s = { 0 };
    enum err e = listing_read_of(r, &l, id, &s);

    return e != ERR_OK ? e : listing_show(r, &l, &s, -1);
}

enum err operators_list(struct req *r)
{
    struct listing_state s = { 0 };
    struct operator_card o;
    enum err e;

    if ((e = listing_read(r, &listing, &s)) != ERR_OK ||
        (e = listing_show(r, &listing, &s, -1)) != ERR_OK)
        return e;
    directory_buttons(r, &listing, s.picked);
    if (s.picked != 0) {
        e = operator_card_find(r->db, r->arena, s.picked, &o);
        if (e == ERR_OK) {
            view_set(r, "Selected.Name", o.login);
            view_set(r, "Buttons.End",
                     row_address(r, &listing, s.picked, "sessions"));
            e = sessions_show(r, s.picked);
        }
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            return e;
    }
    return view_render(r, "admin/operators.cst");
}

enum err operators_file(struct req *r)
{
    return directory_file(r, &listing);
}

/* ---- deleting, and ending sessions ---- */

static struct sheet question_of(struct req *r, const char *what)
{
    return row_sheet(r, "Operator", OPERATORS_ADDRESS, what);
}

static void who_show(struct sheet *s, const struct operator_card *o)
{
    struct arena *a = s->r->arena;

    s->version = o->version;
    sheet_fact(s, "login", o->login);
    sheet_fact(s, "Name",
               arena_printf(a, "%s %s", o->first_name, o->last_name));
    sheet_fact(s, "Sessions", param_int(a, o->sessions));
}

enum err operator_ask(struct req *r)
{
    struct sheet s = question_of(r, "delete");
    struct operator_card o;
    enum err e = operator_card_find(r->db, r->arena, r->id, &o);

    if (e != ERR_OK)
        return e;
    who_show(&s, &o);
    sheet_title(&s, "Delete", "");
    sheet_deletes(&s);
    return sheet_render(&s, NULL);
}

enum err operator_remove(struct req *r)
{
    struct sheet s = question_of(r, "delete");
    struct operator_card o;
    enum err e;

    sheet_read(&s);
    if ((e = operator_card_find(r->db, r->arena, r->id, &o)) != ERR_OK)
        return e;
    e = operator_card_delete(r->db, r->arena, r->id, s.version, r->address);
    if (e == ERR_OK)
        return sheet_done(&s, "Deleted", o.login);
    /* The question again, without its answer: asking once more is no help. */
    who_show(&s, &o);
    sheet_title(&s, "Delete", "");
    sheet_shut(&s);
    return operator_refused(&s, e);
}

enum err sessions_ask(struct req *r)
{
    struct sheet s = question_of(r, "sessions");
    struct operator_card o;
    enum err e = operator_card_find(r->db, r->arena, r->id, &o);

    if (e != ERR_OK)
        return e;
    who_show(&s, &o);
    sheet_title(&s, "End", "");
    sheet_notice(&s, "warn", "EndText");
    sheet_button(&s, "danger", "EndButton");
    return sheet_render(&s, NULL);
}

enum err sessions_end(struct req *r)
{
    struct sheet s = question_of(r, "sessions");
    struct operator_card o;
    enum err e;

    sheet_read(&s);
    if ((e = operator_card_find(r->db, r->arena, r->id, &o)) != ERR_OK ||
        (e = operator_sessions_end(r->db, r->arena, r->id, r->address)) !=
            ERR_OK)
        return e;
    return sheet_done(&s, "Ended", o.login);
}
