/*
 * Windows over the main one, of the selected meter: its subscriber's account,
 * the note, the radio password. Each is a page of its own; with scripts it is
 * shown in a dialog (Desk.InDialog).
 */
#ifndef LAZUR_CGI_BIN_OPERATOR_DESK_H
#define LAZUR_CGI_BIN_OPERATOR_DESK_H

#include "cgi-bin/operator/meters.h"

/* ---- screens ---- */

enum err account_ask(struct req *r);    /* GET /meters/{id}/account?back= */
enum err account_change(struct req *r); /* POST the same */
enum err payments_list(struct req *r);  /* GET /meters/{id}/payments?back= */
enum err payments_csv(struct req *r);   /* GET /meters/{id}/payments.csv */
enum err note_ask(struct req *r);       /* GET /meters/{id}/note?back= */
enum err note_change(struct req *r);    /* POST the same */
enum err radio_view(struct req *r);     /* GET /meters/{id}/radio?back= */

/* ---- desk.c: what they share ---- */

/* A window over the table asks, not a page of its own. */
bool in_dialog(struct req *r);

/*
 * desk_show - Desk.Serial .Address .Subscriber .Account .Post .Back .InDialog.
 *
 * post  "account": the form's address is /meters/{id}/account
 */
void desk_show(struct req *r, const struct meter_card *c, const char *post);

/* "000000002035", or "Без номера (#17)". */
const char *account_name(struct req *r, const struct meter_card *c);

/* Back to the window with a toast: done is "accrual", "correction", "note". */
enum err desk_done(struct req *r, const char *done) MUST_CHECK;

/* What is wrong with a field; the page lists it and says it beside the field.
 */
struct mistakes {
    struct req *r;
    const char *group; /* of Words, "Account" */
    size_t n;
};

/* Errors.N .Field .Text, and Wrong.<field>; once for a field. */
void mistake(struct mistakes *m, const char *field, const char *word_name);

/* Without the spaces around it, its line ends as \n. */
char *typed_text(struct arena *a, const char *text);

/* Characters, not bytes. */
size_t text_length(const char *text);

#endif
