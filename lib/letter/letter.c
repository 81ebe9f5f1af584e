/* One walk over the lines of a template writes both forms at once. */
#include "lib/letter/letter.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/letter/style.h"

enum block { NO_BLOCK, PARAGRAPH, BULLETS, NUMBERS };

struct making {
    struct arena *arena;
    const struct letter_value *values;
    size_t n;
    struct buf text, html;
    enum block block;
    bool small; /* behind the line -- */
};

/* clang-format off */
static const struct { const char *open, *close; } blocks[] = {
    [NO_BLOCK] = { "", "" },
    [PARAGRAPH] = { "<p style=\"margin:0 0 16px\">", "</p>\n" },
    [BULLETS] = { "<ul style=\"margin:0 0 16px;padding-left:24px\">\n", "</ul>\n" },
    [NUMBERS] = { "<ol style=\"margin:0 0 16px;padding-left:24px\">\n", "</ol>\n" },
};
/* clang-format on */

static const char *value_of(const struct making *m, const char *name,
                            size_t len)
{
    for (size_t i = 0; i < m->n; i++) {
        if (strlen(m->values[i].name) == len &&
            memcmp(m->values[i].name, name, len) == 0)
            return m->values[i].value;
    }
    return NULL;
}

static void put_escaped(struct buf *to, char c)
{
    switch (c) {
    case '&':
        buf_puts(to, "&amp;");
        break;
    case '<':
        buf_puts(to, "&lt;");
        break;
    case '>':
        buf_puts(to, "&gt;");
        break;
    case '"':
        buf_puts(to, "&quot;");
        break;
    default:
        buf_putc(to, c);
    }
}

static void html_puts(struct buf *to, const char *s)
{
    for (; *s != '\0'; s++)
        put_escaped(to, *s);
}

/* A value in a line stays in it. */
static void put_value(struct buf *to, const char *value)
{
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        buf_putc(to, (char)(c < 0x20 || c == 0x7f ? ' ' : c));
    }
}

/* line with its values in their places, as one text of the arena. */
static enum err filled(const struct making *m, const char *line, size_t len,
                       const char **out)
{
    struct buf b = { 0 };

    for (const char *s = line, *end = line + len; s < end; s++) {
        const char *brace =
            *s == '{' ? memchr(s, '}', (size_t)(end - s)) : NULL;
        const char *value;

        if (brace == NULL) {
            buf_putc(&b, *s);
            continue;
        }
        value = value_of(m, s + 1, (size_t)(brace - s - 1));
        if (value == NULL) {
            buf_free(&b);
            return err_raise(ERR_INVALID, "a letter without its %.*s",
                             (int)(brace - s - 1), s + 1);
        }
        put_value(&b, value);
        s = brace;
    }
    *out = arena_strndup(m->arena, b.at != NULL ? b.at : "", b.len);
    buf_free(&b);
    return ERR_OK;
}

static void block_end(struct making *m)
{
    buf_puts(&m->html, blocks[m->block].close);
    m->block = NO_BLOCK;
}

static void block_begin(struct making *m, enum block b)
{
    if (m->block == b)
        return;
    block_end(m);
    buf_puts(&m->html, blocks[b].open);
    m->block = b;
}

static void put_heading(struct making *m, const char *words)
{
    block_end(m);
    buf_puts(&m->html, "<h2 style=\"margin:24px 0 8px;font-size:18px\">");
    html_puts(&m->html, words);
    buf_puts(&m->html, "</h2>\n");
    buf_puts(&m->text, words);
    buf_putc(&m->text, '\n');
}

static void put_code(struct making *m, const char *code)
{
    block_end(m);
    buf_puts(&m->html, CODE_OPEN);
    html_puts(&m->html, code);
    buf_puts(&m->html, "</p>\n");
    buf_puts(&m->text, "    ");
    buf_puts(&m->text, code);
    buf_putc(&m->text, '\n');
}

static void put_item(struct making *m, enum block b, const char *line,
                     const char *words)
{
    block_begin(m, b);
    buf_puts(&m->html, "<li style=\"margin:0 0 6px\">");
    html_puts(&m->html, words);
    buf_puts(&m->html, "</li>\n");
    buf_puts(&m->text, line);
    buf_putc(&m->text, '\n');
}

static void put_line(struct making *m, const char *line)
{
    bool first = m->block != PARAGRAPH;

    block_begin(m, PARAGRAPH);
    if (!first)
        buf_puts(&m->html, "<br>\n");
    html_puts(&m->html, line);
    buf_puts(&m->text, line);
    buf_putc(&m->text, '\n');
}

/* Nothing but an address of the web becomes a link. */
static bool is_address(const char *s)
{
    return strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0;
}

/* [words](address), filled already; an empty address leaves nothing. */
static bool put_button(struct making *m, const char *line)
{
    const char *middle = line[0] == '[' ? strstr(line, "](") : NULL;
    size_t len = strlen(line);
    char *words, *href;

    if (middle == NULL || line[len - 1] != ')')
        return false;
    words = arena_strndup(m->arena, line + 1, (size_t)(middle - line - 1));
    href =
        arena_strndup(m->arena, middle + 2, len - (size_t)(middle - line) - 3);
    block_end(m);
    if (!is_address(href))
        return true;
    buf_puts(&m->html, BUTTON_OPEN);
    html_puts(&m->html, href);
    buf_puts(&m->html, "\">");
    html_puts(&m->html, words);
    buf_puts(&m->html, ADDRESS_OPEN);
    html_puts(&m->html, href);
    buf_puts(&m->html, "</p>\n");
    buf_puts(&m->text, words);
    buf_puts(&m->text, ":\n");
    buf_puts(&m->text, href);
    buf_putc(&m->text, '\n');
    return true;
}

