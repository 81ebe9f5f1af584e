/* Why a push is not believed, as ingest_batch judges it. */
#ifndef LAZUR_DAEMON_LISTENER_VERDICT_H
#define LAZUR_DAEMON_LISTENER_VERDICT_H

#include <stddef.h>

#include "daemon/listener/entry.h"

/* The reason for session_fault, a literal; NULL: taken, or stored before. */
const char *verdict_read(const char *word);

/* What an administrator is told beside the reason. */
void verdict_why(const struct entry *e, const char *reason, char *out,
                 size_t size);

#endif
