/* Small things that several screens of the cabinet say or ask alike. */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>

#include "lib/units/moment.h"

/*
 * What a browser calls itself, the more particular before those it claims to
 * be as well; the version is what follows.
 */
static const struct {
    const char *mark, *name;
} browsers[] = {
    { "YaBrowser/", "Yandex" },
    { "Edg/", "Edge" },
    { "EdgA/", "Edge" },
    { "EdgiOS/", "Edge" },
    { "OPR/", "Opera" },
    { "SamsungBrowser/", "Samsung Internet" },
    { "Firefox/", "Firefox" },
    { "FxiOS/", "Firefox" },
    { "CriOS/", "Chrome" },
    { "Chrome/", "Chrome" },
    { "Version/", "Safari" },
    { "MSIE ", "Internet Explorer" },
    { "rv:11", "Internet Explorer" },
};

const char *browser_name(struct arena *a, const char *user_agent)
{
    for (size_t i = 0; i < sizeof(browsers) / sizeof(browsers[0]); i++) {
        const char *at = strstr(user_agent, browsers[i].mark);
        const char *dot;
        size_t n;

        if (at == NULL)
            continue;
        at += strcspn(browsers[i].mark, "/ :") + 1;
        n = strspn(at, "0123456789");
        dot = at + n;
        if (*dot == '.')
            n += 1 + strspn(dot + 1, "0123456789");
        return arena_printf(a, "%s %.*s", browsers[i].name,
                            (int)(n > 20 ? 20 : n), at);
    }
    return "";
}

struct cabinet_visit visit_of(struct req *r, const char *email)
{
    return (struct cabinet_visit){
        .email = email,
        .browser = browser_name(r->arena, request_header(r, "HTTP_USER_AGENT")),
        .address = r->address,
    };
}

const char *section_address(struct arena *a, const char *section)
{
    return arena_printf(a, "/cabinet/%s", section);
}

enum err section_open(struct req *r, const char *section)
{
    const struct cabinet_session *s = subscriber_of(r);

    view_set(r, "Screen", section);
    return s->viewer != NULL || strcmp(s->section, section) == 0
               ? ERR_OK
               : cabinet_section(r->db, r->arena, section);
}

void moment_show(struct req *r, const char *list, size_t i, const char *field,
                 struct moment m)
{
    view_set_at(r, list, i, field, moment_minute_text(r->arena, m));
    view_set_at(r, list, i, arena_printf(r->arena, "%sIso", field),
                moment_iso(r->arena, m));
}

const char *plural(int64_t n)
{
    int64_t tens = n % 100, ones = n % 10;

    if (ones == 1 && tens != 11)
        return "One";
    return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? "Few" : "Many";
}
