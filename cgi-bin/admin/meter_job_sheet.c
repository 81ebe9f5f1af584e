/* What the forms of both kinds of jobs do alike. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgi-bin/admin/meter_jobs.h"
#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/table.h"
#include "lib/model/serials.h"

enum err numbers_take(struct sheet *s, struct meter_job *job, struct named *out)
{
    struct serials_found found = { 0 };
    const char *wrong = serials_read(s->r, "numbers", &job->serials);
    enum err e;

    job->numbers = sheet_text(s, "numbers");
    if (wrong != NULL) {
        sheet_mistake_text(s, "numbers", wrong);
        return ERR_OK;
    }
    e = serials_count(s->r->db, s->r->arena, &job->serials, &found);
    out->n = found.n;
    out->more = found.more || found.least;
    out->idle = out->n == 0 && !out->more;
    return e;
}

void confirm_check(struct sheet *s, const struct named *named)
{
    struct req *r = s->r;
    const char *expected = param_int(r->arena, named->idle ? 0 : named->n);
    const char *why;

    if (s->wrong > 0 || (named->n == 1 && !named->more && !named->idle) ||
        strcmp(sheet_text(s, "confirm"), expected) == 0)
        return;
    why = named->idle   ? word(r, "MeterJob.Idle")
          : named->more ? word(r, "MeterJob.NamedMore")
                        : word(r, "MeterJob.Named");
    if (!named->idle)
        why = arena_printf(r->arena, "%s: %s.", why,
                           count_text(r->arena, named->n));
    sheet_mistake_text(s, "confirm",
                       arena_printf(r->arena, "%s %s %s.", why,
                                    word(r, "MeterJob.Type"), expected));
}

enum err job_put(struct sheet *s, const struct meter_job *job,
                 const struct named *named, const char *action)
{
    struct req *r = s->r;
    enum err e = meter_job_add(r->db, r->arena, job, r->who.login,
                               !named->more && named->n <= SERIALS_COUNT_MAX);

    if (e == ERR_OK)
        e = audit_tell(r, action, job->name);
    return e != ERR_OK ? e : sheet_done(s, "Added", job->name);
}
