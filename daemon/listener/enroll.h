/* Meters that call for the first time register themselves. */
#ifndef LAZUR_DAEMON_LISTENER_ENROLL_H
#define LAZUR_DAEMON_LISTENER_ENROLL_H

#include <stddef.h>

#include "daemon/listener/entry.h"

/*
 * known    e's meter is registered now: offer e again
 * refused  it cannot be; e is freed by the caller
 */
void enroll_init(void (*known)(struct entry *e),
                 void (*refused)(struct entry *e, const char *why));
void enroll(struct entry *e);
size_t enroll_waiting(void);

#endif
