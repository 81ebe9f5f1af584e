/* What the files of the exchange log share. */
#ifndef LAZUR_DAEMON_LISTENER_EXCHANGE_INNER_H
#define LAZUR_DAEMON_LISTENER_EXCHANGE_INNER_H

#include <netinet/in.h>

#include "daemon/drivers/reading.h"
#include "daemon/listener/exchange.h"

/* A further meter of a session, and the row that says so. */
struct exchange_more {
    int64_t meter_id, id;
};

struct exchange {
    struct exchange *next; /* of those that wait, or of the pool */
    int64_t id;
    int64_t begun_ms, last_ms, took_ms; /* monotonic; of the last piece */
    int64_t bytes_in, bytes_out;
    int64_t meter_id; /* 0: not known */
    struct exchange_more *more;
    const char *result;   /* a literal */
    const char *protocol; /* NULL: none knew it */
    struct in6_addr peer;
    uint32_t len, cap;
    uint8_t *at; /* as lib/exchange/frames.h says */
    uint16_t more_n;
    bool cut; /* the rest was not kept */
    char named[READING_NAME_MAX];
};

/* ---- exchange.c ---- */

void exchange_begin(size_t memory_max);
void exchange_switch(bool on);
void exchange_free(struct exchange *x);

/* Another process has its id. */
void exchange_renumber(struct exchange *x);

/* A session is not logged, and that is told. */
void exchange_missed(void);

/* ---- exchange_store.c ---- */

/* It is stored with the next ones. */
void exchange_wait(struct exchange *x);

#endif
