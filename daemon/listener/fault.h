/*
 * Sessions that broke a rule: counted by reason and address, one log line and
 * one row for many, and bounded whatever floods in.
 */
#ifndef LAZUR_DAEMON_LISTENER_FAULT_H
#define LAZUR_DAEMON_LISTENER_FAULT_H

#include "lib/base/bytes.h"

/*
 * reason  stable word of session_fault.reason, a literal
 * sample  first bytes of what came; may be empty
 */
void fault_note(const char *reason, const char *address, const char *detail,
                struct bytes sample);

/* Registers the job that stores them, and the line that is logged. */
void fault_init(void);

#endif
