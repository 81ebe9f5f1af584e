/* Receipts, reports and the list of downloads. */
#ifndef LAZUR_CGI_BIN_OPERATOR_DOCUMENTS_H
#define LAZUR_CGI_BIN_OPERATOR_DOCUMENTS_H

#include "cgi-bin/web/mistakes.h"
#include "lib/document/document.h"

/* ---- screens ---- */

enum err daily_form(struct req *r);    /* GET /reports/daily?meter=&back= */
enum err daily_ask(struct req *r);     /* POST the same */
enum err balance_form(struct req *r);  /* GET /reports/balance?back= */
enum err balance_ask(struct req *r);   /* POST the same */
enum err receipt_one(struct req *r);   /* GET /meters/{id}/receipt */
enum err receipts_form(struct req *r); /* GET /receipts?back= */
enum err receipts_ask(struct req *r);  /* POST the same */

enum err downloads_list(struct req *r);   /* GET /downloads?new= */
enum err downloads_live(struct req *r);   /* GET /downloads/live?v= */
enum err downloads_bell(struct req *r);   /* GET /downloads/bell */
enum err downloads_file(struct req *r);   /* GET /downloads/{id}/file */
enum err downloads_cancel(struct req *r); /* POST /downloads/{id}/cancel */
enum err downloads_delete(struct req *r); /* POST /downloads/{id}/delete */

/* ---- documents.c: how a document is answered ---- */

/*
 * Made while the operator waits and answered as a file. what: whom it is
 * about, for the name; fault and branch as document.h, of a receipt.
 */
enum err document_now(struct req *r, const struct document_order *order,
                      const char *what, struct document *made) MUST_CHECK;

/* Left to the worker; answers with the list of downloads. */
enum err document_later(struct req *r, const struct document_order *order,
                        const char *what) MUST_CHECK;

/* No more jobs may be asked for at the moment. */
enum err too_many_jobs(struct req *r, bool *out) MUST_CHECK;

/* ---- report_form.c: what the forms of both reports have in common ---- */

/* Their mistakes are of the group "ReportError". */

/* Fields from, to and format into the order. */
void form_days(struct mistakes *m, struct document_order *order);
void form_format(struct mistakes *m, struct document_order *order,
                 const char *const *formats);

/* Report.Groups; the one of this id is Current. */
enum err form_groups_show(struct req *r, int64_t current) MUST_CHECK;

/* Report.From and .To: what was typed, or this month so far, or all of the
 * last. */
void form_this_month(struct req *r);
void form_last_month(struct req *r);

/* Report.Format and the Desk names; the answer is the form. */
enum err form_show(struct mistakes *m, const char *template_name) MUST_CHECK;

#endif
