/*
 * Forms of the administration: their fields are a table, read, checked and
 * shown alike. What is wrong with a field is said beside it and listed on top;
 * the template admin/sheet.cst draws any of them.
 *
 * Words of a form stand under Words.<words>: Title, one of each field's name,
 * and <name>Hint where there is a hint.
 */
#ifndef LAZUR_CGI_BIN_WEB_SHEET_H
#define LAZUR_CGI_BIN_WEB_SHEET_H

#include "cgi-bin/web/web.h"

enum sheet_kind {
    SHEET_TEXT,
    SHEET_AREA,
    SHEET_NUMBER,   /* digits, maybe with a comma: a text with another keyboard
                     */
    SHEET_EMAIL,    /* checked: something@something */
    SHEET_PHONE,    /* checked: digits, spaces, +()- */
    SHEET_DAY,      /* 2026-11-20 */
    SHEET_PASSWORD, /* never sent back to the browser */
    SHEET_CHECK,    /* "1" or nothing */
    SHEET_SELECT,
    SHEET_RADIO,
    SHEET_MANY,    /* check boxes of one name */
    SHEET_SERIALS, /* the language of serial numbers, with its preview */
    SHEET_METER,   /* a serial number, suggested while one types */
    SHEET_FILE,
};

struct sheet_field {
    const char *name;
    enum sheet_kind kind;
    bool required;
    size_t max;        /* characters, 0: 255; bytes of a file, 0: any */
    const char *group; /* a heading above it, Words.<words>.<group> */
};

#define SHEET_FIELDS_MAX 32

struct sheet {
    struct req *r;
    const char *words; /* "Branch" */
    const struct sheet_field *fields;
    size_t n;
    const char *post;    /* where it is sent */
    const char *back;    /* where «Отмена» leads */
    const char *version; /* of the row that was shown; "" for a new one */
    const char *value[SHEET_FIELDS_MAX];
    size_t wrong; /* how many mistakes have been told */
};

/*
 * sheet_read - the fields as typed, without the spaces around them; empty
 * required ones, too long ones, broken e-mails and phones are mistakes.
 */
void sheet_read(struct sheet *s);

/* What stands in a field; "" where nothing does. */
const char *sheet_text(const struct sheet *s, const char *name);
bool sheet_on(const struct sheet *s, const char *name);
void sheet_put(struct sheet *s, const char *name, const char *value);

/* A whole number; an empty field is fallback. Mistake "NotNumber". */
int64_t sheet_int(struct sheet *s, const char *name, int64_t min, int64_t max,
                  int64_t fallback);

/* Words.<words>.<word_name> beside the field; the first of a field counts. */
void sheet_mistake(struct sheet *s, const char *name, const char *word_name);
/* The same with words that are made up already. */
void sheet_mistake_text(struct sheet *s, const char *name, const char *text);

/* An option of a select, radio or many; it is current when it is the value. */
void sheet_option(struct sheet *s, const char *name, const char *value,
                  const char *label);
/* The ids ticked in a SHEET_MANY as "{1,2}", for a statement. */
const char *sheet_ids(struct sheet *s, const char *name);

/* A field that is mandatory here and not always; the caller checks it. */
void sheet_star(struct sheet *s, const char *name);

/* A fact above the fields: whom it is about, what will happen. */
void sheet_fact(struct sheet *s, const char *word_name, const char *value);
/* Words.<words>.<word_name> in a frame: kind warn, bad, info. */
void sheet_notice(struct sheet *s, const char *kind, const char *word_name);
void sheet_notice_text(struct sheet *s, const char *kind, const char *text);

/* The notice DeleteText and a red button DeleteButton. */
void sheet_deletes(struct sheet *s);
/* A hidden field: Sheet.Hidden.N .Name .Value */
void sheet_hide(struct sheet *s, const char *name, const char *value);
/* There is nothing to send: it has no button but «Отмена». */
void sheet_shut(struct sheet *s);

/* Of the button and the heading, unless «Ok» and Title. */
void sheet_button(struct sheet *s, const char *kind, const char *word_name);
void sheet_title(struct sheet *s, const char *word_name, const char *of_what);

/*
 * sheet_render - the form; 422 when something is wrong with it.
 *
 * Sheet.Title .Of .Post .Back .Version .Danger .Button .Multipart .Closed
 * .InDialog (a page takes its answer); Sheet.Hidden.N .Name .Value;
 * Sheet.Facts.N .Word .Value; Sheet.Notices.N .Kind .Text;
 * Sheet.Fields.N .Name .Kind .Label .Hint .Value .Required .Error .Group .Max
 * .Large (bytes of a file, and what is said of a larger one: LargeFile) .None
 * .Options.M .Value .Label .Current; Errors.N .Field .Text
 * template_name NULL: admin/sheet.cst
 */
enum err sheet_render(struct sheet *s, const char *template_name) MUST_CHECK;

/*
 * The form with a question that is still to be answered (428): with scripts a
 * dialog shows it, as it does what is refused.
 */
enum err sheet_asks_again(struct sheet *s,
                          const char *template_name) MUST_CHECK;

/*
 * sheet_conflict - the row has changed or gone since the form was shown: the
 * form again, with words (Words.Sheet.Changed, .Gone) and status 409. For
 * ERR_CONFLICT and ERR_NOT_FOUND of the model; other errors are passed up.
 * The transaction is rolled back: ask the model again for options before.
 */
enum err sheet_conflict(struct sheet *s, enum err e) MUST_CHECK;

/*
 * sheet_done - back to the list with a toast: Words.<words>.<done> and of
 * what. The list's template shows it.
 */
enum err sheet_done(struct sheet *s, const char *done,
                    const char *of_what) MUST_CHECK;

/* sheet_done, or sheet_conflict when e says so. */
enum err sheet_end(struct sheet *s, enum err e, const char *done,
                   const char *of_what) MUST_CHECK;

/* Sets Done.Text of a list from done= of its address. */
void sheet_done_show(struct req *r);

/*
 * The place in the help and the class of the page of an administration's
 * address: "/admin/branches?..." is "branches", meters are "fleet", and what
 * has no place of its own "admin".
 */
const char *place_of(struct req *r, const char *address);

/* The field back of the request, when it leads to that list; else the list. */
const char *back_to(struct req *r, const char *list_address);

#endif
