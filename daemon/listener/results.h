/* What meters made of commands, stored before the next one is begun. */
#ifndef LAZUR_DAEMON_LISTENER_RESULTS_H
#define LAZUR_DAEMON_LISTENER_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/drivers/driver.h"

struct session;
struct result;

/* next_id 0: nothing else waits for this meter. */
void results_init(void (*stored)(struct session *who, int64_t next_id,
                                 enum command_kind next));

struct result *result_store(struct session *who, int64_t command_id,
                            enum command_end end, const char *why, int valve);
void result_forget(struct result *r); /* its session is gone */
size_t results_waiting(void);

#endif
