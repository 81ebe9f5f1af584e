/* Records of the journals that a meter keeps itself. */
#ifndef LAZUR_LIB_MODEL_EVENT_H
#define LAZUR_LIB_MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

struct event {
    struct moment at; /* by the meter's clock */
    const char *log;  /* logical name of its journal */
    int64_t code;     /* as the meter gives it; -1: none */
    const char *text; /* "": nobody has said what it means */
    int64_t status;   /* the messages it means, as struct reading's */
};

struct event_list {
    const struct event *rows;
    size_t n;
    int64_t total; /* 0 when the page is past the end */
    bool more;     /* there are more than total */
};

/* The records of a meter by time; a meter without journals has none. */
enum err event_page(struct db *db, struct arena *a, int64_t meter_id,
                    bool descending, struct span span,
                    struct event_list *out) MUST_CHECK;

/* All of them, newest first, one at a time. */
enum err event_stream(struct db *db, struct arena *a, int64_t meter_id,
                      enum err (*each)(const struct event *it, void *ctx),
                      void *ctx) MUST_CHECK;

#endif
