/*
 * Columns of the main table are hidden by a class of the page's body, which a
 * cookie of this browser remembers: "working.tamper" are hidden. Who a meter
 * is, its account and serial number, always stays.
 */
#include "cgi-bin/operator/columns.h"

#include <string.h>

#include "cgi-bin/operator/meters.h"
#include "lib/base/buf.h"
#include "lib/base/urlform.h"

#define COOKIE_COLUMNS "columns"
#define YEAR_S         31536000

/* As in the classes of the table's cells. */
static const char *const columns[] = { "at",     "volume", "working", "tamper",
                                       "states", "valves", "balance" };

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* name is between dots, or at the ends, of list. */
static bool holds(const char *list, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = list; *p != '\0'; p += strspn(p, ".")) {
        size_t n = strcspn(p, ".");

        if (n == len && strncmp(p, name, len) == 0)
            return true;
        p += n;
    }
    return false;
}

void columns_show_choice(struct req *r)
{
    const char *hidden =
        cookie_get(r->arena, request_header(r, "HTTP_COOKIE"), COOKIE_COLUMNS);
    struct buf classes = { 0 };

    for (size_t i = 0; i < N_COLUMNS; i++) {
        view_set_at(r, "Columns", i, "Code", columns[i]);
        if (hidden == NULL || !holds(hidden, columns[i])) {
            view_set_at(r, "Columns", i, "Shown", "1");
            continue;
        }
        buf_puts(&classes, " no-");
        buf_puts(&classes, columns[i]);
    }
    if (classes.len > 0)
        view_set(r, "Look.Class", classes.at);
    buf_free(&classes);
}

/* Fields show_at ...; one that is not sent is hidden. */
enum err columns_save(struct req *r)
{
    struct buf hidden = { 0 };

    for (size_t i = 0; i < N_COLUMNS; i++) {
        if (form_has(r, arena_printf(r->arena, "show_%s", columns[i])))
            continue;
        if (hidden.len > 0)
            buf_putc(&hidden, '.');
        buf_puts(&hidden, columns[i]);
    }
    answer_cookie(r, COOKIE_COLUMNS, hidden.len > 0 ? hidden.at : "",
                  hidden.len > 0 ? YEAR_S : -1);
    buf_free(&hidden);
    return answer_redirect(r, back_address(r, "/meters"));
}
