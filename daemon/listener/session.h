/*
 * One TCP connection of a meter: bytes to the driver, readings to the batch,
 * the answer after the commit, commands after that.
 *
 *   SILENT -> RECEIVING -> (ASKING) -> STORING -> ANSWERED -> CLOSING
 *                ^                       |           |
 *                '--- the next push -----+-----------'
 *                                        '-> TALKING -> CLOSING
 */
#ifndef LAZUR_DAEMON_LISTENER_SESSION_H
#define LAZUR_DAEMON_LISTENER_SESSION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/drivers/driver.h"
#include "daemon/settings.h"
#include "lib/base/secret.h"

struct session;
struct ssl_ctx_st;
struct entry;
struct pending;
struct turn;

/* closed is called with the address of each session that ends. */
void sessions_init(const struct settings *s,
                   void (*closed)(const struct in6_addr *peer));

/* Takes fd over; peer is IPv4-mapped for IPv4; tls is NULL on a plain door. */
void session_open(int fd, const struct in6_addr *peer, struct ssl_ctx_st *tls);

size_t sessions_open(void);

/* All places are taken: ends who has said nothing whole for the longest time.
 * False: none for so long that its place may be given away. */
bool sessions_make_place(void);

/* Those with nothing under way end now, the others when they are through. */
void sessions_finish(void);

/* Frees what ended in this turn of the loop. */
void sessions_sweep(void);

/* ---- answers to what sessions asked; see ingest.h, secrets.h, results.h ----
 */

void session_stored(struct entry *e, const struct pending *todo);
void session_refused(struct entry *e, const char *why);
/* reason is a word of session_fault.reason, a literal. */
void session_turn_away(struct entry *e, const char *reason, const char *why);
void session_key_found(struct session *s, const struct secret *secret);
void session_result_stored(struct session *s, const struct turn *next);
void sessions_templates_loaded(void);
void sessions_images_loaded(void);

/* "10.0.0.1" or IPv6, in out of 46 bytes. */
const char *peer_text(const struct in6_addr *peer, char out[46]);

#endif
