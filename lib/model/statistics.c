/* Samples of hosts: their statements. */
#include "lib/model/statistics.h"

enum err statistics_hosts(struct db *db, struct arena *a,
                          struct statistics_hosts *out)
{
    struct statistics_host *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_STATISTICS_HOSTS, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct statistics_host){
            .host = row_text(&rows, i, 0),
            .at = row_moment(&rows, i, 1),
            .started_at = row_moment(&rows, i, 2),
            .processors = row_int(&rows, i, 3),
            .silent_s = row_int(&rows, i, 4),
        };
    *out = (struct statistics_hosts){ list, rows.n };
    return ERR_OK;
}

enum err statistics_chart(struct db *db, struct arena *a,
                          const struct statistics_ask *ask,
                          struct statistics_chart *out)
{
    const char *const params[] = { ask->host, param_int(a, ask->begin_s),
                                   param_int(a, ask->end_s),
                                   param_int(a, ask->step_s) };
    struct statistics_point *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_STATISTICS_CHART, params, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct statistics_point){
            .at_s = row_int(&rows, i, 0),
            .la5_permille = row_int(&rows, i, 1),
            .la15_permille = row_int(&rows, i, 2),
            .cons_millihz = row_int(&rows, i, 3),
            .sessions_millihz = row_int(&rows, i, 4),
            .commit_p99_us = row_figure(&rows, i, 5),
        };
    *out = (struct statistics_chart){ list, rows.n };
    return ERR_OK;
}

enum err statistics_last(struct db *db, struct arena *a, const char *host,
                         struct statistics_last *out)
{
    const char *const params[] = { host };
    struct rows rows;
    enum err e = db_query(db, a, Q_STATISTICS_LAST, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "no statistics of that host");
    *out = (struct statistics_last){
        .at = row_moment(&rows, 0, 0),
        .span_ms = row_int(&rows, 0, 1),
        .la5_permille = row_int(&rows, 0, 2),
        .la15_permille = row_int(&rows, 0, 3),
        .cons_millihz = row_int(&rows, 0, 4),
        .sessions_millihz = row_int(&rows, 0, 5),
        .commit_p50_us = row_figure(&rows, 0, 6),
        .commit_p99_us = row_figure(&rows, 0, 7),
        .connections = row_int(&rows, 0, 8),
        .database_bytes = row_int(&rows, 0, 9),
        .wal_bytes_s = row_int(&rows, 0, 10),
        .disk_free_bytes = row_int(&rows, 0, 11),
        .disk_total_bytes = row_int(&rows, 0, 12),
        .backlog = row_int(&rows, 0, 13),
    };
    return ERR_OK;
}

enum err statistics_waiting(struct db *db, struct arena *a,
                            struct statistics_waiting *out)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_STATISTICS_WAITING, NULL, &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct statistics_waiting){
        .commands = row_int(&rows, 0, 0),
        .command_oldest_s = row_int(&rows, 0, 1),
        .mail = row_int(&rows, 0, 2),
        .sms = row_int(&rows, 0, 3),
        .jobs = row_int(&rows, 0, 4),
    };
    return ERR_OK;
}

enum err statistics_processes(struct db *db, struct arena *a, const char *host,
                              struct statistics_processes *out)
{
    const char *const params[] = { host };
    struct statistics_process *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_STATISTICS_PROCESSES, params, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct statistics_process){
            .duty = row_text(&rows, i, 0),
            .pid = row_int(&rows, i, 1),
            .state = row_text(&rows, i, 2),
            .started_at = row_moment(&rows, i, 3),
            .memory_bytes = row_int(&rows, i, 4),
            .cpu_ms = row_int(&rows, i, 5),
            .restarts = row_int(&rows, i, 6),
        };
    *out = (struct statistics_processes){ list, rows.n };
    return ERR_OK;
}

static enum err named(struct db *db, struct arena *a, enum query q,
                      const char *const *params, struct statistics_list *out)
{
    struct statistics_named *list;
    struct rows rows;
    enum err e = db_query(db, a, q, params, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct statistics_named){ row_text(&rows, i, 0),
                                             row_int(&rows, i, 1) };
    *out = (struct statistics_list){ list, rows.n };
    return ERR_OK;
}

enum err statistics_tables(struct db *db, struct arena *a, const char *host,
                           struct statistics_list *out)
{
    const char *const params[] = { host };

    return named(db, a, Q_STATISTICS_TABLES, params, out);
}

enum err statistics_clients(struct db *db, struct arena *a,
                            struct statistics_list *out)
{
    return named(db, a, Q_STATISTICS_CLIENTS, NULL, out);
}
