/*
 * A meter protocol as the listener sees it. A driver has no socket, clock or
 * database: bytes go in, a reading or bytes to send come out, so that a
 * captured telegram tests it.
 */
#ifndef LAZUR_DAEMON_DRIVERS_DRIVER_H
#define LAZUR_DAEMON_DRIVERS_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "daemon/drivers/reading.h"
#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/base/secret.h"

#define TELEGRAM_MAX  16384 /* bytes of one telegram with all its frames */
#define LINE_MAX_LEN  24    /* what a driver remembers of the far end */
#define CONFIRM_MAX   48    /* bytes of a confirmation */
#define CHALLENGE_LEN 16    /* by chance */

/* What the listener knows about where a telegram came from. */
struct origin {
    const char *peer;          /* IP address as text */
    int64_t received_us;       /* UTC */
    int zone_minutes;          /* of clocks that do not say theirs */
    const struct secret *keys; /* NULL before they were looked up */
};

enum push_needs {
    PUSH_WHOLE,    /* reading is filled */
    PUSH_KEY,      /* keys of the meter whose title is in identity */
    PUSH_TEMPLATE, /* no template fits: ask for newer ones once */
};

/* What proves a ciphered push, and tells a new one from one heard before. */
struct push_proof {
    char title[20]; /* system title, upper-case hex; "": it was not ciphered */
    uint32_t counter;
    int64_t mark; /* of its bytes: the same for the same telegram */
    bool fresh;   /* by the keys that it was to be given */
};

/* Something odd about a push that is taken all the same. */
struct push_remark {
    const char *reason; /* a word of session_fault.reason; NULL: only logged */
    const char *detail;
};
#define REMARKS_MAX 2

/* One push taken apart. */
struct push {
    enum push_needs needs;
    struct reading reading; /* registers are in the arena */
    struct push_proof proof;
    bool confirmed; /* the meter waits for confirm */
    uint8_t confirm[CONFIRM_MAX];
    size_t confirm_len;
    uint8_t line[LINE_MAX_LEN]; /* where commands go */
    struct push_remark remarks[REMARKS_MAX];
    size_t remarks_n;
};

/* In the order of their urgency, as command_rank() of the database has it. */
enum command_kind {
    COMMAND_VALVE_CLOSE,
    COMMAND_VALVE_OPEN,
    COMMAND_AUTO_CLOSE,
    COMMAND_CUTOFF,
    COMMAND_CLOCK,
    COMMAND_RADIO_PASSWORD,
    COMMAND_KEYS,
    COMMAND_SYNC_READING,
    COMMAND_PRESSURE,
    COMMAND_PERIOD,
    COMMAND_REPORT_HOUR,
    COMMAND_BALANCE,
    COMMAND_ARCHIVE,
    COMMAND_SERVER_ADDRESS,
    COMMAND_FIRMWARE,
    COMMAND_HOURLY, /* the hourly archive */
    COMMAND_EVENTS, /* the journals of events */
    COMMAND_KINDS
};

/*
 * A command as a driver takes it; views live until it is decided.
 *
 *                  a                      b             word
 *   auto_close     1 prohibited, 0 not
 *   cutoff         days, 0 withdrawn
 *   sync_reading   volume_dm3
 *   pressure       pressure_pa
 *   period         minutes                              as meter.period
 *   report_hour    hour
 *   balance        kopecks
 *   archive        from, UTC us           to, UTC us
 *   hourly         from, UTC us           to, UTC us
 *   clock          seconds that are left
 *                  alone at first; 0: as
 *                  few as can be told
 *   events         from, UTC us, of a     to, UTC us    "log us,log us": each
 *                  journal not in word                  from where; "": which
 *                                                       there are is asked
 *   server_address port                                 address
 *   firmware       job; its image beside
 */
