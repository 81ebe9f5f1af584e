/* «Тарифы»: screens of tariffs (GC-171, GC-172). */
#ifndef LAZUR_CGI_BIN_ADMIN_TARIFFS_H
#define LAZUR_CGI_BIN_ADMIN_TARIFFS_H

#include "cgi-bin/web/web.h"

enum err tariffs_list(struct req *r);  /* GET /admin/tariffs */
enum err tariffs_file(struct req *r);  /* GET /admin/tariffs.csv */
enum err tariff_new(struct req *r);    /* GET /admin/tariffs/new */
enum err tariff_edit(struct req *r);   /* GET /admin/tariffs/{id}/edit */
enum err tariff_save(struct req *r);   /* POST to either */
enum err tariff_ask(struct req *r);    /* GET /admin/tariffs/{id}/delete */
enum err tariff_remove(struct req *r); /* POST the same */

#endif
