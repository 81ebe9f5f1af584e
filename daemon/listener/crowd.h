/* How many connections each address has, for the cap on one of them. */
#ifndef LAZUR_DAEMON_LISTENER_CROWD_H
#define LAZUR_DAEMON_LISTENER_CROWD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/* most: connections of all; each: of one address, 0 is no limit. */
void crowd_init(size_t most, size_t each);
bool crowd_enter(const struct in6_addr *who); /* false: too many already */
void crowd_leave(const struct in6_addr *who);

#endif
