/*
 * A hashed wheel of doubly linked lists: a slot for each tick, meters of a
 * later turn of the wheel wait in their slot until it comes round again.
 */
#include "tools/meter-sim/schedule.h"

#include <stdlib.h>

#define TICK_MS INT64_C(20)
#define SLOTS   UINT32_C(16384) /* 5.5 minutes a turn */

static uint32_t slot_head(const struct schedule *s, uint32_t tick)
{
    return s->n + tick % SLOTS;
}

static void list_init(struct schedule *s, uint32_t head)
{
    s->turns[head].prev = s->turns[head].next = head;
}

static void list_cut(struct schedule *s, uint32_t i)
{
    struct turn *t = &s->turns[i];

    s->turns[t->prev].next = t->next;
    s->turns[t->next].prev = t->prev;
    t->prev = t->next = i;
}

/* Before the node at: the head's predecessor is the list's end. */
static void list_put(struct schedule *s, uint32_t at, uint32_t i)
{
    struct turn *t = &s->turns[i];

    t->next = at;
    t->prev = s->turns[at].prev;
    s->turns[t->prev].next = i;
    s->turns[at].prev = i;
}

enum err schedule_open(struct schedule *s, uint32_t n, const uint32_t *plays,
                       uint32_t n_plays)
{
    *s = (struct schedule){ .n = n, .plays = plays, .n_plays = n_plays };
    s->turns = calloc((size_t)n + SLOTS + 1, sizeof *s->turns);
    if (s->turns == NULL)
        return err_raise(ERR_IO, "no memory to schedule %u meters", n);
    s->queue = n + SLOTS;
    for (uint32_t i = 0; i <= n + SLOTS; i++)
        list_init(s, i);
    for (uint32_t i = 0; i < n_plays; i++)
        s->turns[plays[i]].place = PLACE_REST;
    return ERR_OK;
}

void schedule_close(struct schedule *s)
{
    free(s->turns);
    s->turns = NULL;
}

static bool can_move(const struct schedule *s, uint32_t meter)
{
    uint8_t place = s->turns[meter].place;

    return place != PLACE_ABSENT && place != PLACE_BUSY;
}

void schedule_in(struct schedule *s, uint32_t meter, int64_t ms)
{
    int64_t ticks = ms / TICK_MS + 1;

    if (!can_move(s, meter))
        return;
    if (ticks > UINT32_MAX / 2)
        ticks = UINT32_MAX / 2;
    list_cut(s, meter);
    s->turns[meter].due_tick = s->tick + (uint32_t)ticks;
    s->turns[meter].place = PLACE_WHEEL;
    list_put(s, slot_head(s, s->turns[meter].due_tick), meter);
}

void schedule_now(struct schedule *s, uint32_t meter, bool first)
{
    if (!can_move(s, meter))
        return;
    list_cut(s, meter);
    s->turns[meter].place = PLACE_QUEUE;
    list_put(s, first ? s->turns[s->queue].next : s->queue, meter);
}

void schedule_rest(struct schedule *s, uint32_t meter)
{
    if (!can_move(s, meter))
        return;
    list_cut(s, meter);
    s->turns[meter].place = PLACE_REST;
}

uint32_t schedule_take(struct schedule *s)
{
    uint32_t first = s->turns[s->queue].next;

    if (first == s->queue)
        return SCHEDULE_NOBODY;
    list_cut(s, first);
    s->turns[first].place = PLACE_BUSY;
    return first;
}

uint32_t schedule_round(struct schedule *s)
{
    uint32_t looks = s->n_plays < 256 ? s->n_plays : 256;

    while (looks-- > 0) {
        uint32_t meter = s->plays[s->at];

        s->at = s->at + 1 < s->n_plays ? s->at + 1 : 0;
        if (s->turns[meter].place != PLACE_REST)
            continue;
        s->turns[meter].place = PLACE_BUSY;
        return meter;
    }
    return SCHEDULE_NOBODY;
}

void schedule_free(struct schedule *s, uint32_t meter)
{
    if (s->turns[meter].place == PLACE_BUSY)
        s->turns[meter].place = PLACE_REST;
}

static void slot_ripen(struct schedule *s, uint32_t head)
{
    uint32_t i = s->turns[head].next;

    while (i != head) {
        uint32_t next = s->turns[i].next;

        if ((int32_t)(s->turns[i].due_tick - s->tick) <= 0)
            schedule_now(s, i, false);
        i = next;
    }
}

void schedule_tick(struct schedule *s, int64_t ms)
{
    uint32_t until = (uint32_t)(ms / TICK_MS);

    while (s->tick != until) {
        s->tick++;
        slot_ripen(s, slot_head(s, s->tick));
    }
}

void schedule_clear(struct schedule *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->turns[i].place == PLACE_WHEEL)
            schedule_rest(s, i);
}
