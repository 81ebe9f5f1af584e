/* «Филиалы»: screens of branches (GC-157 ... GC-162). */
#ifndef LAZUR_CGI_BIN_ADMIN_BRANCHES_H
#define LAZUR_CGI_BIN_ADMIN_BRANCHES_H

#include "cgi-bin/web/sheet.h"

enum err branches_list(struct req *r); /* GET /admin/branches */
enum err branches_file(struct req *r); /* GET /admin/branches.csv */
enum err branch_new(struct req *r);    /* GET /admin/branches/new */
enum err branch_edit(struct req *r);   /* GET /admin/branches/{id}/edit */
enum err branch_save(struct req *r);   /* POST to either */
enum err branch_ask(struct req *r);    /* GET /admin/branches/{id}/delete */
enum err branch_remove(struct req *r); /* POST the same */

/*
 * branch_options - every branch as an option of another form's field; of a form
 * that was sent, the mistake NoSuchBranch when one was chosen that has been
 * deleted since.
 */
enum err branch_options(struct sheet *s, const char *name) MUST_CHECK;

#endif
