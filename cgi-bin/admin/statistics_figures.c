/* What an administrator needs to trust the system, below the charts. */
#include "cgi-bin/admin/statistics.h"

#include <inttypes.h>
#include <string.h>

#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

#define OVERLOAD_PERMILLE 700
#define SILENT_S          300 /* five samples are missing */

static char *local_number(struct req *r, char *number)
{
    return strcmp(r->language, "ru") == 0 ? comma_text(r->arena, number)
                                          : number;
}

/* "12,4 ГБ" */
static char *bytes_text(struct req *r, int64_t bytes)
{
    static const char *const units[] = { "StatUnit.kb", "StatUnit.mb",
                                         "StatUnit.gb", "StatUnit.tb" };
    int64_t unit = 1000;
    size_t i = 0;

    while (i < 3 && bytes >= unit * 1000) {
        unit *= 1000;
        i++;
    }
    return arena_printf(
        r->arena, "%s\u00a0%s",
        local_number(
            r, decimal_text(r->arena, (bytes + unit / 20) / (unit / 10), -1)),
        word(r, units[i]));
}

/* "3 ч": the largest unit that it has at least two of. */
static char *duration_text(struct req *r, int64_t s)
{
    static const struct {
        int64_t s;
        const char *word;
    } units[] = { { 86400, "StatUnit.days" },
                  { 3600, "StatUnit.hours" },
                  { 60, "StatUnit.minutes" },
                  { 1, "StatUnit.seconds" } };
    size_t i = 0;

    while (i < 3 && s < 2 * units[i].s)
        i++;
    return arena_printf(r->arena, "%s\u00a0%s",
                        grouped_int(r->arena, s / units[i].s),
                        word(r, units[i].word));
}

static void set_rate(struct req *r, const char *name, int64_t millihz)
{
    view_set(r, name, local_number(r, thousandths_text(r->arena, millihz, 2)));
}

static void set_ms(struct req *r, const char *name, struct figure us)
{
    if (us.known)
        view_set(r, name, local_number(r, thousandths_text(r->arena, us.n, 1)));
}

static void disk_show(struct req *r, const struct statistics_last *s)
{
    if (s->disk_total_bytes <= 0)
        return;
    view_set(r, "Stats.Now.DiskFree", bytes_text(r, s->disk_free_bytes));
    view_set(r, "Stats.Now.DiskTotal", bytes_text(r, s->disk_total_bytes));
    if (s->disk_free_bytes < s->disk_total_bytes / 10)
        view_set(r, "Stats.Now.DiskLow", "1");
}

static void last_show(struct req *r, const struct statistics_last *s)
{
    view_set(r, "Stats.Now.At", moment_text(r->arena, s->at));
    view_set(r, "Stats.Now.AtIso", moment_iso(r->arena, s->at));
    set_rate(r, "Stats.Now.La5", s->la5_permille);
    set_rate(r, "Stats.Now.La15", s->la15_permille);
    set_rate(r, "Stats.Now.Cons", s->cons_millihz);
    set_rate(r, "Stats.Now.Sessions", s->sessions_millihz);
    set_ms(r, "Stats.Now.P50", s->commit_p50_us);
    set_ms(r, "Stats.Now.P99", s->commit_p99_us);
    view_set(r, "Stats.Now.Open", grouped_int(r->arena, s->connections));
    view_set(r, "Stats.Now.Backlog", grouped_int(r->arena, s->backlog));
    view_set(r, "Stats.Now.Database", bytes_text(r, s->database_bytes));
    view_set(r, "Stats.Now.Wal", bytes_text(r, s->wal_bytes_s));
    if (s->la15_permille > OVERLOAD_PERMILLE)
        view_set(r, "Stats.Now.Overload", "1");
    disk_show(r, s);
}

static void waiting_show(struct req *r, const struct statistics_waiting *w)
{
    view_set(r, "Stats.Now.Commands", grouped_int(r->arena, w->commands));
    if (w->commands > 0)
        view_set(r, "Stats.Now.Oldest", duration_text(r, w->command_oldest_s));
    view_set(r, "Stats.Now.Mail", grouped_int(r->arena, w->mail));
    view_set(r, "Stats.Now.Sms", grouped_int(r->arena, w->sms));
    view_set(r, "Stats.Now.Jobs", grouped_int(r->arena, w->jobs));
}

static void processes_show(struct req *r, const struct statistics_processes *l)
{
    static const char list[] = "Stats.Processes";
    struct arena *a = r->arena;

    for (size_t i = 0; i < l->n; i++) {
        const struct statistics_process *p = &l->rows[i];

        view_set_at(r, list, i, "Duty", p->duty);
        view_set_at(r, list, i, "Pid", param_int(a, p->pid));
        view_set_at(r, list, i, "State", p->state);
        view_set_at(r, list, i, "Since", moment_text(a, p->started_at));
        view_set_at(r, list, i, "SinceIso", moment_iso(a, p->started_at));
        view_set_at(r, list, i, "Memory", bytes_text(r, p->memory_bytes));
        view_set_at(r, list, i, "Cpu", duration_text(r, p->cpu_ms / 1000));
        view_set_at(r, list, i, "Restarts", grouped_int(a, p->restarts));
    }
}

static void host_show(const struct statistics_view *v)
{
    struct req *r = v->r;

    for (size_t i = 0; i < v->hosts.n; i++) {
        const struct statistics_host *h = &v->hosts.rows[i];

        if (strcmp(h->host, v->ask.host) != 0)
            continue;
        view_set(r, "Stats.Now.Processors",
                 grouped_int(r->arena, h->processors));
        view_set(r, "Stats.Now.Since", moment_text(r->arena, h->started_at));
        view_set(r, "Stats.Now.SinceIso", moment_iso(r->arena, h->started_at));
        if (h->silent_s > SILENT_S)
            view_set(r, "Stats.Now.Silent", duration_text(r, h->silent_s));
    }
}

enum err statistics_figures_show(const struct statistics_view *v)
{
    struct req *r = v->r;
    struct statistics_processes processes;
    struct statistics_list tables, clients;
    struct statistics_waiting waiting;
    struct statistics_last last;
    enum err e = statistics_last(r->db, r->arena, v->ask.host, &last);

    if (e == ERR_OK) {
        last_show(r, &last);
        host_show(v);
    } else if (e != ERR_NOT_FOUND) {
        return e;
    }
    if ((e = statistics_waiting(r->db, r->arena, &waiting)) != ERR_OK ||
        (e = statistics_processes(r->db, r->arena, v->ask.host, &processes)) !=
            ERR_OK ||
        (e = statistics_tables(r->db, r->arena, v->ask.host, &tables)) !=
            ERR_OK ||
        (e = statistics_clients(r->db, r->arena, &clients)) != ERR_OK)
        return e;
    waiting_show(r, &waiting);
    processes_show(r, &processes);
    for (size_t i = 0; i < tables.n; i++) {
        view_set_at(r, "Stats.Tables", i, "Name", tables.rows[i].name);
        view_set_at(r, "Stats.Tables", i, "Size",
                    bytes_text(r, tables.rows[i].n));
    }
    for (size_t i = 0; i < clients.n; i++) {
        view_set_at(r, "Stats.Clients", i, "Name", clients.rows[i].name);
        view_set_at(r, "Stats.Clients", i, "N",
                    grouped_int(r->arena, clients.rows[i].n));
    }
    return ERR_OK;
}
