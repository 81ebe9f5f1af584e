/*
 * Forms that change something must come from a page of ours.
 *
 * Signed in, the token belongs to the session. Before that it is a cookie of
 * the browser sent back by the form (double submit), and for both the browser
 * itself says which site the request comes from.
 */
#include "cgi-bin/web/inner.h"

#include <string.h>

#include <openssl/crypto.h>

#include "lib/model/operator.h"

const char *csrf_token(struct req *r)
{
    struct inner *in = inner_of(r);

    if (r->who.id != 0)
        return r->who.csrf_token;
    if (in->pre_token == NULL && token_make(r->arena, &in->pre_token) == ERR_OK)
        answer_cookie(r, sessions_of(r)->visitor, in->pre_token, 0);
    return in->pre_token ? in->pre_token : "";
}

static bool same(const char *a, const char *b)
{
    size_t n = strlen(a);

    return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

/* "https://host:port" against the Host header; the scheme may end at a proxy.
 */
static bool origin_is_ours(struct req *r)
{
    const char *origin = request_header(r, "HTTP_ORIGIN");
    const char *site = request_header(r, "HTTP_SEC_FETCH_SITE");
    const char *host = strstr(origin, "://");

    if (site[0] != '\0' && strcmp(site, "same-origin") != 0 &&
        strcmp(site, "none") != 0)
        return false;
    if (origin[0] == '\0')
        return true; /* an old browser: the token decides */
    return host != NULL &&
           strcmp(host + 3, request_header(r, "HTTP_HOST")) == 0;
}

enum err csrf_check(struct req *r)
{
    const struct inner *in = inner_of(r);
    const char *sent = urlform_get(&in->body, "csrf");
    const char *wanted = r->who.id ? r->who.csrf_token : in->pre_token;

    if (sent == NULL)
        sent = request_header(r, "HTTP_X_CSRF");
    if (!origin_is_ours(r))
        return err_raise(ERR_FORBIDDEN, "csrf: another site asks path=%s",
                         r->path);
    if (wanted == NULL || wanted[0] == '\0' || !same(sent, wanted))
        return err_raise(ERR_FORBIDDEN, "csrf: no token of ours path=%s",
                         r->path);
    return ERR_OK;
}

enum err csrf_guard(struct req *r)
{
    enum err e = csrf_check(r);

    if (e == ERR_FORBIDDEN) {
        answer_error_page(r, 403, "Stale");
        inner_of(r)->explained = true;
    }
    return e;
}
