/* Brings the push templates of the database to the driver. */
#ifndef LAZUR_DAEMON_LISTENER_TEMPLATES_H
#define LAZUR_DAEMON_LISTENER_TEMPLATES_H

#include <stdbool.h>

/* loaded is called after each load, also one that brought nothing new. */
void templates_init(void (*loaded)(void));

/* True when there is a load to wait for: one under way, or started now. A
 * load of the last seconds is not repeated. */
bool templates_refresh(void);
bool templates_loaded(void); /* at least once */

#endif
