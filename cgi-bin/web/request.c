/* What the web server said about a request, and the fields it brought. */
#include "cgi-bin/web/inner.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *param(const char *name)
{
    const char *value = wire_param(name);

    return value ? value : "";
}

static const char *known_or(const char *value, const char *const *known,
                            size_t n, const char *fallback)
{
    for (size_t i = 0; value && i < n; i++) {
        if (strcmp(value, known[i]) == 0)
            return known[i];
    }
    return fallback;
}

/* A cookie of ours holds 32 random bytes in hex, or it is not ours. */
static const char *hex_cookie(struct req *r, const char *cookies,
                              const char *name)
{
    const char *value = cookie_get(r->arena, cookies, name);

    if (value == NULL || strlen(value) != 64 ||
        strspn(value, "0123456789abcdef") != 64)
        return NULL;
    return value;
}

/* The session's, or the one that goes before it. */
static void token_read(struct req *r, const char *cookies)
{
    const struct sessions *s = sessions_of(r);
    struct inner *in = inner_of(r);

    in->cookie = s->over;
    in->token = s->over ? hex_cookie(r, cookies, s->over) : NULL;
    if (in->token != NULL)
        return;
    in->cookie = s->cookie;
    in->token = hex_cookie(r, cookies, s->cookie);
}

static void cookies_read(struct req *r)
{
    static const char *const languages[] = { "ru", "en" };
    static const char *const themes[] = { "light", "dark", "contrast" };
    struct inner *in = inner_of(r);
    const char *cookies = param("HTTP_COOKIE");

    token_read(r, cookies);
    in->pre_token = hex_cookie(r, cookies, sessions_of(r)->visitor);
    r->language = known_or(cookie_get(r->arena, cookies, COOKIE_LANGUAGE),
                           languages, 2, "ru");
    in->theme =
        known_or(cookie_get(r->arena, cookies, COOKIE_THEME), themes, 3, "");
}

enum err request_receive(struct req *r)
{
    struct inner *in = inner_of(r);
    const char *query = param("QUERY_STRING");

    r->method = param("REQUEST_METHOD");
    if (strcmp(r->method, "HEAD") == 0)
        r->method = "GET"; /* the web server drops the body */
    r->path = param("DOCUMENT_URI");
    r->address = param("REMOTE_ADDR");
    r->fragment =
        *param("HTTP_HX_REQUEST") != '\0' && *param("HTTP_HX_BOOSTED") == '\0';
    r->background = strcmp(param("HTTP_LAZUR_BACKGROUND"), "1") == 0;
    in->uri = param("REQUEST_URI");
    cookies_read(r);
    if (!text_is_clean(r->path, strlen(r->path)))
        return err_raise(ERR_INVALID, "path is no text");
    return urlform_parse(r->arena, query, strlen(query), &in->query);
}

enum err request_read_body(struct req *r)
{
    static const char kind[] = "application/x-www-form-urlencoded";
    struct inner *in = inner_of(r);
    long len = strtol(param("CONTENT_LENGTH"), NULL, 10);
    char *text;

    if (strcmp(r->method, "POST") != 0 || len <= 0)
        return ERR_OK;
    if (len > BODY_MAX)
        return err_raise(ERR_INVALID, "body: %ld bytes", len);
    if (strncasecmp(param("CONTENT_TYPE"), kind, sizeof(kind) - 1) != 0)
        return err_raise(ERR_INVALID, "body: not a form");
    text = arena_alloc(r->arena, (size_t)len + 1);
    if (wire_read(text, (size_t)len) != (size_t)len)
        return err_raise(ERR_INVALID, "body: ends early");
    return urlform_parse(r->arena, text, (size_t)len, &in->body);
}

/* ---- what handlers ask ---- */

static const char *field(struct req *r, const char *name)
{
    const char *value = urlform_get(&inner_of(r)->body, name);

    return value ? value : urlform_get(&inner_of(r)->query, name);
}

const char *form_text(struct req *r, const char *name)
{
    const char *value = field(r, name);

    return value ? value : "";
}

bool form_has(struct req *r, const char *name)
{
    return field(r, name) != NULL;
}

const char *form_nth(struct req *r, const char *name, size_t n)
{
    const struct urlform *body = &inner_of(r)->body;

    for (size_t i = 0; i < body->n; i++) {
        if (strcmp(body->field[i].name, name) == 0 && n-- == 0)
            return body->field[i].value;
    }
    return NULL;
}

bool form_has_value(struct req *r, const char *name, const char *value)
{
    const char *had;

    for (size_t i = 0; (had = form_nth(r, name, i)) != NULL; i++) {
        if (strcmp(had, value) == 0)
            return true;
    }
    return false;
}

bool is_our_address(const char *text, const char *begin)
{
    return strncmp(text, begin, strlen(begin)) == 0 && strlen(text) < 2048 &&
           strpbrk(text, "\\\t\r\n") == NULL;
}

const char *form_back(struct req *r, const char *page, const char *other)
{
    const char *back = form_text(r, "back");
    size_t n = strlen(page);

    return is_our_address(back, page) && (back[n] == '\0' || back[n] == '?')
               ? back
               : other;
}

enum err form_int(struct req *r, const char *name, int64_t min, int64_t max,
                  int64_t fallback, int64_t *out)
{
    const char *text = form_text(r, name);
    char *end;
    long long n;

    *out = fallback;
    if (text[0] == '\0')
        return ERR_OK;
    /* strtoll alone would take " 7", "+7" and, at its ends, anything. */
    if (strspn(text + (text[0] == '-'), "0123456789") !=
            strlen(text + (text[0] == '-')) ||
        strlen(text) > 18)
        return err_raise(ERR_INVALID, "form: %s is no number", name);
    n = strtoll(text, &end, 10);
    if (*end != '\0' || end == text || n < min || n > max)
        return err_raise(ERR_INVALID, "form: %s is out of range", name);
    *out = n;
    return ERR_OK;
}

char *url_encode(struct arena *a, const char *text)
{
    return urlform_encode(a, text);
}

const char *request_header(struct req *r, const char *cgi_name)
{
    (void)r;
    return param(cgi_name);
}

bool in_dialog(struct req *r)
{
    return r->fragment || strcmp(param("HTTP_HX_TARGET"), "dialog") == 0;
}

bool request_is_tls(struct req *r)
{
    const char *forwarded = param("HTTP_X_FORWARDED_PROTO");

    (void)r;
    return strcmp(param("HTTPS"), "on") == 0 ||
           strcasecmp(forwarded, "https") == 0;
}