struct command {
    enum command_kind kind;
    int64_t number; /* of its row; 0: a setting */
    bool verify;    /* the meter may have done it: look before it is sent */
    int64_t a, b;
    const char *word;
    const char *secret; /* a password to set; "" without one */
    /* Of keys: what the meter has and what it is to have; over an association
     * made with the latter nothing is left to do but to hear it. fresh NULL:
     * the password above is all. */
    const struct secret *known, *fresh;
    bool proven;
    /* For the association that this command may begin. */
    uint8_t challenge[CHALLENGE_LEN];
    uint32_t counter, counter_end; /* the first, the first not any more */
    struct bytes image;            /* firmware, and how it is called */
    const char *image_name;
    int64_t now_us; /* UTC */
    int zone_minutes;
};

enum command_end {
    COMMAND_GOES_ON,   /* out may hold bytes to send */
    COMMAND_EXECUTED,  /* the meter did it */
    COMMAND_DELIVERED, /* the meter is ready; its button is waited for */
    COMMAND_SEEN,      /* taken, but the meter does not show it yet */
    COMMAND_REFUSED,   /* the meter will not: why says it */
    COMMAND_RELEASED,  /* the association is over */
};

/* What one answer of the meter means. */
struct command_step {
    enum command_end end;
    int valve;        /* what it shows; -1 unless it was read */
    bool closed;      /* no association: there is nothing to release */
    const char *why;  /* of a refusal */
    const char *rows; /* JSON as archive_store(), events_store() and
                         clock_corrected() take it, or NULL */
    struct bytes out;
};

/* Whose a connection is, by its first bytes. */
enum recognised { RECOGNISED_NOT, RECOGNISED_PERHAPS, RECOGNISED };

struct driver {
    const char *name; /* as it stands in logs */
    size_t command_size;

    /* buf is never empty; PERHAPS: it takes more bytes to tell. */
    enum recognised (*recognise)(const uint8_t *buf, size_t len);

    /*
     * What bytes of a session say, either side's: a line for each thing. The
     * bytes may be any. ERR_PROTOCOL after as much as could be read.
     */
    enum err (*describe)(struct arena *a, struct bytes b, FILE *out);

    /*
     * Length of the first whole telegram, all frames of its APDU; 0: read
     * more; -1: refused, *fault is a word of session_fault.reason and
     * err_reason() says why.
     */
    ssize_t (*telegram_len)(struct arena *a, const uint8_t *buf, size_t len,
                            const char **fault);

    /* One telegram in; an error comes with a *fault. */
    enum err (*push)(struct arena *a, const struct origin *from,
                     struct bytes telegram, struct push *out,
                     const char **fault);

    /*
     * A command to the meter at line: state is command_size zeroed bytes that
     * live until end() and serve all commands of a session, a is this
     * command's. ERR_INVALID: the line has no way back. NULL: no command of
     * this protocol is known, and each is refused; so are answer and release.
     */
    enum err (*command)(void *state, struct arena *a,
                        const uint8_t line[LINE_MAX_LEN],
                        const struct secret *keys, const struct command *c,
                        struct bytes *out);

    /*
     * One telegram of the meter while a command is on. Exactly one of the
     * ends comes for each; then the next command, or release. An error ends
     * the session.
     */
    enum err (*answer)(void *state, struct arena *a, struct bytes telegram,
                       struct command_step *step);

    /* Nothing more is to be done: the answer will be COMMAND_RELEASED. */
    enum err (*release)(void *state, struct arena *a, struct bytes *out);

    /* The session is over, in whatever way: gives back what state holds. */
    void (*end)(void *state);

    /*
     * For the exchange log, of a session with commands: overwrites in a copy
     * of what goes either way what nobody may read: passwords, keys. What is
     * no whole telegram is hidden whole while one of these may be in it.
     * True: something was. NULL: nothing secret is ever said.
     */
    bool (*hide)(const void *state, struct arena *a, uint8_t *at, size_t len);
};

extern const struct driver dlms_driver, goldcard_driver;

/* The driver that recognises buf. NULL: none does; *perhaps: one may yet. */
const struct driver *driver_find(const uint8_t *buf, size_t len, bool *perhaps);

/* The driver of that name, as the log has it; NULL: none. */
const struct driver *driver_named(const char *name);

#endif
