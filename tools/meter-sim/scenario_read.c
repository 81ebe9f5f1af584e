/* A line after another, by recursive descent: scenario.h has the grammar. */
#include "tools/meter-sim/scenario_inner.h"

#include <string.h>

#define SPEED_MAX INT64_C(1000000)
#define BYTES_MAX INT64_C(65535)

enum argument { NO_ARGUMENT, ARGUMENT_BYTES, ARGUMENT_SHIFT, ARGUMENT_RATE };

/* clang-format off */
static const struct {
    const char *verb;
    bool at_moment, for_while;
    enum argument argument;
} deeds[DEEDS] = {
    [BEFALLS_MAGNET]    = { "magnet",    true,  false, NO_ARGUMENT },
    [BEFALLS_OPENED]    = { "opened",    true,  false, NO_ARGUMENT },
    [BEFALLS_LEAK]      = { "leak",      true,  false, NO_ARGUMENT },
    [BEFALLS_REVERSE]   = { "reverse",   true,  false, NO_ARGUMENT },
    [BEFALLS_BATTERY]   = { "battery",   true,  false, NO_ARGUMENT },
    [BEFALLS_STUCK]     = { "stuck",     true,  false, NO_ARGUMENT },
    [BEFALLS_REPAIR]    = { "repair",    true,  false, NO_ARGUMENT },
    [BEFALLS_PRESS]     = { "press",     true,  false, NO_ARGUMENT },
    [BEFALLS_CALL]      = { "call",      true,  false, NO_ARGUMENT },
    [BEFALLS_STORM]     = { "storm",     true,  false, NO_ARGUMENT },
    [BEFALLS_CLOCK]     = { "clock",     true,  false, ARGUMENT_SHIFT },
    [BEFALLS_DRIFT]     = { "drift",     true,  false, ARGUMENT_RATE },
    [BEFALLS_REPLAY]    = { "replay",    true,  false, NO_ARGUMENT },
    [BEFALLS_CUTTING]   = { "cut",       true,  true,  ARGUMENT_BYTES },
    [BEFALLS_SLOWNESS]  = { "slow",      true,  true,  NO_ARGUMENT },
    [BEFALLS_OTHER_KEY] = { "wrong-key", true,  true,  NO_ARGUMENT },
    [BEFALLS_SILENCE]   = { "silence",   false, true,  NO_ARGUMENT },
    [BEFALLS_OUTAGE]    = { "outage",    false, true,  NO_ARGUMENT },
};
/* clang-format on */

const char *scenario_verb(enum deed_kind deed)
{
    return deeds[deed].verb;
}

/* ---- statements ---- */

static enum err read_shift(struct reader *r, struct scenario_statement *s)
{
    bool back = scenario_take(r, "-");
    enum err e;

    if (!back && !scenario_take(r, "+"))
        return scenario_refuse(r, "how far is missing here: +90s, -2h");
    if ((e = scenario_take_time(r, &s->ms)) != ERR_OK)
        return e;
    s->ms = back ? -s->ms : s->ms;
    return ERR_OK;
}

static enum err read_argument(struct reader *r, struct scenario_statement *s)
{
    struct token number;
    enum err e = ERR_OK;

    switch (deeds[s->deed].argument) {
    case NO_ARGUMENT:
        return ERR_OK;
    case ARGUMENT_SHIFT:
        return read_shift(r, s);
    case ARGUMENT_RATE:
        if ((e = read_shift(r, s)) == ERR_OK &&
            (e = scenario_expect(r, "per")) == ERR_OK)
            e = scenario_take_time(r, &s->per_ms);
        return e == ERR_OK && s->per_ms == 0
                   ? scenario_refuse(r, "a rate is per some time")
                   : e;
    case ARGUMENT_BYTES:
        if ((e = scenario_expect(r, "after")) != ERR_OK)
            return e;
        number = r->now;
        if ((e = scenario_take_value(r, TOKEN_NUMBER,
                                     "how many bytes is missing here",
                                     &s->bytes)) != ERR_OK)
            return e;
        if (s->bytes < 1 || s->bytes > BYTES_MAX) {
            r->now = number;
            return scenario_refuse(r, "1 ... 65535 bytes");
        }
        return scenario_expect(r, "bytes");
    }
    return e;
}

static enum err read_verb(struct reader *r, struct scenario_statement *s)
{
    unsigned i = 0;

    while (i < DEEDS && !token_is(&r->now, deeds[i].verb))
        i++;
    if (i == DEEDS)
        return scenario_refuse(r,
                               "what happens is missing here: magnet, storm, "
                               "outage ...");
    if (s->when == WHEN_DURING && !deeds[i].for_while)
        return scenario_refuse(r, "that happens in a moment: at, or every");
    if (s->when != WHEN_DURING && !deeds[i].at_moment)
        return scenario_refuse(r, "that takes a while: during");
    s->deed = (enum deed_kind)i;
    scenario_advance(r);
    return ERR_OK;
}

static enum err read_deed(struct reader *r, struct scenario_statement *s)
{
    enum err e;

    s->part = SCENARIO_WHOLE;
    if (r->now.kind == TOKEN_PERCENT &&
        ((e = scenario_take_share(r, &s->part)) != ERR_OK ||
         (e = scenario_expect(r, "of")) != ERR_OK))
        return e;
    if ((e = scenario_read_set(r, NULL)) != ERR_OK)
        return e;
    s->set = r->out->sets - 1;
    return read_argument(r, s);
}

static enum err keep(struct reader *r, const struct scenario_statement *s)
{
    struct scenario *out = r->out;

