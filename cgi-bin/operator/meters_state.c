/*
 * The state of the main window is its address, so that every view can be
 * bookmarked and sent to a colleague. Only what differs from the defaults is
 * written: q, size, page, sort, dir, open, meter, tab, tsize, tpage, tsort,
 * tdir.
 */
#include "cgi-bin/operator/meters.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_SIZE 10
#define TERM_MAX     64

const int64_t page_sizes[4] = { 10, 25, 50, 100 };

const char *const meter_order_names[METER_ORDERS] = {
    "serial", "account", "at",    "volume",  "working",
    "tamper", "state",   "valve", "balance",
};
const char *const tab_names[TABS] = { "sessions", "commands", "archive",
                                      "events" };
const char *const command_order_names[3] = { "submitted", "command",
                                             "executed" };

static int choice_read(struct req *r, const char *name,
                       const char *const *names, int n)
{
    const char *value = form_text(r, name);

    for (int i = 0; i < n; i++) {
        if (strcmp(value, names[i]) == 0)
            return i;
    }
    return 0;
}

static int64_t number_read(struct req *r, const char *name, int64_t fallback)
{
    int64_t n;

    if (form_int(r, name, 1, INT64_MAX, fallback, &n) != ERR_OK)
        return fallback;
    return n;
}

static int64_t size_read(struct req *r, const char *name)
{
    int64_t n = number_read(r, name, DEFAULT_SIZE);

    for (size_t i = 0; i < sizeof(page_sizes) / sizeof(page_sizes[0]); i++) {
        if (page_sizes[i] == n)
            return n;
    }
    return DEFAULT_SIZE;
}

/* Without the spaces that copying brings along, and not endless. */
static const char *term_read(struct req *r)
{
    const char *text = form_text(r, "q");
    size_t len;

    text += strspn(text, " \t\n");
    len = strlen(text);
    while (len > 0 && strchr(" \t\n", text[len - 1]) != NULL)
        len--;
    if (len > TERM_MAX) {
        len = TERM_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--; /* not in the middle of a character */
    }
    return arena_strndup(r->arena, text, len);
}

/* "17.42.1001" */
static void open_read(struct req *r, struct meters_state *s)
{
    const char *p = form_text(r, "open");

    while (*p != '\0' && s->n_open < OPEN_MAX_ROWS) {
        size_t digits = strspn(p, "0123456789");

        if (digits == 0 || digits > 18 || (p[digits] != '.' && p[digits]))
            return;
        s->open[s->n_open++] = strtoll(p, NULL, 10);
        p += digits + (p[digits] == '.');
    }
}

void state_read(struct req *r, struct meters_state *s)
{
    memset(s, 0, sizeof(*s));
    s->size = size_read(r, "size");
    s->page = number_read(r, "page", 1);
    if (s->page > INT32_MAX)
        s->page = INT32_MAX; /* past any end, and no overflow */
    s->order = (enum meter_order)choice_read(r, "sort", meter_order_names,
                                             METER_ORDERS);
    s->descending = strcmp(form_text(r, "dir"), "desc") == 0;
    s->term = term_read(r);
    open_read(r, s);
    s->meter = number_read(r, "meter", 0);
    s->tab = (enum tab)choice_read(r, "tab", tab_names, TABS);
    s->tab_size = size_read(r, "tsize");
    s->tab_page = number_read(r, "tpage", 1);
    if (s->tab_page > INT32_MAX)
        s->tab_page = INT32_MAX;
    s->tab_order = choice_read(r, "tsort", command_order_names, 3);
    s->tab_ascending = strcmp(form_text(r, "tdir"), "asc") == 0;
}

/* ---- writing ---- */

/* A page has dozens of addresses, so they are put together by hand. */
struct address {
    char text[2048]; /* names, numbers and an encoded term of TERM_MAX fit */
    size_t len;
    bool asked;
};

static void put(struct address *to, const char *text)
{
    size_t n = strlen(text), room = sizeof(to->text) - 1 - to->len;

    n = n < room ? n : room;
    memcpy(to->text + to->len, text, n);
    to->len += n;
}

