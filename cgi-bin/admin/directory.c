/* Small directories: a list, a form, a question before deleting. */
#include "cgi-bin/admin/directory.h"

#include <inttypes.h>

const char *row_address(struct req *r, const struct listing *l, int64_t id,
                        const char *what)
{
    struct arena *a = r->arena;
    const char *row = id > 0 ? arena_printf(a, "/%" PRId64, id) : "";

    return arena_printf(a, "%s%s/%s?back=%s", l->address, row, what,
                        view_text(r, arena_printf(a, "%s.Back", l->root)));
}

void directory_buttons(struct req *r, const struct listing *l, int64_t picked)
{
    view_set(r, "Buttons.New", row_address(r, l, 0, "new"));
    if (l->fixed)
        view_set(r, "Buttons.Fixed", "1");
    if (picked != 0) {
        view_set(r, "Buttons.Edit", row_address(r, l, picked, "edit"));
        view_set(r, "Buttons.Delete", row_address(r, l, picked, "delete"));
    }
}

enum err directory_list(struct req *r, const struct listing *l, const char *tab)
{
    struct listing_state s = { 0 };
    enum err e;

    if ((e = listing_read(r, l, &s)) != ERR_OK ||
        (e = listing_show(r, l, &s, -1)) != ERR_OK)
        return e;
    view_set(r, "Tab", tab);
    directory_buttons(r, l, s.picked);
    return view_render(r, "admin/directory.cst");
}

enum err directory_file(struct req *r, const struct listing *l)
{
    struct listing_state s = { 0 };
    enum err e = listing_read(r, l, &s);

    return e != ERR_OK ? e : listing_download(r, l, &s);
}

/* ---- forms ---- */

const char *row_path(struct req *r, const char *address, const char *what)
{
    return arena_printf(r->arena, "%s/%" PRId64 "/%s", address, r->id, what);
}

struct sheet row_sheet(struct req *r, const char *words, const char *address,
                       const char *what)
{
    return (struct sheet){
        .r = r,
        .words = words,
        .post = row_path(r, address, what),
        .back = back_to(r, address),
    };
}

struct sheet directory_form(struct req *r, const char *words,
                            const char *address,
                            const struct sheet_field *fields, size_t n)
{
    struct sheet s = row_sheet(r, words, address, "edit");

    s.fields = fields;
    s.n = n;
    if (r->id != 0)
        return s;
    s.post = arena_printf(r->arena, "%s/new", address);
    if (word_known(r, arena_printf(r->arena, "%s.New", words)))
        sheet_title(&s, "New", "");
    return s;
}
