/*
 * «Состав группы» (GC-205, GC-206): meters join a group by search or by their
 * numbers, and leave it.
 */
#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/groups.h"
#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/table.h"
#include "lib/model/group_card.h"
#include "lib/model/serials.h"

static const struct listing_column columns[] = {
    { .name = "serial", .kind = CELL_CODE, .sorts = true },
    { .name = "type" },
    { .name = "address" },
    { .name = "name" },
};

/* A page of its own: what is ticked on it joins. */
enum err members_choose(struct req *r)
{
    struct listing l = {
        .root = "List",
        .words = "GroupCandidates",
        .address = row_path(r, GROUPS_ADDRESS, "add"),
        .sort = "serial",
        .statement = { Q_GROUP_CANDIDATE_PAGE, Q_GROUP_CANDIDATE_COUNT },
        .columns = columns,
        .n_columns = sizeof(columns) / sizeof(columns[0]),
        .bulk = true,
    };
    struct listing_state s = { 0 };
    struct group_card g;
    enum err e;

    if ((e = group_card_find(r->db, r->arena, r->id, &g)) != ERR_OK ||
        (e = listing_read_of(r, &l, r->id, &s)) != ERR_OK ||
        (e = listing_show(r, &l, &s, -1)) != ERR_OK)
        return e;
    view_set(r, "List.Csv", "");
    view_set(r, "Selected.Name", g.name);
    view_set(r, "List.KeepsTicks", "1");
    view_set(r, "Buttons.Add", row_path(r, GROUPS_ADDRESS, "add"));
    view_set(r, "Buttons.Back",
             arena_printf(r->arena, "%s?id=%" PRId64, GROUPS_ADDRESS, r->id));
    return view_render(r, "admin/group_add.cst");
}

/* Back to the group, with how many have joined or left. */
static enum err changed(struct req *r, const struct group_card *g, int64_t n,
                        bool joined)
{
    struct sheet s = {
        .r = r,
        .words = "Group",
        .back = arena_printf(r->arena, "%s?id=%" PRId64, GROUPS_ADDRESS, g->id),
    };
    const char *note = arena_printf(r->arena, "%s: %s%" PRId64, g->name,
                                    joined ? "+" : "-", n);
    enum err e = ERR_OK;

    if (n > 0)
        e = audit_tell(r, "Изменён состав группы", note);
    return e != ERR_OK ? e
                       : sheet_done(&s, joined ? "Joined" : "Left",
                                    count_text(r->arena, n));
}

static const char *ticked(struct req *r)
{
    struct sheet s = { .r = r };

    return sheet_ids(&s, "ids");
}

enum err members_add(struct req *r)
{
    struct group_card g;
    int64_t n;
    enum err e;

    if ((e = group_card_find(r->db, r->arena, r->id, &g)) != ERR_OK ||
        (e = group_join(r->db, r->arena, r->id, ticked(r), &n)) != ERR_OK)
        return e;
    return changed(r, &g, n, true);
}

enum err members_drop(struct req *r)
{
    struct group_card g;
    int64_t n;
    enum err e;

    if ((e = group_card_find(r->db, r->arena, r->id, &g)) != ERR_OK ||
        (e = group_leave(r->db, r->arena, r->id, ticked(r), &n)) != ERR_OK)
        return e;
    return changed(r, &g, n, false);
}

/* ---- by numbers ---- */

/* More at once is not what a group is for. */
#define JOIN_MAX SERIALS_COUNT_MAX

static const struct sheet_field fields[] = {
    { .name = "numbers", .kind = SHEET_SERIALS, .required = true },
};

static struct sheet sheet_of(struct req *r)
{
    struct sheet s = row_sheet(r, "GroupSerials", GROUPS_ADDRESS, "serials");

    s.fields = fields;
    s.n = sizeof(fields) / sizeof(fields[0]);
    return s;
}

enum err members_ask(struct req *r)
{
    struct sheet s = sheet_of(r);
    struct group_card g;
    enum err e = group_card_find(r->db, r->arena, r->id, &g);

    if (e != ERR_OK)
        return e;
    sheet_fact(&s, "Name", g.name);
    return sheet_render(&s, NULL);
}

enum err members_serials(struct req *r)
{
    struct sheet s = sheet_of(r);
    struct serials_found found = { 0 };
    struct serials serials;
    struct group_card g;
    const char *wrong;
    int64_t n;
    enum err e = group_card_find(r->db, r->arena, r->id, &g);

    if (e != ERR_OK)
        return e;
    sheet_read(&s);
    wrong = serials_read(r, "numbers", &serials);
    if (wrong != NULL)
        sheet_mistake_text(&s, "numbers", wrong);
    else if ((e = serials_count(r->db, r->arena, &serials, &found)) != ERR_OK)
        return e;
    if (found.more || found.least || found.n > JOIN_MAX)
        sheet_mistake(&s, "numbers", "TooMany");
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    e = group_join_serials(r->db, r->arena, r->id, &serials, &n);
    return e != ERR_OK ? e : changed(r, &g, n, true);
}
