/*
 * Who calls next. A meter is in one of four places: at rest (the round of
 * rate and bench takes it from there), in the wheel (it has a time), in the
 * queue (its time has come), or busy with a session.
 */
#ifndef LAZUR_TOOLS_METER_SIM_SCHEDULE_H
#define LAZUR_TOOLS_METER_SIM_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

#define SCHEDULE_NOBODY UINT32_MAX

enum place { PLACE_ABSENT, PLACE_REST, PLACE_WHEEL, PLACE_QUEUE, PLACE_BUSY };

struct turn {
    uint32_t prev, next; /* in the list of its slot or the queue */
    uint32_t due_tick;   /* while in the wheel */
    uint8_t place;       /* enum place */
    uint8_t tries;       /* of the pending telegram */
    uint8_t fault;       /* enum fault of the next session, ordered by hand */
    bool again;          /* called while busy: once more at once */
    bool done;           /* with once */
    uint16_t cut;        /* bytes that FAULT_CUT leaves the next session */
};

struct schedule {
    struct turn *turns; /* n meters, then the heads of lists */
    uint32_t n;
    const uint32_t *plays;
    uint32_t n_plays;
    uint32_t at;    /* of the round */
    uint32_t tick;  /* now */
    uint32_t queue; /* head */
};

/* plays are the numbers, of n, that take part; doubles count once. */
enum err schedule_open(struct schedule *s, uint32_t n, const uint32_t *plays,
                       uint32_t n_plays) MUST_CHECK;
void schedule_close(struct schedule *s);

/* Move a meter. Harmless for one that is busy or absent. */
void schedule_in(struct schedule *s, uint32_t meter, int64_t ms);
void schedule_now(struct schedule *s, uint32_t meter, bool first);
void schedule_rest(struct schedule *s, uint32_t meter);

/* It is the meter's turn: it is busy from now on. */
uint32_t schedule_take(struct schedule *s);

/* The next one at rest, in a round; SCHEDULE_NOBODY if hardly any is. */
uint32_t schedule_round(struct schedule *s);

/* The session of a busy meter is over; schedule_in, _now or _rest follows. */
void schedule_free(struct schedule *s, uint32_t meter);

/* Time passes: ms since the first call of all. */
void schedule_tick(struct schedule *s, int64_t ms);

/* Drop every time that was set; the queue stays. */
void schedule_clear(struct schedule *s);

#endif
