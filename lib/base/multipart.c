/* A small machine: outside of parts, in a header, in a body, at a boundary. */
#include "lib/base/multipart.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/urlform.h"

enum state {
    PREAMBLE, /* what stands before the first boundary is nobody's */
    AFTER_MARK,
    AFTER_DASH,
    AFTER_SPACE,
    AFTER_CR,
    HEADER,
    BODY,
    DONE,
};

/* ---- the boundary ---- */

/* RFC 2046 5.1.1: bchars, and a space not at the end. */
static bool boundary_is_good(const char *s, size_t n)
{
    if (n == 0 || n > MULTIPART_BOUNDARY_MAX || s[n - 1] == ' ')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)s[i]) && !strchr("'()+_,-./:=? ", s[i]))
            return false;
    }
    return true;
}

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t");
}

enum err multipart_begin(struct multipart *m, const char *content_type,
                         const struct multipart_listener *to)
{
    static const char type[] = "multipart/form-data", name[] = "boundary=";
    const char *p = content_type;
    size_t n;

    if (strncasecmp(p, type, sizeof(type) - 1) != 0 ||
        *(p = skip_space(p + sizeof(type) - 1)) != ';' ||
        strncasecmp(p = skip_space(p + 1), name, sizeof(name) - 1) != 0)
        return err_raise(ERR_INVALID, "body: no form with a boundary");
    p += sizeof(name) - 1;
    if (*p == '"')
        n = strcspn(++p, "\"");
    else
        n = strcspn(p, "; \t");
    if (!boundary_is_good(p, n))
        return err_raise(ERR_INVALID, "body: a boundary that none may have");
    memset(m, 0, sizeof(*m));
    m->to = *to;
    memcpy(m->mark, "\r\n--", 4);
    memcpy(m->mark + 4, p, n);
    m->mark_len = n + 4;
    m->matched = 2; /* the first one may stand at the very beginning */
    m->state = PREAMBLE;
    return ERR_OK;
}

/* ---- headers of a part ---- */

/* Old browsers sent the folder too. */
static const char *without_folder(const char *name)
{
    const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');

    if (slash == NULL || (back != NULL && back > slash))
        slash = back;
    return slash != NULL ? slash + 1 : name;
}

/* %22, %0D and %0A stand for what may not stand there (HTML, 4.10.21.8). */
static void unescape(char *s)
{
    static const char *const codes[] = { "%22", "%0D", "%0A" };
    char *to = s;

    while (*s != '\0') {
        size_t i = 0;

        while (i < 3 && strncasecmp(s, codes[i], 3) != 0)
            i++;
        if (i < 3) {
            *to++ = "\"  "[i];
            s += 3;
        } else {
            *to++ = *s++;
        }
    }
    *to = '\0';
}

/* A token or a quoted string; *p moves behind it. */
static enum err value_read(const char **p, char *out, size_t size)
{
    bool quoted = **p == '"';
    size_t n = 0;

    *p += quoted;
    while (**p != '\0' && (quoted ? **p != '"' : !strchr("; \t", **p))) {
        if (quoted && **p == '\\' && (*p)[1] == '"')
            ++*p;
        if (n + 1 >= size)
            return err_raise(ERR_INVALID, "body: a name is too long");
        out[n++] = *(*p)++;
    }
    out[n] = '\0';
    if (quoted && *(*p)++ != '"')
        return err_raise(ERR_INVALID, "body: a name without its end");
    return ERR_OK;
}

static enum err name_keep(struct multipart *m, const char *key, size_t n,
                          char *value)
{
    unescape(value);
    if (!text_is_clean(value, strlen(value)))
        return err_raise(ERR_INVALID, "body: a name is no text");
    if (n == 4 && strncasecmp(key, "name", n) == 0) {
        if (strlen(value) > MULTIPART_NAME_MAX)
            return err_raise(ERR_INVALID, "body: a field's name is too long");
        memcpy(m->part.name, value, strlen(value) + 1);
        m->named = true;
    } else if (n == 8 && strncasecmp(key, "filename", n) == 0) {
        const char *name = without_folder(value);

        if (strlen(name) > MULTIPART_FILE_MAX)
            return err_raise(ERR_INVALID, "body: a file's name is too long");
        memcpy(m->part.file_name, name, strlen(name) + 1);
        m->part.is_file = true;
    }
    return ERR_OK;
}

/* Content-Disposition: form-data; name="file"; filename="a.xlsx" */
static enum err disposition_read(struct multipart *m, const char *p)
{
    static const char kind[] = "form-data";
    char value[1024];

    p = skip_space(p);
    if (strncasecmp(p, kind, sizeof(kind) - 1) != 0)
        return err_raise(ERR_INVALID, "body: a part that is no field");
    p = skip_space(p + sizeof(kind) - 1);
    while (*p == ';') {
        const char *key = skip_space(p + 1);
        size_t n = strcspn(key, "=; \t");
        enum err e;

        p = key + n;
        if (*p == '=') {
            p++;
            if ((e = value_read(&p, value, sizeof(value))) != ERR_OK ||
                (e = name_keep(m, key, n, value)) != ERR_OK)
                return e;
        }
        p = skip_space(p);
    }
    return ERR_OK;
}

