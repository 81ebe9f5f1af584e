/* «Группы приборов»: screens of groups (GC-202 ... GC-206). */
#ifndef LAZUR_CGI_BIN_ADMIN_GROUPS_H
#define LAZUR_CGI_BIN_ADMIN_GROUPS_H

#include "cgi-bin/web/web.h"

enum err groups_list(struct req *r);   /* GET /admin/groups?id= */
enum err groups_file(struct req *r);   /* GET /admin/groups.csv */
enum err members_file(struct req *r);  /* GET /admin/groups/{id}/members.csv */
enum err group_new(struct req *r);     /* GET /admin/groups/new */
enum err group_edit(struct req *r);    /* GET /admin/groups/{id}/edit */
enum err group_save(struct req *r);    /* POST to either */
enum err group_ask(struct req *r);     /* GET /admin/groups/{id}/delete */
enum err group_remove(struct req *r);  /* POST the same */
enum err meter_suggest(struct req *r); /* GET /admin/meter-options?balance= */

/* group_members.c */
enum err members_choose(struct req *r);  /* GET /admin/groups/{id}/add */
enum err members_add(struct req *r);     /* POST the same: ids */
enum err members_ask(struct req *r);     /* GET /admin/groups/{id}/serials */
enum err members_serials(struct req *r); /* POST the same */
enum err members_drop(struct req *r);    /* POST /admin/groups/{id}/drop: ids */

#define GROUPS_ADDRESS "/admin/groups"
#endif
