/* What meters made of commands, stored before the next one is begun. */
#ifndef LAZUR_DAEMON_LISTENER_RESULTS_H
#define LAZUR_DAEMON_LISTENER_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/drivers/driver.h"
#include "daemon/listener/turn.h"

struct session;
struct result;

/* One command that is decided; all of it is copied. */
struct outcome {
    struct session *who;
    int64_t meter_id;
    struct turn turn;
    enum command_end end;
    const char *why;                   /* NULL unless refused */
    int valve;                         /* -1: not read */
    const char *rows;                  /* of an archive, or NULL */
    const char *identity, *before_hex; /* whose secret it was */
    struct bytes sealed;               /* what it becomes; empty: it stays */
    uint32_t tried;
};

/* next NULL: nothing else waits for this meter. */
void results_init(void (*stored)(struct session *who, const struct turn *next));

struct result *result_store(const struct outcome *o);
void result_forget(struct result *r); /* its session is gone */
size_t results_waiting(void);

#endif
