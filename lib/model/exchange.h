/*
 * The exchange log: the bytes of sessions with meters. Its list is
 * Q_EXCHANGE_PAGE and Q_EXCHANGE_COUNT.
 */
#ifndef LAZUR_LIB_MODEL_EXCHANGE_H
#define LAZUR_LIB_MODEL_EXCHANGE_H

#include "lib/model/list.h"

struct exchange {
    int64_t id, meter_id; /* 0: of no meter that is known */
    struct moment at;     /* the meter called */
    const char *device;   /* serial number, or what it called itself, or "" */
    const char *address, *result;
    int64_t took_ms, bytes_in, bytes_out;
    const char *protocol; /* "": none knew it */
    struct bytes frames;  /* lib/exchange/frames.h */
    const char *meters;   /* the others of the session: "1, 2"; or "" */
};

/* ERR_NOT_FOUND */
enum err exchange_find(struct db *db, struct arena *a, int64_t id,
                       struct exchange *out) MUST_CHECK;

struct exchange_lost {
    int64_t times, days; /* days that sessions are kept; 0: none are */
    struct moment last_at;
};

/* Sessions that are not in it, for want of room. */
enum err exchange_lost(struct db *db, struct arena *a,
                       struct exchange_lost *out) MUST_CHECK;

#endif
