/* One table: name, type, default, bounds, a sentence, and who needs it. */
#include "daemon/settings.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/conf.h"

#define SETTING(member) offsetof(struct settings, member)
#define P               DUTY_PARENT
#define L               DUTY_LISTENER
#define N               DUTY_NOTIFIER
#define W               DUTY_WORKER
#define T               DUTY_WATCHER
#define ALL             (P | L | N | W | T)
#define DAY_MS          86400000
#define YEARS_MS        (INT64_C(3660) * DAY_MS)

static const struct {
    unsigned duties;
    struct conf_setting conf;
} table[] = {
    /* clang-format off */
    { ALL, { "user", CONF_TEXT, SETTING(user), "", 0, 0,
        "user the children become when the parent is started as root" } },
    { ALL, { "group", CONF_TEXT, SETTING(group), "", 0, 0,
        "group of the children; the user's own unless given" } },
    { ALL, { "chroot", CONF_TEXT, SETTING(chroot), "", 0, 0,
        "folder the children are confined to when started as root" } },
    { ALL, { "verbose", CONF_SWITCH, SETTING(verbose), "off", 0, 0,
        "debug lines in the log, as -v" } },
    { ALL, { "grace", CONF_DURATION_MS, SETTING(grace_ms), "10s", 0, 600000,
        "how long sessions may take to finish when the daemon stops" } },
    { P, { "listen_address", CONF_TEXT, SETTING(listen_address), "0.0.0.0", 0, 0,
        "address meters call, IPv4 or IPv6; :: is both" } },
    { P, { "listen_port", CONF_NUMBER, SETTING(listen_port), "4059", 1, 65535,
        "port meters call" } },
    { P | L, { "tls_port", CONF_NUMBER, SETTING(tls_port), "0", 0, 65535,
        "port meters call over TLS 1.2 or newer; 0 is none" } },
    { P | L, { "tls_certificate", CONF_TEXT, SETTING(tls_certificate), "", 0, 0,
        "PEM file with the server's certificate and its chain" } },
    { P | L, { "tls_key", CONF_TEXT, SETTING(tls_key), "", 0, 0,
        "PEM file with its key" } },
    { P | L, { "tls_client_ca", CONF_TEXT, SETTING(tls_client_ca), "", 0, 0,
        "PEM file with who signs meters' certificates; then a meter without one is not let in" } },
    { P | L, { "tls_handshake", CONF_DURATION_MS, SETTING(tls_handshake_ms), "10s", 100, DAY_MS,
        "how long the handshake may take" } },
    { P, { "listeners", CONF_NUMBER, SETTING(listeners), "0", 0, 256,
        "processes that talk to meters; 0 is one for each core" } },
    { P, { "backlog", CONF_NUMBER, SETTING(backlog), "4096", 1, 65535,
        "connections that may wait for each of them" } },
    { P | L, { "listener_db", CONF_TEXT, SETTING(listener_db), "", 0, 0,
        "the listener's database, as libpq takes it" } },
    { P | L | N, { "key_file", CONF_TEXT, SETTING(key_file), "", 0, 0,
        "key that opens secrets: the meters', the mail server's (64 hexadecimal digits)" } },
    { P | L, { "connections_max", CONF_NUMBER, SETTING(connections_max), "0", 0, 10000000,
        "connections of one listener; 0 is what its file limit allows" } },
    { P | L, { "connections_per_address", CONF_NUMBER, SETTING(connections_per_address), "0", 0, 10000000,
        "connections of one listener from one address; 0 is no limit" } },
    { P | L, { "first_byte", CONF_DURATION_MS, SETTING(first_byte_ms), "30s", 100, DAY_MS,
        "how long a meter may stay silent after connecting" } },
    { P | L, { "frame", CONF_DURATION_MS, SETTING(frame_ms), "20s", 100, DAY_MS,
        "how long one telegram may take from its first byte to its last" } },
    { P | L, { "idle", CONF_DURATION_MS, SETTING(idle_ms), "30s", 100, DAY_MS,
        "how long a meter may stay silent after it was answered" } },
    { P | L, { "session", CONF_DURATION_MS, SETTING(session_ms), "10min", 1000, DAY_MS,
        "how long a whole session may take" } },
    { P | L, { "answer", CONF_DURATION_MS, SETTING(answer_ms), "20s", 100, DAY_MS,
        "how long a meter may take to answer a command" } },
    { P | L, { "database_wait", CONF_DURATION_MS, SETTING(database_wait_ms), "60s", 100, DAY_MS,
        "how long a session waits for a database that is away" } },
    { P | L, { "batch_max", CONF_NUMBER, SETTING(batch_max), "1000", 1, 10000,
        "readings in one transaction" } },
    { P | L, { "queue_max", CONF_NUMBER, SETTING(queue_max), "50000", 1, 10000000,
        "readings of one listener that may wait for the database" } },
    { P | L, { "log_memory", CONF_NUMBER, SETTING(log_memory_mb), "64", 1, 1000000,
        "megabytes of one listener for sessions that the exchange log has not stored yet" } },
    { P | L, { "admit_wait", CONF_DURATION_MS, SETTING(admit_wait_ms), "15s", 100, DAY_MS,
        "connections are taken in only while what waits is committed within this time" } },
    { P | L, { "meter_zone_minutes", CONF_NUMBER, SETTING(meter_zone_minutes), "180", -1440, 1440,
        "zone of a meter's clock that does not say its own, east of UTC" } },
    { P | L, { "clock_ahead", CONF_DURATION_MS, SETTING(clock_ahead_ms), "24h", 1000, YEARS_MS,
        "how far ahead a meter's clock may be before an administrator is told" } },
    { P | L, { "clock_behind", CONF_DURATION_MS, SETTING(clock_behind_ms), "0ms", 0, YEARS_MS,
        "how far behind, likewise; 0 is any: what waited in a meter for its call is old by right" } },
    { P | L, { "clock_refuse", CONF_SWITCH, SETTING(clock_refuse), "off", 0, 0,
        "a push of such a clock is not stored" } },
    { P | L, { "goldcard_crc", CONF_TEXT, SETTING(goldcard_crc), "log", 0, 0,
        "check sequences of goldCard, whose rule is not known: off; log those that another rule would have given; strict: refuse them" } },
    { P | N, { "notifier_db", CONF_TEXT, SETTING(notifier_db), "", 0, 0,
        "the notifier's database, as libpq takes it" } },
    { P | N, { "outbox_folder", CONF_TEXT, SETTING(outbox_folder), "", 0, 0,
        "folder that takes letters while no mail server is set up, and SMS likewise" } },
    { P | N, { "outbox_poll", CONF_DURATION_MS, SETTING(outbox_poll_ms), "500ms", 10, DAY_MS,
        "pause between looks into the outboxes" } },
    { P | N, { "ca_file", CONF_TEXT, SETTING(ca_file), "/etc/ssl/certs/ca-certificates.crt", 0, 0,
        "certificates that mail servers and the SMS service are checked by" } },
    { P | N, { "carrier_timeout", CONF_DURATION_MS, SETTING(carrier_timeout_ms), "60s", 100, DAY_MS,
        "how long handing over one letter or SMS may take" } },
    { P | N, { "carrier_retry", CONF_DURATION_MS, SETTING(carrier_retry_ms), "5s", 10, DAY_MS,
        "first pause after a server was away; doubled each time up to 15 minutes" } },
    { P | N, { "mail_connections", CONF_NUMBER, SETTING(mail_connections), "4", 1, 100,
        "letters handed over at once" } },
    { P | N, { "mail_per_minute", CONF_NUMBER, SETTING(mail_per_minute), "600", 1, 1000000,
        "letters a minute, at most" } },
    { P | N, { "sms_per_minute", CONF_NUMBER, SETTING(sms_per_minute), "300", 1, 1000000,
        "SMS a minute, at most" } },
    { P | N, { "sms_address", CONF_TEXT, SETTING(sms_address), "https://smsc.ru/sys/", 0, 0,
        "where the HTTP interface of the SMS service begins" } },
    { P | N, { "sms_balance_low", CONF_NUMBER, SETTING(sms_balance_low), "100", 0, 1000000000,
        "roubles left for SMS that administrators are warned below" } },
    { P | N, { "sms_balance_every", CONF_DURATION_MS, SETTING(sms_balance_every_ms), "1h", 100, DAY_MS,
        "how often the balance is asked for" } },
    { P | N, { "quiet_from", CONF_NUMBER, SETTING(quiet_from), "22", 0, 24,
        "hour that quiet hours begin at: only what is urgent goes out" } },
    { P | N, { "quiet_to", CONF_NUMBER, SETTING(quiet_to), "8", 0, 24,
        "hour that they end at; the same hour is no quiet hours" } },
    { P | N, { "message_days", CONF_NUMBER, SETTING(message_days), "90", 1, 36500,
        "days that messages which are over are kept" } },
    { P | W | T, { "worker_db", CONF_TEXT, SETTING(worker_db), "", 0, 0,
        "the worker's database, as libpq takes it" } },
    { P | W, { "worker_period", CONF_DURATION_MS, SETTING(worker_period_ms), "24h", 1000, DAY_MS,
        "pause between two rounds of housekeeping" } },
    { P | W, { "partition_months", CONF_NUMBER, SETTING(partition_months), "3", 1, 120,
        "months that partitions are made ahead for" } },
    { P | W, { "fault_days", CONF_NUMBER, SETTING(fault_days), "90", 1, 36500,
        "days that broken sessions are remembered" } },
    { P | W, { "job_poll", CONF_DURATION_MS, SETTING(job_poll_ms), "1s", 10, DAY_MS,
        "pause between looks for documents that operators have asked for" } },
    { P | W, { "job_lease", CONF_DURATION_MS, SETTING(job_lease_ms), "20s", 1000, DAY_MS,
        "how long after its last sign of life another worker takes a document over" } },
    { P | W, { "job_days", CONF_NUMBER, SETTING(job_days), "7", 1, 3650,
        "days that finished documents are kept" } },
    { P | T, { "statistics_period", CONF_DURATION_MS, SETTING(statistics_period_ms), "1min", 100, DAY_MS,
        "pause between two samples of the statistics" } },
    { P, { "disk_folder", CONF_TEXT, SETTING(disk_folder), ".", 0, 0,
        "folder whose disk the statistics tell the free space of" } },
    /* clang-format on */
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct {
    enum duty duty;
    const char *name;
} names[] = {
    { DUTY_LISTENER, "listener" }, { DUTY_NOTIFIER, "notifier" },
    { DUTY_WORKER, "worker" },     { DUTY_WATCHER, "watcher" },
    { DUTY_PARENT, "parent" },
};

const char *duty_name(enum duty d)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].duty == d)
            return names[i].name;
    }
    return "?";
}

