/*
 * «Группы приборов» (GC-202 ... GC-204, GC-206): the groups, and below them
 * the meters of the selected one.
 */
#include "cgi-bin/admin/groups.h"

#include <inttypes.h>

#include "cgi-bin/admin/branches.h"
#include "cgi-bin/admin/directory.h"
#include "cgi-bin/web/table.h"
#include "lib/model/group_card.h"

enum { NAME, BRANCH };

/* Both columns tell of the balance meter. */
static const char balance[] = "balance";

static const struct listing_column columns[] = {
    [NAME] = { .name = "name", .sorts = true, .width = 30 },
    [BRANCH] = { .name = "branch", .sorts = true, .width = 20 },
    { .name = "serial",
      .kind = CELL_CODE,
      .sorts = true,
      .width = 16,
      .over = balance },
    { .name = "type", .sorts = true, .width = 24, .over = balance },
    { .name = "members", .kind = CELL_COUNT, .sorts = true, .width = 8 },
};

/* No branch is every branch. */
static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    (void)a;
    return column == BRANCH && row_null(rows, row, BRANCH + 1)
               ? word(r, "Group.All")
               : NULL;
}

static const struct listing listing = {
    .root = "List",
    .words = "Groups",
    .address = GROUPS_ADDRESS,
    .sort = "name",
    .statement = { Q_GROUP_PAGE, Q_GROUP_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .picks = true,
    .cell = cell,
};

static const struct listing_column member_columns[] = {
    { .name = "serial", .kind = CELL_CODE, .sorts = true, .width = 16 },
    { .name = "type", .sorts = true, .width = 24 },
    { .name = "address", .sorts = true, .width = 50 },
    { .name = "name", .sorts = true, .width = 40 },
};

static struct listing members_of(struct req *r, int64_t id)
{
    return (struct listing){
        .root = "Sub",
        .words = "GroupMembers",
        .address = GROUPS_ADDRESS,
        .keep = listing_keep(r, id),
        .prefix = "s",
        .sort = "serial",
        .statement = { Q_GROUP_MEMBER_PAGE, Q_GROUP_MEMBER_COUNT },
        .columns = member_columns,
        .n_columns = sizeof(member_columns) / sizeof(member_columns[0]),
        .bulk = true,
    };
}

static enum err members_show(struct req *r, const struct group_card *g)
{
    struct listing l = members_of(r, g->id);
    struct listing_state s = { 0 };
    struct arena *a = r->arena;
    enum err e = listing_read_of(r, &l, g->id, &s);

    if (e == ERR_OK)
        e = listing_show(r, &l, &s, g->members);
    if (e != ERR_OK)
        return e;
    view_set(r, "Selected.Name", g->name);
    view_set(r, "Sub.KeepFields.0.Name", "id");
    view_set(r, "Sub.KeepFields.0.Value", param_int(a, g->id));
    view_set(r, "Sub.Csv",
             arena_printf(a, "/admin/groups/%" PRId64 "/members.csv", g->id));
    view_set(r, "Sub.Xlsx",
             arena_printf(a,
                          "/admin/groups/%" PRId64 "/members.csv?format=xlsx",
                          g->id));
    view_set(r, "Buttons.Add", row_address(r, &listing, g->id, "add"));
    view_set(r, "Buttons.Serials", row_address(r, &listing, g->id, "serials"));
    view_set(r, "Buttons.Drop",
             arena_printf(a, "/admin/groups/%" PRId64 "/drop", g->id));
    return ERR_OK;
}

enum err groups_list(struct req *r)
{
    struct listing_state s = { 0 };
    struct group_card g;
    enum err e;

    if ((e = listing_read(r, &listing, &s)) != ERR_OK ||
        (e = listing_show(r, &listing, &s, -1)) != ERR_OK)
        return e;
    directory_buttons(r, &listing, s.picked);
    if (s.picked != 0) {
        e = group_card_find(r->db, r->arena, s.picked, &g);
        if (e == ERR_OK)
            e = members_show(r, &g);
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            return e;
    }
    return view_render(r, "admin/groups.cst");
}

enum err groups_file(struct req *r)
{
    return directory_file(r, &listing);
}

enum err members_file(struct req *r)
{
    struct listing l = members_of(r, r->id);
    struct listing_state s = { 0 };
    enum err e = listing_read_of(r, &l, r->id, &s);

    return e != ERR_OK ? e : listing_download(r, &l, &s);
}

/* ---- the form ---- */

static const struct sheet_field fields[] = {
    { .name = "name", .required = true, .max = 128 },
    { .name = "branch", .kind = SHEET_SELECT },
    { .name = "balance", .kind = SHEET_METER, .max = 64 },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "Group", GROUPS_ADDRESS, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

static enum err options_show(struct sheet *s)
{
    sheet_option(s, "branch", "", word(s->r, "Group.All"));
    return branch_options(s, "branch");
}

static enum err form_show(struct sheet *s)
{
    enum err e = options_show(s);

    return e != ERR_OK ? e : sheet_render(s, NULL);
}

enum err group_new(struct req *r)
{
    struct sheet s = form_of(r);

    return form_show(&s);
}

enum err group_edit(struct req *r)
{
    struct sheet s = form_of(r);
    struct group_card g;
    enum err e = group_card_find(r->db, r->arena, r->id, &g);

    if (e != ERR_OK)
        return e;
    sheet_put(&s, "name", g.name);
    if (g.branch_id != 0)
        sheet_put(&s, "branch", param_int(r->arena, g.branch_id));
    sheet_put(&s, "balance", g.balance_serial);
    s.version = g.version;
    return form_show(&s);
}

static enum err form_read(struct sheet *s, struct group_card *g)
{
    struct req *r = s->r;
    bool taken = false;
    enum err e = ERR_OK;

    sheet_read(s);
    *g = (struct group_card){
        .id = r->id,
        .version = s->version,
        .name = sheet_text(s, "name"),
        .branch_id = sheet_int(s, "branch", 1, INT32_MAX, 0),
        .balance_serial = sheet_text(s, "balance"),
    };
    if (g->balance_serial[0] != '\0') {
        e = meter_by_serial(r->db, r->arena, g->balance_serial, &g->balance_id);
        if (g->balance_id == 0)
            sheet_mistake(s, "balance", "NoMeter");
        if (g->balance_id < 0)
            sheet_mistake(s, "balance", "ManyMeters");
    }
    if (e == ERR_OK)
        e = options_show(s);
    if (e == ERR_OK)
        e = group_taken(r->db, r->arena, g, &taken);
    if (taken)
        sheet_mistake(s, "name", "NameTaken");
    return e;
}

enum err group_save(struct req *r)
{
    struct sheet s = form_of(r);
    struct group_card g;
    int64_t id;
    enum err e = form_read(&s, &g);

    if (e != ERR_OK)
        return e;
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    if ((e = group_card_put(r->db, r->arena, &g, &id)) == ERR_OK)
        e = audit_tell(r,
                       r->id == 0 ? "Добавлена группа приборов"
                                  : "Изменена группа приборов",
                       g.name);
    return sheet_end(&s, e, "Saved", g.name);
}

/* Serials for the field, while one types: <option> by <option>. */
enum err meter_suggest(struct req *r)
{
    const struct meter_option *options;
    size_t n;
    enum err e = meter_options(
        r->db, r->arena, form_text(r, form_text(r, "field")), &options, &n);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        view_set_at(r, "Options", i, "Value", options[i].serial);
        view_set_at(r, "Options", i, "Label", options[i].address);
    }
    return view_render(r, "admin/meter_options.cst");
}

/* ---- deleting ---- */

static struct sheet question_of(struct req *r)
{
    struct sheet s = row_sheet(r, "Group", GROUPS_ADDRESS, "delete");

    sheet_title(&s, "Delete", "");
    return s;
}

enum err group_ask(struct req *r)
{
    struct sheet s = question_of(r);
    struct group_card g;
    enum err e = group_card_find(r->db, r->arena, r->id, &g);

    if (e != ERR_OK)
        return e;
    s.version = g.version;
    sheet_fact(&s, "name", g.name);
    sheet_fact(&s, "Members", count_text(r->arena, g.members));
    sheet_deletes(&s);
    return sheet_render(&s, NULL);
}

enum err group_remove(struct req *r)
{
    struct sheet s = question_of(r);
    struct group_card g;
    enum err e;

    sheet_read(&s);
    if ((e = group_card_find(r->db, r->arena, r->id, &g)) != ERR_OK)
        return e;
    e = group_card_delete(r->db, r->arena, r->id, s.version);
    if (e == ERR_OK)
        e = audit_tell(r, "Удалена группа приборов", g.name);
    return sheet_end(&s, e, "Deleted", g.name);
}
