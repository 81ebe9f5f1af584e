/*
 * How many sessions are let in: as many as the database commits in the time
 * that a meter waits. Who comes after them waits at the door, in the kernel's
 * queue, and costs nothing until there is room.
 */
#ifndef LAZUR_DAEMON_LISTENER_ADMISSION_H
#define LAZUR_DAEMON_LISTENER_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* wait_ms: how long a session may wait for its commit. */
void admission_init(int64_t wait_ms, size_t queue_max);

/*
 * Whether one more may come in while so many wait for the database, and while
 * those that came in a moment ago have not said what they want: of these only
 * so many count as have spoken lately of those who came in. Once shut, the door
 * stays so until a quarter of them is through.
 */
bool admission_room(size_t waiting);

/* One came in: a stamp for admission_spoke, never 0. */
uint32_t admission_enter(void);

/* It has said what it wants; it is gone without a word. */
void admission_spoke(uint32_t stamp);
void admission_gone(uint32_t stamp);

/* Once a second: so many readings were committed since the start. */
void admission_second(uint64_t committed, size_t waiting);

#endif
