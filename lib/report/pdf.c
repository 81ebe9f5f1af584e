/*
 * libharu with two embedded fonts. It tells failures to a callback and goes
 * on with half-made objects; so the callback leaves by longjmp, to whichever
 * public function was entered, and the document is only good for freeing.
 * Hence public functions never call each other.
 */
#include "lib/report/pdf.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hpdf.h>

#include "lib/base/log.h"
#include "lib/report/utf8.h"

#define ELLIPSIS      0x2026u
#define ADVANCES      0x2200u /* Latin, Cyrillic, punctuation, № */
#define TEXT_MAX      4096    /* bytes of a line */
#define FOOTER_BOTTOM 20.0F

struct pdf {
    HPDF_Doc doc;
    HPDF_Font fonts[2];
    HPDF_Page page;
    struct pdf_style style; /* current on the page */
    jmp_buf jump;
    enum err failed;
    const char *doing; /* for the sentence of a failure */
    bool landscape;
    const char *page_word;
    int pages, pages_before;
    /* Widths of characters in 1/1000 of the size; 0: not yet asked. */
    uint16_t advances[2][ADVANCES];
};

static void on_error(HPDF_STATUS number, HPDF_STATUS detail, void *it)
{
    struct pdf *p = it;

    p->failed =
        err_raise(ERR_IO, "PDF: %s: libharu 0x%04lX, detail %lu", p->doing,
                  (unsigned long)number, (unsigned long)detail);
    longjmp(p->jump, 1);
}

static HPDF_Font font_load(struct pdf *p, const char *dir, const char *file)
{
    char path[512];
    const char *name;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, file);
    name = HPDF_LoadTTFontFromFile(p->doc, path, HPDF_TRUE);
    return HPDF_GetFont(p->doc, name, "UTF-8");
}

static void set_properties(struct pdf *p, const struct pdf_options *o)
{
    HPDF_Date made = { .year = o->made.year,
                       .month = o->made.month,
                       .day = o->made.day,
                       .ind = 'Z' };

    if (o->title != NULL)
        HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, o->title);
    if (o->made.year != 0)
        HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, made);
}

static void document_open(struct pdf *p, const struct pdf_options *o)
{
    const char *dir = o->font_dir != NULL ? o->font_dir : PDF_FONT_DIR;

    p->doing = "properties";
    HPDF_UseUTFEncodings(p->doc);
    HPDF_SetCurrentEncoder(p->doc, "UTF-8");
    HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
    set_properties(p, o);
    p->doing = "fonts of fonts-liberation";
    p->fonts[PDF_PLAIN] = font_load(p, dir, "LiberationSans-Regular.ttf");
    p->fonts[PDF_BOLD] = font_load(p, dir, "LiberationSans-Bold.ttf");
    p->doing = "pages";
}

enum err pdf_begin(const struct pdf_options *o, struct pdf **out)
{
    struct pdf *p = calloc(1, sizeof(*p));
    enum err e;

    if (p == NULL)
        fatal("pdf");
    p->doing = "new document";
    p->landscape = o->landscape;
    p->page_word = o->page_word;
    p->pages_before = o->pages_before;
    if (setjmp(p->jump) == 0) {
        p->doc = HPDF_New(on_error, p);
        if (p->doc == NULL)
            fatal("pdf");
        document_open(p, o);
        *out = p;
        return ERR_OK;
    }
    e = p->failed;
    pdf_drop(p);
    return e;
}

void pdf_drop(struct pdf *p)
{
    if (p == NULL)
        return;
    if (setjmp(p->jump) == 0 && p->doc != NULL)
        HPDF_Free(p->doc);
    free(p);
}

static enum err send(struct pdf *p, const struct sink *to)
{
    unsigned char chunk[32768];

    for (;;) {
        HPDF_UINT32 n = sizeof(chunk);
        HPDF_STATUS s = HPDF_ReadFromStream(p->doc, chunk, &n);
        enum err e;

        if (n > 0 && (e = to->write(to->it, chunk, n)) != ERR_OK)
            return e;
        if (s == HPDF_STREAM_EOF || n == 0)
            return ERR_OK;
    }
}

enum err pdf_finish(struct pdf *p, const struct sink *to)
{
    enum err e;

