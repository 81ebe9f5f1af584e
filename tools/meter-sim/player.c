/*
 * A statement knows when it is due next. What holds for a while is kept as
 * bits for each meter, and put together anew when a while ends, for others may
 * go on over the same meters.
 */
#include "tools/meter-sim/player.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tools/meter-sim/befall.h"
#include "tools/meter-sim/player_inner.h"
#include "tools/meter-sim/sim.h"

#define NEVER INT64_MAX

/* ---- when ---- */

static int64_t scenario_ms(const struct player *p, int64_t now_us)
{
    int64_t speed = p->scenario.speed != 0 ? p->scenario.speed : 1;

    return (now_us - p->began_us) / 1000 * speed;
}

/* The one due first by now; the earlier line of two. */
static struct due *due_first(struct player *p, int64_t now_ms)
{
    struct due *first = NULL;

    for (size_t i = 0; i < p->scenario.n; i++)
        if (p->due[i].at_ms <= now_ms &&
            (first == NULL || p->due[i].at_ms < first->at_ms))
            first = &p->due[i];
    return first;
}

static void due_next(const struct scenario_statement *s, struct due *d)
{
    d->occurrence++;
    switch (s->when) {
    case WHEN_AT:
        d->at_ms = NEVER;
        break;
    case WHEN_EVERY:
        d->at_ms += s->step_ms;
        if (d->at_ms > s->to_ms)
            d->at_ms = NEVER;
        break;
    case WHEN_DURING:
        d->is_on = !d->is_on;
        d->at_ms = d->is_on ? s->to_ms : NEVER;
        break;
    }
}

/* ---- whom ---- */

bool player_chooses(const struct player *p, const struct sim *sim, size_t no,
                    uint32_t meter)
{
    const struct scenario_statement *s = &p->scenario.at[no];
    const struct meter *m = &sim->fleet.meters[meter];
    uint64_t turn = s->when == WHEN_DURING ? 0 : p->due[no].occurrence;

    return befall_set_has(&p->scenario, s->set, (uint64_t)sim->set.seed, m) &&
           befall_share(befall_seed((uint64_t)sim->set.seed, no, turn), m,
                        s->part);
}

/* ---- what holds for a while ---- */

static unsigned bit_of(enum deed_kind deed)
{
    switch (deed) {
    case BEFALLS_SILENCE:
        return HELD_SILENT;
    case BEFALLS_OUTAGE:
        return HELD_OUT;
    case BEFALLS_SLOWNESS:
        return HELD_SLOW;
    case BEFALLS_OTHER_KEY:
        return HELD_OTHER_KEY;
    default:
        return HELD_CUT;
    }
}

static void hold(struct player *p, const struct sim *sim, size_t no)
{
    const struct scenario_statement *s = &p->scenario.at[no];

    for (uint32_t i = 0; i < sim->fleet.n_plays; i++) {
        uint32_t meter = sim->fleet.plays[i];

        if (!player_chooses(p, sim, no, meter))
            continue;
        p->held[meter].bits |= (uint8_t)bit_of(s->deed);
        if (s->deed == BEFALLS_CUTTING)
            p->held[meter].cut = (uint16_t)s->bytes;
    }
}

static void hold_what_is_on(struct player *p, const struct sim *sim)
{
    memset(p->held, 0, sim->fleet.n * sizeof *p->held);
    for (size_t i = 0; i < p->scenario.n; i++)
        if (p->due[i].is_on)
            hold(p, sim, i);
}

unsigned player_condition(const struct player *p, uint32_t meter, uint16_t *cut)
{
    if (p == NULL || p->held == NULL)
        return 0;
    if (cut != NULL && (p->held[meter].bits & HELD_CUT) != 0)
        *cut = p->held[meter].cut;
    return p->held[meter].bits;
}

/* ---- doing ---- */

static void begin_or_end(struct sim *sim, size_t no)
{
    struct player *p = sim->player;
    struct due *d = &p->due[no];
    uint32_t n = 0;

    for (uint32_t i = 0; i < sim->fleet.n_plays; i++)
        n += player_chooses(p, sim, no, sim->fleet.plays[i]);
    deed_line(p, no, NULL, n, d->is_on ? "ends" : "begins");
    due_next(&p->scenario.at[no], d);
    hold_what_is_on(p, sim);
}

