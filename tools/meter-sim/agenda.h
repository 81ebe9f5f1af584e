/* Rare things that will happen to a meter at a moment: a heap by time. */
#ifndef LAZUR_TOOLS_METER_SIM_AGENDA_H
#define LAZUR_TOOLS_METER_SIM_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum deed {
    DEED_PRESS,      /* somebody comes to press the button */
    DEED_LEAK_CHECK, /* the minute after opening is over */
};

struct appointment {
    int64_t at_us; /* monotonic */
    uint32_t meter;
    enum deed deed;
};

struct agenda {
    struct appointment *at;
    size_t n, cap;
};

void agenda_add(struct agenda *g, int64_t at_us, uint32_t meter,
                enum deed deed);

/* The first one, if its time has come. */
bool agenda_take(struct agenda *g, int64_t now_us, struct appointment *out);

void agenda_close(struct agenda *g);

#endif
