/* Cells that are not text: what they may be, and how people read them. */
#include <string.h>

#include "lib/report/parts.h"

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

static enum err no_such(const struct report_column *c, const char *what)
{
    return err_raise(ERR_INVALID, "report: column %s: not a %s",
                     c->dbf_name != NULL ? c->dbf_name : c->title, what);
}

/* -?digits(.digits)? of at most 18 and 9 digits, to exactly c->decimals */
static enum err number_check(const struct report_column *c, const char *cell,
                             char out[CELL_MAX])
{
    const char *whole = cell + (cell[0] == '-'), *point, *end;
    size_t n = digits(whole), fraction = 0, kept, at;

    point = whole + n;
    if (*point == '.')
        fraction = digits(point + 1);
    end = *point == '.' ? point + 1 + fraction : point;
    if (n == 0 || n > 18 || fraction > 9 || *end != '\0' ||
        (*point == '.' && fraction == 0) || c->decimals > 9)
        return no_such(c, "number");
    kept = fraction < (size_t)c->decimals ? fraction : (size_t)c->decimals;
    if (fraction > kept && strspn(point + 1 + kept, "0") != fraction - kept)
        return no_such(c, "number of so few decimals");
    at = (size_t)(point - cell); /* a sign and 18 digits at most */
    memcpy(out, cell, at);
    if (c->decimals > 0)
        out[at++] = '.';
    memcpy(out + at, point + 1, kept);
    memset(out + at + kept, '0', (size_t)c->decimals - kept);
    out[at + (size_t)c->decimals] = '\0';
    return ERR_OK;
}

/* The shape, 9 for a digit. */
static bool looks_like(const char *s, const char *shape)
{
    for (; *shape != '\0'; s++, shape++)
        if (*shape == '9' ? *s < '0' || *s > '9' : *s != *shape)
            return false;
    return *s == '\0';
}

/* n digits, which are there */
static int number_at(const char *s, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

struct cell_moment cell_moment(const char *cell)
{
    struct cell_moment m = { .year = number_at(cell, 4),
                             .month = number_at(cell + 5, 2),
                             .day = number_at(cell + 8, 2) };

    if (cell[10] == ' ') {
        m.hour = number_at(cell + 11, 2);
        m.minute = number_at(cell + 14, 2);
        m.second = number_at(cell + 17, 2);
    }
    return m;
}

static bool is_possible(const char *cell)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    struct cell_moment m = cell_moment(cell);
    bool leap = m.year % 4 == 0 && (m.year % 100 != 0 || m.year % 400 == 0);

    return m.year >= 1900 && m.month >= 1 && m.month <= 12 && m.day >= 1 &&
           m.day <= days[m.month - 1] + (m.month == 2 && leap) && m.hour < 24 &&
           m.minute < 60 && m.second < 60;
}

enum err cell_check(const struct report_column *c, const char *cell,
                    char out[CELL_MAX])
{
    const char *shape =
        c->type == REPORT_DATE ? "9999-99-99" : "9999-99-99 99:99:99";

    out[0] = '\0';
    if (cell == NULL || cell[0] == '\0')
        return ERR_OK;
    if (c->type == REPORT_NUMBER)
        return number_check(c, cell, out);
    if (!looks_like(cell, shape) || !is_possible(cell))
        return no_such(c, "date");
    memcpy(out, cell, strlen(shape) + 1); /* the shape has its length */
    return ERR_OK;
}

/* "-1234567.500" as "-1 234 567,500", or without the spaces. */
static void number_for_people(const char *cell, bool grouped,
                              char out[CELL_MAX])
{
    size_t left = digits(cell + (cell[0] == '-')), at = 0;

    for (; *cell != '\0'; cell++) {
        bool in_whole = *cell >= '0' && *cell <= '9' && left > 0;

        out[at++] = *cell;
        if (*cell == '.')
            out[at - 1] = ',';
        if (in_whole && --left > 0 && left % 3 == 0 && grouped) {
            memcpy(out + at, "\xC2\xA0", 2); /* no-break space */
            at += 2;
        }
    }
    out[at] = '\0';
}

/* "2026-11-20" as "20-11-2026" */
static void day_for_people(const char *cell, char out[CELL_MAX])
{
    memcpy(out, cell + 8, 2);
    out[2] = '-';
    memcpy(out + 3, cell + 5, 2);
    out[5] = '-';
    memcpy(out + 6, cell, 4);
    out[10] = '\0';
}

void cell_for_people(const struct report_column *c, const char *cell,
                     bool grouped, char out[CELL_MAX])
{
    out[0] = '\0';
    if (cell[0] == '\0')
        return;
    switch (c->type) {
    case REPORT_TEXT:
        break;
    case REPORT_NUMBER:
        number_for_people(cell, grouped, out);
        break;
    case REPORT_DATE:
        day_for_people(cell, out);
        break;
    case REPORT_MOMENT:
        day_for_people(cell, out);
        memcpy(out + 10, cell + 10, 10); /* " 03:15:00" and its end */
        break;
    }
}
