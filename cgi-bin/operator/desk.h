/*
 * Windows over the main one, of the selected meter: its subscriber's account,
 * the note, the radio password. Each is a page of its own; with scripts it is
 * shown in a dialog (Desk.InDialog).
 */
#ifndef LAZUR_CGI_BIN_OPERATOR_DESK_H
#define LAZUR_CGI_BIN_OPERATOR_DESK_H

#include "cgi-bin/operator/meters.h"
#include "cgi-bin/web/mistakes.h"

/* ---- screens ---- */

enum err account_ask(struct req *r);    /* GET /meters/{id}/account?back= */
enum err account_change(struct req *r); /* POST the same */
enum err payments_list(struct req *r);  /* GET /meters/{id}/payments?back= */
enum err payments_csv(struct req *r);   /* GET /meters/{id}/payments.csv */
enum err note_ask(struct req *r);       /* GET /meters/{id}/note?back= */
enum err note_change(struct req *r);    /* POST the same */
enum err radio_view(struct req *r);     /* GET /meters/{id}/radio?back= */

/* ---- desk.c: what they share ---- */

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

#endif
