/* What can be set, and which process is told of it. */
#ifndef LAZUR_DAEMON_SETTINGS_H
#define LAZUR_DAEMON_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/err.h"

/* The duties of children, a bit each; the parent knows all settings. */
enum duty {
    DUTY_LISTENER = 1,
    DUTY_NOTIFIER = 2,
    DUTY_WORKER = 4,
    DUTY_PARENT = 8,
    DUTY_WATCHER = 16,
};

struct settings {
    /* everybody's */
    char *user, *group, *chroot;
    bool verbose;
    int64_t grace_ms;
    /* the parent's */
    char *listen_address;
    int64_t listen_port, listeners, backlog;
    int64_t tls_port; /* 0: none */
    /* the listener's */
    char *listener_db, *key_file;
    char *tls_certificate, *tls_key, *tls_client_ca;
    int64_t tls_handshake_ms;
    int64_t connections_max, connections_per_address;
    int64_t first_byte_ms, frame_ms, idle_ms, session_ms, answer_ms;
    int64_t database_wait_ms;
    int64_t batch_max, queue_max, meter_zone_minutes;
    int64_t log_memory_mb, admit_wait_ms;
    int64_t clock_ahead_ms, clock_behind_ms;
    bool clock_refuse;
    char *goldcard_crc;
    /* the notifier's */
    char *notifier_db, *outbox_folder, *ca_file, *sms_address;
    int64_t outbox_poll_ms, carrier_timeout_ms, carrier_retry_ms;
    int64_t mail_connections, mail_per_minute, sms_per_minute;
    int64_t sms_balance_low, sms_balance_every_ms;
    int64_t quiet_from, quiet_to, message_days;
    /* the worker's */
    char *worker_db;
    int64_t worker_period_ms, partition_months, fault_days;
    int64_t job_poll_ms, job_lease_ms, job_days;
    /* the watcher's, with the worker's database; the parent looks at the disk
     */
    int64_t statistics_period_ms;
    char *disk_folder;
};

const char *duty_name(enum duty d);
enum err duty_of_name(const char *name, enum duty *out) MUST_CHECK;

/* The settings of duties (DUTY_ bits), from file path and n overrides. */
enum err settings_load(unsigned duties, const char *path,
                       char *const *overrides, size_t n,
                       struct settings *out) MUST_CHECK;

/* Frees the texts of s. */
void settings_clear(struct settings *s);

/* Those settings of s that duty needs, as lines settings_load takes. */
void settings_write(enum duty duty, const struct settings *s, FILE *out);

void settings_help(FILE *out);

#endif