enum err duty_of_name(const char *name, enum duty *out)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *out = names[i].duty;
            return ERR_OK;
        }
    }
    return err_raise(ERR_INVALID, "no duty is called %s", name);
}

/* The rows of the duties; returns how many. */
static size_t rows_of(unsigned duties, struct conf_setting out[ROWS])
{
    size_t n = 0;

    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].duties & duties)
            out[n++] = table[i].conf;
    }
    return n;
}

enum err settings_load(unsigned duties, const char *path,
                       char *const *overrides, size_t n, struct settings *out)
{
    struct conf_setting rows[ROWS];

    memset(out, 0, sizeof(*out));
    return conf_load(rows, rows_of(duties, rows), out, path, overrides, n);
}

void settings_clear(struct settings *s)
{
    for (size_t i = 0; i < ROWS; i++) {
        char **text = (char **)(void *)((char *)s + table[i].conf.offset);

        if (table[i].conf.type != CONF_TEXT)
            continue;
        free(*text);
        *text = NULL;
    }
}

static void write_one(const struct conf_setting *c, const struct settings *s,
                      FILE *out)
{
    const void *at = (const char *)s + c->offset;

    switch (c->type) {
    case CONF_TEXT:
        fprintf(out, "%s = %s\n", c->name, *(char *const *)at);
        break;
    case CONF_NUMBER:
        fprintf(out, "%s = %" PRId64 "\n", c->name, *(const int64_t *)at);
        break;
    case CONF_DURATION_MS:
        fprintf(out, "%s = %" PRId64 "ms\n", c->name, *(const int64_t *)at);
        break;
    case CONF_SWITCH:
        fprintf(out, "%s = %s\n", c->name, *(const bool *)at ? "on" : "off");
        break;
    }
}

void settings_write(enum duty duty, const struct settings *s, FILE *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].duties & duty)
            write_one(&table[i].conf, s, out);
    }
}

void settings_help(FILE *out)
{
    struct conf_setting rows[ROWS];

    conf_print(rows, rows_of(ALL, rows), out);
}