    if (out->n == SCENARIO_STATEMENTS)
        return scenario_refuse(r, "more than 4096 statements");
    out->at =
        arena_grow(r->a, out->at, out->n, &r->statements_cap, sizeof *out->at);
    out->at[out->n++] = *s;
    return ERR_OK;
}

/* "FROM .. TO", or "from FROM to TO". */
static enum err read_while(struct reader *r, bool in_words,
                           struct scenario_statement *s)
{
    struct token last;
    enum err e;

    if ((in_words && (e = scenario_expect(r, "from")) != ERR_OK) ||
        (e = scenario_take_time(r, &s->from_ms)) != ERR_OK ||
        (e = scenario_expect(r, in_words ? "to" : "..")) != ERR_OK)
        return e;
    last = r->now;
    if ((e = scenario_take_time(r, &s->to_ms)) != ERR_OK)
        return e;
    if (s->to_ms > s->from_ms)
        return ERR_OK;
    r->now = last;
    return scenario_refuse(r, "it ends before it begins");
}

static enum err read_every(struct reader *r, struct scenario_statement *s)
{
    struct token step = r->now;
    enum err e;

    if ((e = scenario_take_time(r, &s->step_ms)) != ERR_OK)
        return e;
    if (s->step_ms == 0) {
        r->now = step;
        return scenario_refuse(r, "every 0 is without end");
    }
    s->from_ms = s->step_ms;
    s->to_ms = INT64_MAX;
    if (scenario_take(r, "from") &&
        (e = scenario_take_time(r, &s->from_ms)) != ERR_OK)
        return e;
    if (!scenario_take(r, "to"))
        return ERR_OK;
    step = r->now;
    if ((e = scenario_take_time(r, &s->to_ms)) != ERR_OK ||
        s->to_ms >= s->from_ms)
        return e;
    r->now = step;
    return scenario_refuse(r, "it ends before it begins");
}

static enum err read_statement(struct reader *r, enum when_kind when)
{
    struct scenario_statement s = { .when = when, .line = r->line };
    enum err e = ERR_OK;

    switch (when) {
    case WHEN_AT:
        e = scenario_take_time(r, &s.from_ms);
        s.to_ms = s.from_ms;
        break;
    case WHEN_EVERY:
        e = read_every(r, &s);
        break;
    case WHEN_DURING:
        e = read_while(r, false, &s);
        break;
    }
    if (e != ERR_OK)
        return e;
    (void)scenario_take(r, ":");
    if ((e = read_verb(r, &s)) != ERR_OK || (e = read_deed(r, &s)) != ERR_OK)
        return e;
    return keep(r, &s);
}

/* "outage from 1h to 2h all" is during 1h..2h outage all. */
static enum err read_outage(struct reader *r)
{
    struct scenario_statement s = { .when = WHEN_DURING,
                                    .deed = BEFALLS_OUTAGE,
                                    .line = r->line };
    enum err e;

    if ((e = read_while(r, true, &s)) != ERR_OK)
        return e;
    (void)scenario_take(r, ":");
    if ((e = read_deed(r, &s)) != ERR_OK)
        return e;
    return keep(r, &s);
}

/* ---- lines ---- */

static enum err read_number(struct reader *r, int64_t max, int64_t *out)
{
    struct token at = r->now;
    enum err e =
        scenario_take_value(r, TOKEN_NUMBER, "a number is missing here", out);

    if (e != ERR_OK || (*out >= 1 && *out <= max))
        return e;
    r->now = at;
    return scenario_refuse(
        r, arena_printf(r->a, "a number of 1 ... %lld", (long long)max));
}

static enum err read_line(struct reader *r)
{
    struct scenario *s = r->out;

    if (scenario_take(r, "seed"))
        return read_number(r, INT64_MAX - 1, &s->seed);
    if (scenario_take(r, "speed"))
        return read_number(r, SPEED_MAX, &s->speed);
    if (scenario_take(r, "end"))
        return scenario_take_time(r, &s->end_ms);
    if (scenario_take(r, "group"))
        return scenario_read_group(r);
    if (scenario_take(r, "at"))
        return read_statement(r, WHEN_AT);
    if (scenario_take(r, "every"))
        return read_statement(r, WHEN_EVERY);
    if (scenario_take(r, "during"))
        return read_statement(r, WHEN_DURING);
    if (scenario_take(r, "outage"))
        return read_outage(r);
    return scenario_refuse(
        r, "a line begins with seed, speed, end, group, at, every, "
           "during or outage");
}

enum err scenario_read(struct arena *a, const char *text, size_t len,
                       struct scenario *out, struct scenario_fault *fault)
{
    struct reader r = { .a = a, .out = out, .fault = fault };
    const char *end = text + len;
    enum err e = ERR_OK;

    *out = (struct scenario){ 0 };
    *fault = (struct scenario_fault){ 1, 1, "" };
    if (len > SCENARIO_MAX) {
        fault->why = "more than a megabyte";
        return err_raise(ERR_INVALID, "1:1: %s", fault->why);
    }
    while (e == ERR_OK && text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const char *next = stop != NULL ? stop + 1 : end;

        stop = stop != NULL ? stop : end;
        stop -= stop > text && stop[-1] == '\r';
        r.line++;
        r.tokens = (struct token_reader){ text, stop, text };
        scenario_advance(&r);
        if (r.now.kind != TOKEN_END)
            e = read_line(&r);
        if (e == ERR_OK && r.now.kind != TOKEN_END)
            e = scenario_refuse(&r, "the line should end here");
        text = next;
    }
    return e;
}
