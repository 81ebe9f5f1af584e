/*
 * The exchange log: what a session sent and heard, kept until it is over, then
 * handed to the database beside the readings, on a connection of its own.
 *
 * A reading never waits for it. When the database is slow what waits here is
 * bounded by memory: then sessions are not logged, those without a fault
 * first, and counted as faults («not_logged»). A listener that is killed takes
 * with it the bytes of the sessions that were on or had just ended.
 */
#ifndef LAZUR_DAEMON_LISTENER_EXCHANGE_H
#define LAZUR_DAEMON_LISTENER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct session;
struct exchange; /* of one session, in its member log */

/* memory_max bytes of what is on and what waits. */
void exchange_init(const char *conninfo, size_t memory_max);

/* ---- while a session is on ---- */

/* Bytes read or written; secrets of commands are overwritten in the copy. */
void exchange_piece(struct session *s, struct bytes b, bool to_meter);

/* Its telegrams are understood. */
void exchange_known(struct session *s);

/* What it calls itself, be it true or not; "" is nothing. */
void exchange_named(struct session *s, const char *identity);

/* Whose reading was stored; a session may be of several meters. */
void exchange_stored(struct session *s, int64_t meter_id);

/* Why it failed, a word of session_fault.reason; the first one counts. */
void exchange_failed(struct session *s, const char *reason);

/* It has ended, and is stored with the next ones. */
void exchange_over(struct session *s);

/* ---- all of them ---- */

/* Starts storing when that is due. */
void exchange_pump(void);

/* Sessions that wait to be stored. */
size_t exchange_waiting(void);

#endif
