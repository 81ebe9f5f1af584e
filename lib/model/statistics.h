/* «Статистика»: what hosts have told of their load, and how much waits. */
#ifndef LAZUR_LIB_MODEL_STATISTICS_H
#define LAZUR_LIB_MODEL_STATISTICS_H

#include "lib/model/list.h"

struct statistics_host {
    const char *host;
    struct moment at, started_at;
    int64_t processors;
    int64_t silent_s; /* since its last word */
};

struct statistics_hosts {
    const struct statistics_host *rows;
    size_t n;
};

/* Those that speak first. */
enum err statistics_hosts(struct db *db, struct arena *a,
                          struct statistics_hosts *out) MUST_CHECK;

/* A stretch of time in steps, in seconds since 1970; begin is before the first.
 */
struct statistics_ask {
    const char *host;
    int64_t begin_s, end_s, step_s;
};

struct statistics_point {
    int64_t at_s; /* the end of the step */
    int64_t la5_permille, la15_permille;
    int64_t cons_millihz, sessions_millihz;
    struct figure commit_p99_us;
};

struct statistics_chart {
    const struct statistics_point *rows; /* none for a step without samples */
    size_t n;
};

enum err statistics_chart(struct db *db, struct arena *a,
                          const struct statistics_ask *ask,
                          struct statistics_chart *out) MUST_CHECK;

struct statistics_last {
    struct moment at;
    int64_t span_ms;
    int64_t la5_permille, la15_permille, cons_millihz, sessions_millihz;
    struct figure commit_p50_us, commit_p99_us;
    int64_t connections, database_bytes, wal_bytes_s;
    int64_t disk_free_bytes, disk_total_bytes;
    int64_t backlog; /* sessions that wait for the database */
};

/* ERR_NOT_FOUND: the host has told nothing yet. */
enum err statistics_last(struct db *db, struct arena *a, const char *host,
                         struct statistics_last *out) MUST_CHECK;

struct statistics_waiting {
    int64_t commands, command_oldest_s, mail, sms, jobs;
};

/* Now, not as of the last sample. */
enum err statistics_waiting(struct db *db, struct arena *a,
                            struct statistics_waiting *out) MUST_CHECK;

struct statistics_process {
    const char *duty, *state; /* state as proc(5) has it */
    int64_t pid, memory_bytes, cpu_ms, restarts;
    struct moment started_at;
};

struct statistics_processes {
    const struct statistics_process *rows;
    size_t n;
};

enum err statistics_processes(struct db *db, struct arena *a, const char *host,
                              struct statistics_processes *out) MUST_CHECK;

/* A name and its number: tables and their bytes, roles and connections. */
struct statistics_named {
    const char *name;
    int64_t n;
};

struct statistics_list {
    const struct statistics_named *rows;
    size_t n;
};

enum err statistics_tables(struct db *db, struct arena *a, const char *host,
                           struct statistics_list *out) MUST_CHECK;
enum err statistics_clients(struct db *db, struct arena *a,
                            struct statistics_list *out) MUST_CHECK;

#endif