static enum err part_begin(struct multipart *m)
{
    if (!m->named)
        return err_raise(ERR_INVALID, "body: a part without a name");
    m->state = BODY;
    /* An empty body has its boundary right here. */
    m->matched = 2;
    m->fresh = true;
    return m->to.begin(m->to.ctx, &m->part);
}

/* A line of a header is whole; an empty one ends them. */
static enum err line_read(struct multipart *m)
{
    static const char name[] = "Content-Disposition:";
    size_t n = m->line_len;

    if (n > 0 && m->line[n - 1] == '\r')
        n--;
    m->line[n] = '\0';
    m->line_len = 0;
    if (n == 0)
        return part_begin(m);
    if (strlen(m->line) != n || ++m->lines > MULTIPART_LINES_MAX)
        return err_raise(ERR_INVALID, "body: a header of a part");
    if (strncasecmp(m->line, name, sizeof(name) - 1) != 0)
        return ERR_OK;
    return disposition_read(m, m->line + sizeof(name) - 1);
}

static enum err header_byte(struct multipart *m, char c)
{
    if (c == '\n')
        return line_read(m);
    if (m->line_len >= MULTIPART_LINE_MAX)
        return err_raise(ERR_INVALID, "body: a header of a part is too long");
    m->line[m->line_len++] = c;
    return ERR_OK;
}

/* ---- between parts ---- */

static enum err mark_byte(struct multipart *m, char c)
{
    enum state next = DONE;

    if (m->state == AFTER_MARK && c == '-')
        next = AFTER_DASH;
    else if (m->state == AFTER_DASH && c == '-')
        next = DONE; /* what follows is nobody's either */
    else if (m->state == AFTER_CR && c == '\n')
        next = HEADER;
    else if (m->state != AFTER_DASH && m->state != AFTER_CR &&
             (c == ' ' || c == '\t'))
        next = AFTER_SPACE;
    else if (m->state != AFTER_DASH && m->state != AFTER_CR && c == '\r')
        next = AFTER_CR;
    else
        return err_raise(ERR_INVALID, "body: a boundary without its end");
    m->state = next;
    if (next == HEADER) {
        if (++m->parts > MULTIPART_PARTS_MAX)
            return err_raise(ERR_INVALID, "body: too many parts");
        memset(&m->part, 0, sizeof(m->part));
        m->lines = 0;
        m->line_len = 0;
        m->named = false;
    }
    return ERR_OK;
}

/* ---- bodies ---- */

static enum err give(struct multipart *m, const void *at, size_t len)
{
    if (m->state != BODY || len == 0)
        return ERR_OK;
    return m->to.bytes(m->to.ctx, at, len);
}

/* What looked like a boundary and is not belongs to the body; the CR LF before
 * the first byte of a body is the header's and never given. */
static enum err held_give(struct multipart *m)
{
    size_t from = m->fresh ? 2 : 0, held = m->matched;

    m->matched = 0;
    m->fresh = false;
    return held > from ? give(m, m->mark + from, held - from) : ERR_OK;
}

/*
 * A CR begins a boundary and stands nowhere else in it: after a mismatch the
 * search begins anew at this very byte, never within what was held.
 */
static enum err body_bytes(struct multipart *m, const char **p, const char *end)
{
    const char *from = *p, *at = *p;
    enum err e = ERR_OK;

    if (m->matched == 0) {
        at = memchr(from, '\r', (size_t)(end - from));
        *p = at == NULL ? end : at + 1;
        m->matched = at != NULL;
        return give(m, from, (size_t)((at == NULL ? end : at) - from));
    }
    while (at < end && m->matched < m->mark_len && *at == m->mark[m->matched]) {
        at++;
        m->matched++;
    }
    *p = at;
    if (m->matched == m->mark_len) {
        if (m->state == BODY)
            e = m->to.end(m->to.ctx);
        m->state = AFTER_MARK;
        m->matched = 0;
        return e;
    }
    return at < end ? held_give(m) : ERR_OK;
}

enum err multipart_feed(struct multipart *m, const void *bytes, size_t len)
{
    const char *p = bytes, *end = p + len;
    enum err e = ERR_OK;

    while (p < end && e == ERR_OK && m->state != DONE) {
        switch ((enum state)m->state) {
        case PREAMBLE:
        case BODY:
            e = body_bytes(m, &p, end);
            break;
        case AFTER_MARK:
        case AFTER_DASH:
        case AFTER_SPACE:
        case AFTER_CR:
            e = mark_byte(m, *p++);
            break;
        case HEADER:
            e = header_byte(m, *p++);
            break;
        case DONE:
            break;
        }
    }
    return e;
}

enum err multipart_end(const struct multipart *m)
{
    return m->state == DONE
               ? ERR_OK
               : err_raise(ERR_INVALID, "body: ends before its last part");
}
