/*
 * «Приборы учёта» (GC-173 ... GC-195): the list of all meters, the commands of
 * the selected one, and what can be asked of it, of those an expression over
 * serial numbers names, or of the ticked ones.
 */
#ifndef LAZUR_CGI_BIN_ADMIN_METERS_H
#define LAZUR_CGI_BIN_ADMIN_METERS_H

#include "cgi-bin/web/sheet.h"
#include "lib/model/fleet.h"

#define METERS_ADDRESS "/admin/meters"

enum err meters_list(struct req *r);   /* GET /admin/meters?id= */
enum err meters_file(struct req *r);   /* GET /admin/meters.csv */
enum err commands_file(struct req *r); /* GET /admin/commands.csv?id= */

/* ---- meter_orders.c: by an expression over serial numbers ---- */

enum err period_ask(struct req *r);     /* GET /admin/meters/period?serials= */
enum err period_order(struct req *r);   /* POST the same; number= confirms */
enum err pressure_ask(struct req *r);   /* GET /admin/meters/pressure */
enum err pressure_order(struct req *r); /* POST the same */
enum err pressure_units(struct req *r); /* GET .../pressure/units?pressure= */

/* ---- meter_one.c: of the selected meter ---- */

enum err password_ask(struct req *r);   /* GET /admin/meters/{id}/password */
enum err password_order(struct req *r); /* POST the same */
enum err sync_ask(struct req *r);       /* GET /admin/meters/{id}/sync */
enum err sync_order(struct req *r);     /* POST the same; sure= confirms */
enum err take_back_ask(struct req *r);  /* GET /admin/commands/{id}/cancel */
enum err take_back(struct req *r);      /* POST the same */

/* ---- meter_attached.c ---- */

enum err attached_ask(struct req *r);  /* GET /admin/meters/{id}/attached */
enum err attached_save(struct req *r); /* POST the same; forget= takes it off */
enum err attached_about(struct req *r); /* GET /admin/meters/attached?type= */

/* ---- meter_delete.c ---- */

enum err meter_delete_ask(struct req *r); /* GET /admin/meters/{id}/delete */
enum err meter_delete(struct req *r);     /* POST the same */
enum err meters_delete(struct req *r);    /* POST /admin/meters/delete */

/* ---- what they share ---- */

/* "/admin/meters/17/sync" of the request's meter. */
const char *meter_path(struct req *r, const char *what);

/* Serial, type, subscriber's address, of a form. */
void meter_facts(struct sheet *s, const struct fleet_meter *m);

/* The type of this meter cannot do it: its button is off, and here is why. */
enum err sheet_unable(struct sheet *s) MUST_CHECK;

/*
 * The number of meters that a person has to type before very much is done:
 * true when it was. Field "number"; Words.<words>.WrongNumber beside it.
 */
bool number_typed(struct sheet *s, int64_t n);

#endif