    if (p->failed == ERR_OK && setjmp(p->jump) == 0) {
        HPDF_SaveToStream(p->doc);
        HPDF_ResetStream(p->doc);
        p->failed = send(p, to);
    }
    e = p->failed;
    pdf_drop(p);
    return e;
}

int pdf_pages(const struct pdf *p)
{
    return p->pages;
}

/* ISO 216: A4 is 210 by 297 mm. */
float pdf_width(const struct pdf *p)
{
    return PDF_MM(p->landscape ? 297 : 210);
}

float pdf_height(const struct pdf *p)
{
    return PDF_MM(p->landscape ? 210 : 297);
}

/* What the fonts cannot show: controls are spaces, the rest question marks. */
static uint32_t shown(uint32_t c)
{
    if (c < ' ' || c == 0x7F)
        return ' ';
    return c > 0xFFFF || c == UTF8_BROKEN ? '?' : c;
}

static float advance(struct pdf *p, struct pdf_style s, uint32_t c)
{
    uint16_t *known;
    int width;

    c = shown(c);
    known = c < ADVANCES ? &p->advances[s.font][c] : NULL;
    if (known != NULL && *known != 0)
        return (float)*known * s.size / 1000;
    width = HPDF_Font_GetUnicodeWidth(p->fonts[s.font], (HPDF_UNICODE)c);
    if (known != NULL && width > 0)
        *known = (uint16_t)width;
    return (float)width * s.size / 1000;
}

static float width_of(struct pdf *p, struct pdf_style s, const char *text)
{
    float width = 0;
    uint32_t c;

    while ((c = utf8_next(&text)) != 0)
        width += advance(p, s, c);
    return width;
}

/* The line's bytes as libharu takes them, NUL-ended. */
static void spell(const struct pdf_line *line, char out[TEXT_MAX])
{
    const char *from = line->at;
    size_t n = 0;

    while (from < line->at + line->len && n < TEXT_MAX - 8)
        n += utf8_put(out + n, shown(utf8_next(&from)));
    if (line->cut)
        n += utf8_put(out + n, ELLIPSIS);
    out[n] = '\0';
}

static void show(struct pdf *p, struct pdf_style s, float x, float y,
                 const struct pdf_line *line)
{
    char text[TEXT_MAX];

    spell(line, text);
    if (text[0] == '\0')
        return;
    HPDF_Page_BeginText(p->page);
    if (s.font != p->style.font || s.size < p->style.size ||
        s.size > p->style.size) {
        HPDF_Page_SetFontAndSize(p->page, p->fonts[s.font], s.size);
        p->style = s;
    }
    HPDF_Page_TextOut(p->page, x, pdf_height(p) - y, text);
    HPDF_Page_EndText(p->page);
}

static void show_all(struct pdf *p, struct pdf_style s, float x, float y,
                     const char *text)
{
    const struct pdf_line line = { .at = text, .len = strlen(text) };

    show(p, s, x, y, &line);
}

static void footer(struct pdf *p)
{
    const struct pdf_style s = { PDF_PLAIN, 8 };
    char text[64];

    (void)snprintf(text, sizeof(text), "%s %d", p->page_word,
                   p->pages_before + p->pages);
    show_all(p, s, pdf_width(p) - PDF_MM(12) - width_of(p, s, text),
             pdf_height(p) - FOOTER_BOTTOM, text);
}

void pdf_page(struct pdf *p)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    if (p->pages == PDF_PAGES_MAX) {
        p->failed =
            err_raise(ERR_INVALID, "PDF: more than %d pages", PDF_PAGES_MAX);
        return;
    }
    p->page = HPDF_AddPage(p->doc);
    HPDF_Page_SetWidth(p->page, pdf_width(p));
    HPDF_Page_SetHeight(p->page, pdf_height(p));
    p->style = (struct pdf_style){ 0 };
    p->pages++;
    if (p->page_word != NULL)
        footer(p);
}

float pdf_text_width(struct pdf *p, struct pdf_style s, const char *text)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return 0;
    return width_of(p, s, text);
}

static bool is_break(uint32_t c)
{
    return c == ' ' || c == '\n';
}

