/* What a person reads when it did not work, and what to do next. */
#include "cgi-bin/web/inner.h"

#include <string.h>

#include "lib/base/log.h"

/*
 * Names for web/error.cst and, to a fragment request, web/error_part.cst:
 * Error.Status, Error.Title, Error.Text (Words.Error.<what>Title and Text, with
 * what as in the table below; the errors of the sessions go before), Error.Home
 * (where to go from here), Error.Reference (the web server's number of this
 * request).
 */
static const struct {
    enum err code;
    int status;
    const char *what;
} pages[] = {
    { ERR_INVALID, 422, "Invalid" },    { ERR_FORBIDDEN, 403, "Forbidden" },
    { ERR_NOT_FOUND, 404, "NotFound" }, { ERR_CONFLICT, 409, "Conflict" },
    { ERR_BUSY, 429, "Busy" },
};

/* When even the template fails: the bare words. */
static void bare(struct req *r, int status, const char *what)
{
    struct inner *in = inner_of(r);

    answer_clear(r);
    answer_status(r, status);
    answer_header(r, "Content-Type", "text/plain; charset=utf-8");
    buf_puts(in->out, what);
    buf_puts(in->out, "\n");
    in->answered = true;
}

/* These pages look like the others of their program. */
static const char *page_named(struct req *r, const char *name)
{
    return arena_printf(r->arena, "%s/%s", sessions_of(r)->pages, name);
}

static const char *error_word(struct req *r, const char *what, const char *part)
{
    const char *own = sessions_of(r)->errors;
    const char *key =
        own != NULL ? arena_printf(r->arena, "%s.%s%s", own, what, part) : NULL;

    return key != NULL && word_known(r, key)
               ? word(r, key)
               : word(r, arena_printf(r->arena, "Error.%s%s", what, part));
}

void answer_error_page(struct req *r, int status, const char *what)
{
    const char *template_name =
        r->fragment ? "web/error_part.cst" : page_named(r, "error.cst");

    answer_clear(r);
    answer_status(r, status);
    view_set_int(r, "Error.Status", status);
    view_set(r, "Error.Title", error_word(r, what, "Title"));
    view_set(r, "Error.Text", error_word(r, what, "Text"));
    view_set(r, "Error.Home", sessions_of(r)->home);
    view_set(r, "Error.Reference", request_header(r, "REQUEST_ID"));
    view_set(r, "Screen", "error");
    if (view_render(r, template_name) != ERR_OK) {
        log_err(ERR_IO, "error page");
        bare(r, status, error_word(r, what, "Title"));
    }
}

void answer_error(struct req *r, enum err code)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (pages[i].code == code) {
            answer_error_page(r, pages[i].status, pages[i].what);
            return;
        }
    }
    answer_error_page(r, 500, "Broken");
}

/* A page that asks again by itself; what was being posted is not repeated. */
void answer_maintenance(struct req *r)
{
    const struct inner *in = inner_of(r);

    answer_clear(r);
    memset(&r->who, 0, sizeof(r->who));
    answer_status(r, 503);
    answer_header(r, "Retry-After", "60");
    view_set_int(r, "Maintenance.RetrySeconds", 60);
    view_set(r, "Maintenance.Retry",
             strcmp(r->method, "GET") == 0 ? in->uri : sessions_of(r)->home);
    view_set(r, "Screen", "maintenance");
    if (view_render(r, page_named(r, "maintenance.cst")) != ERR_OK) {
        log_err(ERR_IO, "maintenance page");
        bare(r, 503, word(r, "Maintenance.Title"));
    }
}

void answer_old_browser(struct req *r)
{
    answer_clear(r);
    if (view_render(r, "web/old_browser.cst") != ERR_OK) {
        log_err(ERR_IO, "old browser page");
        bare(r, 200, word(r, "OldBrowser.Title"));
    }
}
