/*
 * Pages of PDF. The only file that includes hpdf.h is pdf.c.
 *
 * Points (1/72 inch) from the top left corner; text stands on its baseline.
 * Drawing functions return nothing: the first failure is kept, all that
 * follows is skipped, and pdf_finish tells it.
 */
#ifndef LAZUR_LIB_REPORT_PDF_H
#define LAZUR_LIB_REPORT_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/report/payment_qr.h"
#include "lib/report/report.h"
#include "lib/report/sink.h"

/* A document lies in memory until it is whole: this bounds it. */
#define PDF_PAGES_MAX 500

/* Debian's fonts-liberation. */
#define PDF_FONT_DIR "/usr/share/fonts/truetype/liberation"

#define PDF_MM(mm) ((float)(mm) / 25.4F * 72.0F)

struct pdf;

struct pdf_options {
    const char *title;      /* of the document's properties */
    struct report_day made; /* its date there; year 0: none */
    const char *font_dir;   /* NULL: PDF_FONT_DIR */
    bool landscape;         /* A4 */
    const char *page_word; /* "стр.": «стр. 1» below each page; NULL: none */
    int pages_before;      /* numbering goes on from here */
};

enum pdf_font {
    PDF_PLAIN,
    PDF_BOLD,
};

struct pdf_style {
    enum pdf_font font;
    float size;
};

/* ERR_IO when the fonts cannot be read. */
enum err pdf_begin(const struct pdf_options *o, struct pdf **out) MUST_CHECK;

/* The document goes out and p is gone, also after a failure. */
enum err pdf_finish(struct pdf *p, const struct sink *to) MUST_CHECK;

/* Gives it up; NULL is fine. */
void pdf_drop(struct pdf *p);

/* A new page; past PDF_PAGES_MAX it is ERR_INVALID. */
void pdf_page(struct pdf *p);
int pdf_pages(const struct pdf *p);
float pdf_width(const struct pdf *p);
float pdf_height(const struct pdf *p);

/* A piece of text that fits in one line. */
struct pdf_line {
    const char *at;
    size_t len;
    bool cut; /* an ellipsis stands for the rest of the text */
    float width;
};

/*
 * pdf_wrap - text in lines not wider than width, at most max of them.
 *
 * Breaks at spaces and line ends, and inside a word that is wider than a line.
 * What does not fit in the last line is cut with an ellipsis. Returns how
 * many lines there are, 0 for no text.
 */
int pdf_wrap(struct pdf *p, struct pdf_style s, const char *text, float width,
             struct pdf_line *lines, int max);

float pdf_text_width(struct pdf *p, struct pdf_style s, const char *text);
void pdf_show(struct pdf *p, struct pdf_style s, float x, float y,
              const struct pdf_line *line);
void pdf_text(struct pdf *p, struct pdf_style s, float x, float y,
              const char *text);
void pdf_text_right(struct pdf *p, struct pdf_style s, float right, float y,
                    const char *text);

void pdf_rule(struct pdf *p, float x1, float y1, float x2, float y2,
              float thickness, bool dashed);
void pdf_fill(struct pdf *p, float x, float y, float w, float h, float grey);

/* A square of the symbol alone: leave four modules of white around it. */
void pdf_qr(struct pdf *p, float x, float y, float side, const struct qr *qr);

#endif
