/* What the files of the DLMS driver share. */
#ifndef LAZUR_DAEMON_DRIVERS_DLMS_INNER_H
#define LAZUR_DAEMON_DRIVERS_DLMS_INNER_H

#include "daemon/drivers/driver.h"
#include "lib/dlms/frame.h"
#include "lib/dlms/image.h"
#include "lib/dlms/profile.h"
#include "lib/dlms/session.h"

/* The far end of a connection, as struct driver's line. */
struct dlms_line {
    enum dlms_framing framing;
    struct dlms_address source, destination;
};
_Static_assert(sizeof(struct dlms_line) <= LINE_MAX_LEN, "line is too long");

#define DLMS_OPS_MAX 4

/* One request of a command. */
struct dlms_op {
    enum dlms_service service;
    struct dlms_target target;
    const struct dlms_value *value; /* SET's, ACTION's */
    bool proof; /* the attribute shows afterwards what was set */
    uint8_t selector;
    const struct dlms_value *selection; /* GET of a part */
};

enum dlms_mode {
    DLMS_PROVING, /* was it done before? */
    DLMS_DOING,
};

/* Journals of events that are read one after another. */
#define DLMS_JOURNALS_MAX 24

struct dlms_journal {
    struct obis name;
    int64_t from_us;
};

struct dlms_events {
    struct dlms_journal log[DLMS_JOURNALS_MAX];
    size_t n, at;
    bool asked;                  /* which there are was asked of the meter */
    bool listing;                /* ... and is being asked */
    struct dlms_column *columns; /* of log[at]; NULL: not known yet */
    size_t columns_n;
    int clock, code, status; /* among them, or -1 */
    struct dlms_out rows;    /* JSON so far, in the arena of the command */
    size_t records;
};

/* The association of a session, and the command that is on. */
struct dlms_command {
    struct dlms_session *session; /* NULL: there is none, or it is over */
    struct dlms_frame far;
    uint16_t client_sap;

    struct command now;
    struct dlms_op op[DLMS_OPS_MAX];
    size_t n, at;
    enum dlms_mode mode;
    uint8_t result; /* of the valve's method */
    int64_t behind; /* of a clock: by how many seconds; INT32_MAX: no clock */
    struct dlms_events events;
    struct dlms_image image;
    int column[8]; /* of an archive: where enum dlms_column stands, or -1 */
};

/* The requests of a command, values in a. ERR_INVALID: no meter could. */
enum err dlms_plan(struct arena *a, const struct command *c, struct dlms_op *op,
                   size_t *n) MUST_CHECK;

/* dlms_clock.c: what the clock's answer means; the next request is set. */
enum command_end dlms_clock_answer(struct dlms_command *c, struct arena *a,
                                   const struct dlms_given *reply,
                                   struct command_step *step);

/* COMMAND_REFUSED, in the meter's words. */
enum command_end dlms_refused(struct command_step *step, const char *why);

enum err dlms_firmware_start(struct dlms_command *c) MUST_CHECK;
enum err dlms_firmware_ask(struct dlms_command *c, struct arena *a,
                           struct dlms_out *apdu) MUST_CHECK;
enum command_end dlms_firmware_answer(struct dlms_command *c, struct arena *a,
                                      const struct dlms_given *answer,
                                      struct command_step *step);

/* capture_objects to c->column. False: no clock or volume among them. */
bool dlms_archive_columns(struct dlms_command *c, const struct dlms_value *v);
/* The buffer as JSON. */
const char *dlms_archive_rows(struct arena *a, const struct dlms_command *c,
                              const struct dlms_value *buffer);

/* dlms_events.c: object_list when it is not known, then each journal. */
enum err dlms_events_start(struct dlms_command *c, struct arena *a) MUST_CHECK;
enum err dlms_events_ask(struct dlms_command *c, struct arena *a,
                         struct dlms_out *apdu) MUST_CHECK;
enum command_end dlms_events_answer(struct dlms_command *c, struct arena *a,
                                    const struct dlms_given *reply,
                                    struct command_step *step);

/* Who we are to meters that know their clients by title. */
extern const uint8_t dlms_our_title[DLMS_TITLE_LEN];

void dlms_keys_of(const struct secret *s, struct dlms_keys *out);

/* The APDU of all the frames of a telegram, and the first of them. */
enum err dlms_unpack(struct arena *a, struct bytes telegram,
                     struct dlms_frame *head, struct bytes *apdu,
                     const char **fault) MUST_CHECK;

enum err dlms_command_start(void *state, struct arena *a,
                            const uint8_t line[LINE_MAX_LEN],
                            const struct secret *keys, const struct command *c,
                            struct bytes *out) MUST_CHECK;
enum err dlms_command_answer(void *state, struct arena *a,
                             struct bytes telegram,
                             struct command_step *step) MUST_CHECK;
enum err dlms_command_release(void *state, struct arena *a,
                              struct bytes *out) MUST_CHECK;
void dlms_command_end(void *state);

bool dlms_hide(const void *state, struct arena *a, uint8_t *at, size_t len);

#endif
