/*
 * A reading on its way into the database. It outlives its session: what an
 * unconfirmed push brought is stored though the meter has hung up.
 */
#ifndef LAZUR_DAEMON_LISTENER_ENTRY_H
#define LAZUR_DAEMON_LISTENER_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/drivers/driver.h"

struct session;

struct entry {
    struct entry *next;
    struct session *session; /* NULL: gone meanwhile */
    struct reading reading;  /* registers, days are the entry's own */
    bool confirmed;
    uint8_t confirm_len;
    uint8_t tries;
    uint8_t confirm[CONFIRM_MAX];
    uint8_t line[LINE_MAX_LEN];
    struct push_proof proof;
    char peer[46];
};

/* A waiting line of entries, first come first served. */
struct entries {
    struct entry *head, **tail;
    size_t n;
};

struct entry *entry_new(const struct push *p);
void entry_free(struct entry *e);

void entries_init(struct entries *l);
void entries_append(struct entries *l, struct entry *e);
void entries_prepend(struct entries *l, struct entry *e);
struct entry *entries_take(struct entries *l); /* NULL: empty */

#endif