static void befall(struct sim *sim, size_t no)
{
    struct player *p = sim->player;
    const struct scenario_statement *s = &p->scenario.at[no];
    uint32_t n = 0;

    for (uint32_t i = 0; i < sim->fleet.n_plays; i++) {
        uint32_t meter = sim->fleet.plays[i];

        if (!player_chooses(p, sim, no, meter) ||
            !befall_can(s->deed, &sim->fleet.meters[meter]))
            continue;
        n++;
        if (s->deed != BEFALLS_STORM && s->deed != BEFALLS_CALL)
            deed_line(p, no, sim->fleet.meters[meter].serial, 0, NULL);
        befall_meter(sim, meter, s, p->scenario.speed);
    }
    deed_line(p, no, NULL, n, NULL);
    due_next(s, &p->due[no]);
}

void player_begin(struct sim *sim, int64_t now_us)
{
    if (sim->player == NULL)
        return;
    sim->player->began_us = now_us;
    player_go_on(sim, now_us); /* what holds from the first moment */
}

void player_go_on(struct sim *sim, int64_t now_us)
{
    struct player *p = sim->player;
    struct due *d;

    if (p == NULL)
        return;
    while ((d = due_first(p, scenario_ms(p, now_us))) != NULL) {
        size_t no = (size_t)(d - p->due);

        if (p->scenario.at[no].when == WHEN_DURING)
            begin_or_end(sim, no);
        else
            befall(sim, no);
    }
    truth_flush(&p->deeds);
}

bool player_is_over(const struct player *p, int64_t now_us)
{
    return p != NULL && p->scenario.end_ms > 0 &&
           scenario_ms(p, now_us) >= p->scenario.end_ms;
}

/* ---- setting up ---- */

static enum err text_read(struct arena *a, const char *path, char **text,
                          size_t *len)
{
    FILE *in = fopen(path, "re");
    enum err e = ERR_OK;

    if (in == NULL)
        return err_raise(ERR_IO, "scenario %s: %s", path, strerror(errno));
    *text = arena_alloc(a, SCENARIO_MAX + 1);
    *len = fread(*text, 1, SCENARIO_MAX + 1, in);
    if (ferror(in))
        e = err_raise(ERR_IO, "scenario %s: %s", path, strerror(errno));
    fclose(in);
    return e;
}

/* Periods and pauses pass as fast as the scenario's time. */
static void make_faster(struct settings *set, int64_t speed)
{
    int64_t *const ms[] = { &set->period_ms, &set->press_ms,
                            &set->leak_check_ms };

    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        if (*ms[i] > 0)
            *ms[i] = *ms[i] / speed > 0 ? *ms[i] / speed : 1;
    set->speed = speed;
}

static void player_prepare(struct sim *sim, struct player *p)
{
    const struct scenario *s = &p->scenario;

    p->due = sim_alloc(s->n * sizeof *p->due + 1);
    for (size_t i = 0; i < s->n; i++) {
        p->due[i].at_ms = s->at[i].from_ms;
        if (s->at[i].when == WHEN_DURING && p->held == NULL)
            p->held = sim_alloc(((size_t)sim->fleet.n + 1) * sizeof *p->held);
    }
    if (sim->set.seed == 0)
        sim->set.seed = s->seed;
    if (s->speed != 0)
        make_faster(&sim->set, s->speed);
}

enum err player_open(struct sim *sim)
{
    const char *path = sim->set.scenario;
    struct scenario_fault fault;
    struct player *p;
    char *text = NULL;
    size_t len = 0;
    enum err e;

    if (path[0] == '\0')
        return ERR_OK;
    p = sim->player = sim_alloc(sizeof *p);
    p->deeds.fd = -1;
    p->arena = arena_new();
    if ((e = text_read(p->arena, path, &text, &len)) != ERR_OK)
        return e;
    if ((e = scenario_read(p->arena, text, len, &p->scenario, &fault)) !=
        ERR_OK)
        return err_raise(e, "%s:%u:%u: %s", path, fault.line, fault.column,
                         fault.why);
    player_prepare(sim, p);
    return truth_open(&p->deeds, sim->set.deeds_file);
}

void player_close(struct sim *sim)
{
    struct player *p = sim->player;

    if (p == NULL)
        return;
    truth_close(&p->deeds);
    arena_free(p->arena);
    free(p->due);
    free(p->held);
    free(p);
    sim->player = NULL;
}
