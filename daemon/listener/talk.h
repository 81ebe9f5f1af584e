/* Commands on a session: the driver's machine, and what came of it. */
#ifndef LAZUR_DAEMON_LISTENER_TALK_H
#define LAZUR_DAEMON_LISTENER_TALK_H

#include "daemon/drivers/driver.h"
#include "daemon/listener/images.h"
#include "daemon/listener/ingest.h"
#include "daemon/listener/results.h"
#include "daemon/listener/turn.h"

struct talk {
    const struct driver *driver;
    struct arena *whole; /* of the session */
    struct arena *arena; /* of one command */
    void *state;         /* the driver's */
    struct turn now;     /* copied into arena */
    struct command command;
    struct result *result; /* on its way to the database */
    struct image *image;   /* of a firmware command, or NULL */
    bool waits_image;
    int64_t meter_id;
    const char *identity; /* that the secrets are sealed about */
    struct {
        const char *hex; /* NULL: none is kept */
        struct secret is;
        bool open;
    } own[2];         /* what the meter has, and what it is to have */
    size_t with;      /* which of them it is spoken to with */
    bool may_switch;  /* it may have the other one */
    uint32_t counter; /* of the next association */
    uint8_t line[LINE_MAX_LEN];
    uint32_t tried;             /* bits by enum command_kind */
    const char *let_in_refused; /* why no association; to be told once */
    bool decided;               /* the meter did it, or will not */
    bool held;                  /* an association is there to go on with */
    bool released;              /* nothing more comes from the meter */
};

/* What a talk needs of its meter; copied. */
struct talk_with {
    int64_t meter_id;
    const char *identity; /* that it called itself */
    const uint8_t *line;
    const struct pending_keys *keys;
};

/* Never fails; freed by talk_free. */
struct talk *talk_new(const struct driver *d, const struct talk_with *with);
void talk_free(struct talk *t); /* NULL is fine */

/* Whether a command can begin now; if not, its image is on its way. */
bool talk_prepare(struct talk *t, const struct turn *turn);

/* Begins a command: out is what to send first. */
enum err talk_command(struct talk *t, const struct turn *turn, int zone_minutes,
                      struct bytes *out) MUST_CHECK;

/* Of a protocol without commands: this one is refused, and said so. */
void talk_decline(struct talk *t, struct session *who, const struct turn *turn);

/* Lets the meter go; out is empty when there is nothing to release. */
enum err talk_release(struct talk *t, struct bytes *out) MUST_CHECK;

/* A telegram in; what it decides goes to the database in who's name. */
enum err talk_answer(struct talk *t, struct session *who, struct bytes telegram,
                     struct bytes *out) MUST_CHECK;

#endif