static void add(struct address *to, const char *name, const char *value)
{
    put(to, to->asked ? "&" : "?");
    put(to, name);
    put(to, "=");
    put(to, value);
    to->asked = true;
}

/* Decimal digits of n >= 0 at the end of text. */
static char *digits(char text[24], int64_t n)
{
    char *at = text + 23;

    *at = '\0';
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return at;
}

static void add_number(struct address *to, const char *name, int64_t n,
                       int64_t unless)
{
    char text[24];

    if (n != unless)
        add(to, name, digits(text, n));
}

static void add_open(struct address *to, const struct meters_state *s)
{
    char text[24];

    for (size_t i = 0; i < s->n_open; i++) {
        if (i == 0) {
            add(to, "open", digits(text, s->open[i]));
        } else {
            put(to, ".");
            put(to, digits(text, s->open[i]));
        }
    }
}

static void add_tab(struct address *to, const struct meters_state *s)
{
    if (s->tab != TAB_SESSIONS)
        add(to, "tab", tab_names[s->tab]);
    add_number(to, "tsize", s->tab_size, DEFAULT_SIZE);
    add_number(to, "tpage", s->tab_page, 1);
    if (s->tab_order != 0)
        add(to, "tsort", command_order_names[s->tab_order]);
    if (s->tab_ascending)
        add(to, "tdir", "asc");
}

static void add_list(struct address *to, struct arena *a,
                     const struct meters_state *s)
{
    if (s->term[0] != '\0')
        add(to, "q", url_encode(a, s->term));
    add_number(to, "size", s->size, DEFAULT_SIZE);
    add_number(to, "page", s->page, 1);
    if (s->order != METERS_BY_SERIAL)
        add(to, "sort", meter_order_names[s->order]);
    if (s->descending)
        add(to, "dir", "desc");
}

char *state_address(struct arena *a, const char *path,
                    const struct meters_state *s)
{
    struct address to;

    to.len = 0;
    to.asked = false;
    put(&to, path);
    add_list(&to, a, s);
    add_open(&to, s);
    if (s->meter != 0) {
        add_number(&to, "meter", s->meter, 0);
        add_tab(&to, s);
    }
    return arena_strndup(a, to.text, to.len);
}

void state_stems(struct arena *a, const struct meters_state *s,
                 struct row_stems *out)
{
    struct meters_state other = *s; /* its tab begins at its first page */
    struct address to;
    size_t list_len;
    bool list_asked;

    other.tab_page = 1;
    to.len = 0;
    to.asked = false;
    put(&to, "/meters");
    add_list(&to, a, s);
    list_len = to.len;
    list_asked = to.asked;
    add_open(&to, s);
    add_tab(&to, &other);
    add(&to, "meter", "");
    out->select = arena_strndup(a, to.text, to.len);
    to.len = list_len;
    to.asked = list_asked;
    if (s->meter != 0) {
        add_number(&to, "meter", s->meter, 0);
        add_tab(&to, s);
    }
    out->fold = arena_strndup(a, to.text, to.len);
    out->fold_asked = to.asked;
}

char *state_select(struct arena *a, const struct row_stems *stems, int64_t id)
{
    char text[24], *number = digits(text, id);
    size_t len = strlen(stems->select), n = strlen(number);
    char *address = arena_alloc(a, len + n + 1);

    memcpy(address, stems->select, len);
    memcpy(address + len, number, n + 1);
    return address;
}

char *state_fold(struct arena *a, const struct row_stems *stems,
                 const struct meters_state *s)
{
    struct address to;

    to.len = 0;
    to.asked = stems->fold_asked;
    put(&to, stems->fold);
    add_open(&to, s);
    return arena_strndup(a, to.text, to.len);
}

bool state_is_open(const struct meters_state *s, int64_t id)
{
    for (size_t i = 0; i < s->n_open; i++) {
        if (s->open[i] == id)
            return true;
    }
    return false;
}

const char *back_address(struct req *r, const char *fallback)
{
    return form_back(r, "/meters", fallback);
}
