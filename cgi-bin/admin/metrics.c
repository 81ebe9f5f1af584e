/*
 * The figures of «Статистика» for Prometheus, in its text exposition format
 * 0.0.4. Asked without a session: the web server lets in only the addresses
 * it is told of, and the figures speak of no person.
 */
#include "cgi-bin/admin/statistics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/units/quantity.h"

/* As counters of a host are kept: sql/schema/085_statistics.sql. */
enum { CONNECTIONS, REFUSED, SESSIONS, COMMIT_US, BUCKETS };
static const char *const bounds[] = {
    "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1",
    "0.2",   "0.5",   "1",     "2",    "5",    "10",   "+Inf",
};
#define BOUNDS      (sizeof(bounds) / sizeof(bounds[0]))
#define SHUT_MS     (BUCKETS + BOUNDS)
#define TURNED_AWAY (SHUT_MS + 1)
#define COUNTERS    (TURNED_AWAY + 1)

struct page {
    struct arena *a;
    struct buf out;
};

static void about(struct page *p, const char *name, const char *type,
                  const char *help)
{
    buf_puts(&p->out, arena_printf(p->a, "# HELP %s %s\n# TYPE %s %s\n", name,
                                   help, name, type));
}

/* A label's value: backslash, quote and line feed are escaped. */
static const char *quoted(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, 2 * strlen(text) + 1), *to = out;

    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '"' || *text == '\n')
            *to++ = '\\';
        *to++ = (char)(*text == '\n' ? 'n' : *text);
    }
    *to = '\0';
    return out;
}

static void put(struct page *p, const char *name, const char *labels,
                const char *value)
{
    buf_puts(&p->out, arena_printf(p->a, "%s%s%s%s %s\n", name,
                                   labels[0] != '\0' ? "{" : "", labels,
                                   labels[0] != '\0' ? "}" : "", value));
}

static const char *number(struct page *p, int64_t n, int scaler)
{
    return decimal_text(p->a, n, scaler);
}

static const char *host_label(struct page *p, const struct rows *rows,
                              size_t row)
{
    return arena_printf(p->a, "host=\"%s\"",
                        quoted(p->a, row_text(rows, row, 0)));
}

/* ---- hosts ---- */

enum { HOST, AGE_MS, PROCESSORS, HOST_COUNTERS };

static void counters_read(const char *text, int64_t out[COUNTERS])
{
    char *rest;

    for (size_t i = 0; i < COUNTERS; i++, text = rest)
        out[i] = strtoll(text, &rest, 10);
}

static void one_commit(struct page *p, const struct rows *rows, size_t row)
{
    const char *host = host_label(p, rows, row);
    int64_t c[COUNTERS], sum = 0;

    counters_read(row_text(rows, row, HOST_COUNTERS), c);
    for (size_t i = 0; i < BOUNDS; i++) {
        sum += c[BUCKETS + i];
        put(p, "lazur_commit_seconds_bucket",
            arena_printf(p->a, "%s,le=\"%s\"", host, bounds[i]),
            number(p, sum, 0));
    }
    put(p, "lazur_commit_seconds_sum", host, number(p, c[COMMIT_US], -6));
    put(p, "lazur_commit_seconds_count", host, number(p, sum, 0));
}

static void counters_put(struct page *p, const struct rows *rows)
{
    static const struct {
        size_t at;
        int scaler;
        const char *name, *help;
    } totals[] = {
        { CONNECTIONS, 0, "lazur_connections_total", "Connections of meters." },
        { REFUSED, 0, "lazur_connections_refused_total",
          "Connections of meters beyond the limits." },
        { SESSIONS, 0, "lazur_sessions_total", "Sessions of meters stored." },
        { SHUT_MS, -3, "lazur_doors_shut_seconds_total",
          "Time that a listener took in no connection: too much waited." },
        { TURNED_AWAY, 0, "lazur_sessions_turned_away_total",
          "Sessions that the database had no time for." },
    };
    int64_t c[COUNTERS];

    for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
        about(p, totals[i].name, "counter", totals[i].help);
        for (size_t row = 0; row < rows->n; row++) {
            counters_read(row_text(rows, row, HOST_COUNTERS), c);
            put(p, totals[i].name, host_label(p, rows, row),
                number(p, c[totals[i].at], totals[i].scaler));
        }
    }
    about(p, "lazur_commit_seconds", "histogram",
          "From a telegram to its commit.");
    for (size_t row = 0; row < rows->n; row++)
        one_commit(p, rows, row);
}

static enum err hosts_put(struct page *p, struct db *db)
{
    static const struct {
        int column, scaler;
        const char *name, *help;
    } gauges[] = {
        { AGE_MS, -3, "lazur_sample_age_seconds",
          "Since the host told its counters." },
        { PROCESSORS, 0, "lazur_processors", "Processors of the host." },
        { 4, -3, "lazur_load5",
          "Load average of 5 minutes for each processor." },
        { 5, -3, "lazur_load15",
          "Load average of 15 minutes for each processor." },
        { 6, 0, "lazur_connections_open", "Connections of meters now." },
        { 7, 0, "lazur_disk_free_bytes", "Free space of the disk." },
        { 8, 0, "lazur_disk_size_bytes", "Size of the disk." },
        { 9, 0, "lazur_sessions_backlog",
          "Sessions that wait for their commit, or to be taken in." },
    };
    struct rows rows;
    enum err e = db_query(db, p->a, Q_METRICS_HOSTS, NULL, &rows);

