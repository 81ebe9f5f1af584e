/* «Абоненты»: screens of subscribers and of their meters (GC-131 ... GC-140).
 */
#ifndef LAZUR_CGI_BIN_ADMIN_SUBSCRIBERS_H
#define LAZUR_CGI_BIN_ADMIN_SUBSCRIBERS_H

#include "cgi-bin/web/web.h"

#define SUBSCRIBERS_ADDRESS "/admin/subscribers"

/* subscribers.c: the list, with the meters of the selected one */
enum err subscribers_list(struct req *r); /* GET /admin/subscribers */
enum err subscribers_file(struct req *r); /* GET /admin/subscribers.csv */

/* subscriber_sheet.c: the form */
enum err subscriber_new(struct req *r);  /* GET /admin/subscribers/new */
enum err subscriber_edit(struct req *r); /* GET /admin/subscribers/{id}/edit */
enum err subscriber_save(struct req *r); /* POST to either */

/* subscriber_delete.c: one of them, or all that are ticked */
enum err subscriber_ask(struct req *r);     /* GET .../{id}/delete */
enum err subscriber_remove(struct req *r);  /* POST the same */
enum err subscribers_ask(struct req *r);    /* POST .../delete: the question */
enum err subscribers_remove(struct req *r); /* POST .../delete/sure */

/* subscriber_meters.c: meters are bound and released */
enum err binding_ask(struct req *r);   /* GET .../{id}/bind */
enum err binding_add(struct req *r);   /* POST the same */
enum err unbinding_ask(struct req *r); /* GET .../{id}/unbind?meter=9 */
enum err binding_drop(struct req *r);  /* POST the same */

/* subscriber_cabinet.c: his cabinet, looked into */
enum err cabinet_look_into(struct req *r); /* POST .../{id}/cabinet */

#endif