static void small_print(struct making *m)
{
    block_end(m);
    m->small = true;
    buf_puts(&m->html, SMALL_OPEN);
    buf_puts(&m->text, "-- \n");
}

static size_t number_len(const char *line)
{
    size_t n = strspn(line, "0123456789");

    return n > 0 && line[n] == '.' && line[n + 1] == ' ' ? n + 2 : 0;
}

static void put_words(struct making *m, const char *line)
{
    size_t number = number_len(line);

    if (line[0] == '\0') {
        block_end(m);
        buf_putc(&m->text, '\n');
    } else if (strcmp(line, "--") == 0) {
        small_print(m);
    } else if (strncmp(line, "# ", 2) == 0) {
        put_heading(m, line + 2);
    } else if (strncmp(line, "= ", 2) == 0) {
        put_code(m, line + 2);
    } else if (strncmp(line, "- ", 2) == 0) {
        put_item(m, BULLETS, line, line + 2);
    } else if (number > 0) {
        put_item(m, NUMBERS, line, line + number);
    } else if (!put_button(m, line)) {
        put_line(m, line);
    }
}

/* ?name?words: NULL when that value is empty, else the words. */
static const char *on_condition(const struct making *m, const char *line,
                                size_t *len)
{
    const char *mark = line[0] == '?' ? memchr(line + 1, '?', *len - 1) : NULL;
    const char *value;

    if (mark == NULL)
        return line;
    value = value_of(m, line + 1, (size_t)(mark - line - 1));
    if (value == NULL || value[0] == '\0')
        return NULL;
    *len -= (size_t)(mark + 1 - line);
    return mark + 1;
}

/*
 * Marks are looked for before the values are in: a name that begins with "- "
 * is no item. Only a button is filled first, for its address is a value; of
 * others the mark stands in the template.
 */
static enum err put_template_line(struct making *m, const char *line,
                                  size_t len)
{
    const char *words = "";
    enum err e;

    if (len > 0 && (line = on_condition(m, line, &len)) == NULL)
        return ERR_OK;
    if ((e = filled(m, line, len, &words)) != ERR_OK)
        return e;
    if (len > 0 && line[0] == '{')
        put_line(m, words);
    else
        put_words(m, words);
    return ERR_OK;
}

static enum err put_body(struct making *m, const char *body)
{
    enum err e = ERR_OK;

    while (*body != '\0' && e == ERR_OK) {
        size_t len = strcspn(body, "\n");

        e = put_template_line(m, body, len);
        body += len + (body[len] == '\n');
    }
    block_end(m);
    return e;
}

static void html_begin(struct making *m, const char *language,
                       const char *subject)
{
    buf_puts(&m->html, "<!DOCTYPE html>\n<html lang=\"");
    html_puts(&m->html, language);
    buf_puts(&m->html,
             "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
             "content=\"width=device-width\">\n" DARK_SHEET "<title>");
    html_puts(&m->html, subject);
    buf_puts(&m->html, "</title>\n</head>\n" PAGE_OPEN);
}

static const char *taken(struct arena *a, struct buf *b)
{
    const char *text = arena_strndup(a, b->at != NULL ? b->at : "", b->len);

    buf_free(b);
    return text;
}

/* Empty lines at the beginning are of the lines that were left out. */
static const char *without_gap(const char *text)
{
    return text + strspn(text, "\n");
}

enum err letter_make_of(struct arena *a, const char *template_text,
                        const char *language, const struct letter_value *values,
                        size_t n, struct letter_text *out)
{
    static const char mark[] = "Subject: ";
    struct making m = { .arena = a, .values = values, .n = n };
    const char *body = template_text;
    const char *subject = "";
    bool is_letter = false;
    enum err e = ERR_OK;

    if (strncmp(body, mark, sizeof(mark) - 1) == 0) {
        size_t len = strcspn(body, "\n");

        is_letter = true;
        e = filled(&m, body + sizeof(mark) - 1, len - (sizeof(mark) - 1),
                   &subject);
        body = without_gap(body + len);
        if (e == ERR_OK)
            html_begin(&m, language, subject);
    }
    if (e == ERR_OK)
        e = put_body(&m, body);
    buf_puts(&m.html, "</div>\n</div>\n</body>\n</html>\n");
    out->subject = subject;
    out->text = without_gap(taken(a, &m.text));
    out->html = taken(a, &m.html);
    if (!is_letter)
        out->html = "";
    return e;
}

enum err letter_make(struct arena *a, const char *channel, const char *kind,
                     const char *language, const struct letter_value *values,
                     size_t n, struct letter_text *out)
{
    const struct letter_template *found = NULL;

    for (const struct letter_template *t = letter_templates; t->channel; t++) {
        if (strcmp(t->channel, channel) != 0 || strcmp(t->kind, kind) != 0)
            continue;
        if (strcmp(t->language, language) == 0 ||
            (found == NULL && strcmp(t->language, "ru") == 0))
            found = t;
    }
    if (found == NULL)
        return err_raise(ERR_NOT_FOUND, "no template %s/%s", channel, kind);
    return letter_make_of(a, found->text, found->language, values, n, out);
}