    if (e != ERR_OK)
        return e;
    counters_put(p, &rows);
    for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++) {
        about(p, gauges[i].name, "gauge", gauges[i].help);
        for (size_t row = 0; row < rows.n; row++)
            put(p, gauges[i].name, host_label(p, &rows, row),
                number(p, row_int(&rows, row, gauges[i].column),
                       gauges[i].scaler));
    }
    return ERR_OK;
}

/* ---- processes ---- */

static enum err processes_put(struct page *p, struct db *db)
{
    static const struct {
        int column, scaler;
        const char *name, *type, *help;
    } facts[] = {
        { 3, -6, "process_start_time_seconds", "gauge",
          "Start of the process since unix epoch." },
        { 4, 0, "process_resident_memory_bytes", "gauge",
          "Resident memory of the process." },
        { 5, -3, "process_cpu_seconds_total", "counter",
          "Processor time of the process." },
        { 6, 0, "lazur_process_restarts_total", "counter",
          "How often the one at its post has died." },
    };
    struct rows rows;
    enum err e = db_query(db, p->a, Q_METRICS_PROCESSES, NULL, &rows);

    for (size_t i = 0; e == ERR_OK && i < sizeof(facts) / sizeof(facts[0]);
         i++) {
        about(p, facts[i].name, facts[i].type, facts[i].help);
        for (size_t row = 0; row < rows.n; row++)
            put(p, facts[i].name,
                arena_printf(p->a, "%s,duty=\"%s\",pid=\"%" PRId64 "\"",
                             host_label(p, &rows, row),
                             quoted(p->a, row_text(&rows, row, 1)),
                             row_int(&rows, row, 2)),
                number(p, row_int(&rows, row, facts[i].column),
                       facts[i].scaler));
    }
    return e;
}

/* ---- the database ---- */

static void gauge(struct page *p, const char *name, const char *help, int64_t n)
{
    about(p, name, "gauge", help);
    put(p, name, "", number(p, n, 0));
}

static enum err queues_put(struct page *p, struct db *db)
{
    struct statistics_waiting w;
    enum err e = statistics_waiting(db, p->a, &w);

    if (e != ERR_OK)
        return e;
    gauge(p, "lazur_commands_waiting", "Commands that wait for their meters.",
          w.commands);
    gauge(p, "lazur_command_oldest_seconds", "Age of the oldest of them.",
          w.command_oldest_s);
    about(p, "lazur_outbox_waiting", "gauge", "Messages that wait to be sent.");
    put(p, "lazur_outbox_waiting", "channel=\"mail\"", number(p, w.mail, 0));
    put(p, "lazur_outbox_waiting", "channel=\"sms\"", number(p, w.sms, 0));
    gauge(p, "lazur_jobs_waiting", "Documents that are asked for or made.",
          w.jobs);
    return ERR_OK;
}

static enum err database_put(struct page *p, struct db *db)
{
    struct rows rows;
    enum err e = db_query(db, p->a, Q_METRICS_DATABASE, NULL, &rows);

    if (e != ERR_OK)
        return e;
    gauge(p, "lazur_database_bytes", "Size of the database.",
          row_int(&rows, 0, 0));
    about(p, "lazur_wal_bytes_total", "counter", "Write-ahead log written.");
    put(p, "lazur_wal_bytes_total", "", number(p, row_int(&rows, 0, 1), 0));
    about(p, "lazur_database_start_time_seconds", "gauge",
          "Start of the database since unix epoch.");
    put(p, "lazur_database_start_time_seconds", "",
        number(p, row_int(&rows, 0, 2), -6));
    if ((e = db_query(db, p->a, Q_METRICS_TABLES, NULL, &rows)) != ERR_OK)
        return e;
    about(p, "lazur_table_bytes", "gauge",
          "The largest tables with their indexes.");
    for (size_t row = 0; row < rows.n; row++)
        put(p, "lazur_table_bytes",
            arena_printf(p->a, "table=\"%s\"",
                         quoted(p->a, row_text(&rows, row, 0))),
            number(p, row_int(&rows, row, 1), 0));
    return ERR_OK;
}

enum err metrics(struct req *r)
{
    struct page p = { .a = r->arena };
    enum err e;

    if ((e = hosts_put(&p, r->db)) == ERR_OK &&
        (e = processes_put(&p, r->db)) == ERR_OK &&
        (e = queues_put(&p, r->db)) == ERR_OK &&
        (e = database_put(&p, r->db)) == ERR_OK)
        e = answer_body(r, "text/plain; version=0.0.4; charset=utf-8", p.out.at,
                        p.out.len);
    buf_free(&p.out);
    return e;
}
