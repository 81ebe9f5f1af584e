/* A command on a session: the driver's machine, and what came of it. */
#ifndef LAZUR_DAEMON_LISTENER_TALK_H
#define LAZUR_DAEMON_LISTENER_TALK_H

#include "daemon/drivers/driver.h"
#include "daemon/listener/results.h"

struct talk {
    struct arena *arena; /* of one command */
    void *state;         /* the driver's */
    int64_t command_id;
    struct result *result; /* on its way to the database */
    uint8_t line[LINE_MAX_LEN];
    struct secret keys;
    bool has_keys;
    bool decided;  /* the meter did it, or will not */
    bool released; /* nothing more comes from the meter */
    bool stored;
    int64_t next_id; /* what waits after this one, 0: nothing */
    enum command_kind next;
};

/* keys may be NULL. Never fails; freed by talk_free. */
struct talk *talk_new(const uint8_t line[LINE_MAX_LEN],
                      const struct secret *keys);
void talk_free(struct talk *t); /* NULL is fine */

/* Begins a command: out is what to send first. */
enum err talk_command(struct talk *t, const struct driver *d, int64_t id,
                      enum command_kind kind, struct bytes *out) MUST_CHECK;

/* A telegram in; what it decides goes to the database in who's name. */
enum err talk_answer(struct talk *t, const struct driver *d,
                     struct session *who, struct bytes telegram,
                     struct bytes *out) MUST_CHECK;

#endif