/*
 * The longest beginning of text that fits. With whole_words it ends before a
 * space, unless its first word alone is too wide.
 */
static struct pdf_line fit(struct pdf *p, struct pdf_style s, const char *text,
                           float width, bool whole_words)
{
    struct pdf_line taken = { .at = text }, word = taken;
    const char *next = text;
    float so_far = 0;
    uint32_t c;

    while ((c = utf8_next(&next)) != 0) {
        if (is_break(c))
            word = taken;
        if (c == '\n' && whole_words)
            return taken;
        so_far += advance(p, s, c);
        if (so_far > width && taken.len > 0)
            return whole_words && word.len > 0 ? word : taken;
        taken.len = (size_t)(next - text);
        taken.width = so_far;
    }
    return taken;
}

static const char *skip_break(const char *text)
{
    while (*text == ' ')
        text++;
    if (*text == '\n')
        text++;
    return text;
}

static int wrap(struct pdf *p, struct pdf_style s, const char *text,
                float width, struct pdf_line *lines, int max)
{
    int n = 0;

    while (*text != '\0' && n < max) {
        struct pdf_line line = fit(p, s, text, width, true);
        const char *rest = skip_break(text + line.len);

        if (n == max - 1 && *rest != '\0') {
            float dots = advance(p, s, ELLIPSIS);

            line = fit(p, s, text, width - dots, false);
            line.cut = true;
            line.width += dots;
        }
        lines[n++] = line;
        text = rest;
    }
    return n;
}

int pdf_wrap(struct pdf *p, struct pdf_style s, const char *text, float width,
             struct pdf_line *lines, int max)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return 0;
    return wrap(p, s, text, width, lines, max);
}

void pdf_show(struct pdf *p, struct pdf_style s, float x, float y,
              const struct pdf_line *line)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    show(p, s, x, y, line);
}

void pdf_text(struct pdf *p, struct pdf_style s, float x, float y,
              const char *text)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    show_all(p, s, x, y, text);
}

void pdf_text_right(struct pdf *p, struct pdf_style s, float right, float y,
                    const char *text)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    show_all(p, s, right - width_of(p, s, text), y, text);
}

void pdf_rule(struct pdf *p, float x1, float y1, float x2, float y2,
              float thickness, bool dashed)
{
    static const HPDF_UINT16 dash[] = { 3, 3 };

    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    HPDF_Page_SetDash(p->page, dashed ? dash : NULL, dashed ? 2 : 0, 0);
    HPDF_Page_SetLineWidth(p->page, thickness);
    HPDF_Page_MoveTo(p->page, x1, pdf_height(p) - y1);
    HPDF_Page_LineTo(p->page, x2, pdf_height(p) - y2);
    HPDF_Page_Stroke(p->page);
}

void pdf_fill(struct pdf *p, float x, float y, float w, float h, float grey)
{
    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    HPDF_Page_SetGrayFill(p->page, grey);
    HPDF_Page_Rectangle(p->page, x, pdf_height(p) - y - h, w, h);
    HPDF_Page_Fill(p->page);
    HPDF_Page_SetGrayFill(p->page, 0);
}

/* One rectangle for each run of dark modules, in whole numbers of modules. */
static void qr_runs(struct pdf *p, const struct qr *qr)
{
    for (int y = 0; y < qr->size; y++) {
        const uint8_t *row = qr->dark + (size_t)y * (size_t)qr->size;

        for (int x = 0, end; x < qr->size; x = end) {
            for (end = x + 1; end < qr->size && row[end] == row[x];)
                end++;
            if (row[x] != 0)
                HPDF_Page_Rectangle(p->page, (float)x,
                                    (float)(qr->size - 1 - y), (float)(end - x),
                                    1);
        }
    }
}

void pdf_qr(struct pdf *p, float x, float y, float side, const struct qr *qr)
{
    float module = side / (float)qr->size;

    if (p->failed != ERR_OK || setjmp(p->jump) != 0)
        return;
    HPDF_Page_GSave(p->page);
    HPDF_Page_Concat(p->page, module, 0, 0, module, x,
                     pdf_height(p) - y - side);
    qr_runs(p, qr);
    HPDF_Page_Fill(p->page);
    HPDF_Page_GRestore(p->page);
}
