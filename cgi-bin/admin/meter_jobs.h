/* «Обновление ПО» and «Смена IP»: screens of jobs (GC-207 ... GC-228). */
#ifndef LAZUR_CGI_BIN_ADMIN_METER_JOBS_H
#define LAZUR_CGI_BIN_ADMIN_METER_JOBS_H

#include "cgi-bin/web/sheet.h"
#include "lib/model/meter_job.h"

#define FIRMWARE_ADDRESS  "/admin/firmware"
#define ADDRESSES_ADDRESS "/admin/addresses"

enum err firmware_list(struct req *r);   /* GET /admin/firmware */
enum err firmware_file(struct req *r);   /* GET /admin/firmware.csv */
enum err firmware_new(struct req *r);    /* GET /admin/firmware/new?serials= */
enum err firmware_create(struct req *r); /* POST the same */
enum err addresses_list(struct req *r);  /* GET /admin/addresses */
enum err addresses_file(struct req *r);  /* GET /admin/addresses.csv */
enum err address_new(struct req *r);     /* GET /admin/addresses/new?serials= */
enum err address_create(struct req *r);  /* POST the same */
enum err meter_job_ask(struct req *r);   /* GET /admin/firmware/{id}/delete */
enum err meter_job_remove(struct req *r); /* POST it; the same for addresses */

/* ---- meter_job_sheet.c: what both forms do alike ---- */

/* What a form has found out about the meters it names. */
struct named {
    int64_t n; /* registered ones; exact unless more */
    bool more; /* than n */
    bool idle; /* the job is for none of them as they are now */
};

/* The field numbers into job; mistakes beside it. */
enum err numbers_take(struct sheet *s, struct meter_job *job,
                      struct named *out) MUST_CHECK;

/* Several meters: their number is typed into the field confirm; none that the
 * job is for: 0, for those that come later. */
void confirm_check(struct sheet *s, const struct named *named);

/* The job, its line in the log, and back to the list. */
enum err job_put(struct sheet *s, const struct meter_job *job,
                 const struct named *named, const char *action) MUST_CHECK;

/* Nav.Firmware and .Addresses: jobs that stand; "" when there are none. */
enum err job_tabs_show(struct req *r) MUST_CHECK;

#endif
