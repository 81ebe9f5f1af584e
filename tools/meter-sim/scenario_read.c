/* A line after another, by recursive descent: scenario.h has the grammar. */
#include "tools/meter-sim/scenario.h"

#include <string.h>

#include "tools/meter-sim/scenario_token.h"

#define SPEED_MAX INT64_C(1000000)
#define BYTES_MAX INT64_C(65535)
#define NAME_MAX_ 60

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

static const char *const kinds[] = {
    [TERM_ALL] = "all", [TERM_VALVE] = "valve", [TERM_ARCHIVE] = "archive",
    [TERM_SMALL] = "small", [TERM_POWER] = "power", [TERM_GAS] = "gas",
    [TERM_KEYS] = "keys", [TERM_MODEL] = "model", [TERM_SHARE] = "share",
    [TERM_RANGE] = "range", [TERM_GROUP] = NULL,
};
static const char *const words[] = { /* that no group is called */
    "and", "not", "of", "after", "bytes", "per", "from", "to",
};
/* clang-format on */
#define WORDS (sizeof words / sizeof *words)

struct reader {
    struct arena *a;
    struct scenario *out;
    size_t statements_cap, sets_cap;
    struct token_reader tokens;
    struct token now; /* the one that is looked at */
    unsigned line;
    struct scenario_fault *fault;
};

const char *scenario_verb(enum deed_kind deed)
{
    return deeds[deed].verb;
}

/* ---- tokens ---- */

static enum err refuse(struct reader *r, const char *why)
{
    if (r->now.kind == TOKEN_BAD)
        why = r->now.why;
    *r->fault =
        (struct scenario_fault){ r->line, token_column(&r->tokens, &r->now),
                                 why };
    return err_raise(ERR_INVALID, "%u:%u: %s", r->fault->line, r->fault->column,
                     why);
}

static void advance(struct reader *r)
{
    r->now = token_next(&r->tokens);
}

static bool take(struct reader *r, const char *word)
{
    if (!token_is(&r->now, word))
        return false;
    advance(r);
    return true;
}

static enum err expect(struct reader *r, const char *word)
{
    return take(r, word)
               ? ERR_OK
               : refuse(r, arena_printf(r->a, "'%s' is missing here", word));
}

static enum err take_value(struct reader *r, enum token_kind kind,
                           const char *why, int64_t *out)
{
    if (r->now.kind != kind)
        return refuse(r, why);
    *out = r->now.value;
    advance(r);
    return ERR_OK;
}

static enum err take_time(struct reader *r, int64_t *out)
{
    return take_value(r, TOKEN_TIME, "a time is missing here: 90s, 1h30m", out);
}

static const char *token_text(struct reader *r)
{
    return arena_strndup(r->a, r->now.at, r->now.len);
}

/* ---- sets of meters ---- */

static bool is_kind(const struct token *t, enum term_kind *kind)
{
    for (unsigned i = 0; i < TERM_GROUP; i++) {
        if (token_is(t, kinds[i])) {
            *kind = (enum term_kind)i;
            return true;
        }
    }
    return false;
}

static bool find_group(const struct reader *r, size_t *out)
{
    for (size_t i = 0; i < r->out->sets; i++) {
        const char *name = r->out->set[i].name;

        if (name != NULL && token_is(&r->now, name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static enum err take_serial(struct reader *r, const char **out)
{
    if (r->now.kind != TOKEN_NUMBER || r->now.len > 19)
        return refuse(r, "a serial number is missing here");
    *out = token_text(r);
    advance(r);
    return ERR_OK;
}

/* Numbers of one length, the second not below the first. */
static enum err read_range(struct reader *r, struct scenario_term *t)
{
    struct token last;
    enum err e;

    if ((e = take_serial(r, &t->text)) != ERR_OK ||
        (e = expect(r, "..")) != ERR_OK)
        return e;
    last = r->now;
    if ((e = take_serial(r, &t->to)) != ERR_OK)
        return e;
    if (strlen(t->text) == strlen(t->to) && strcmp(t->text, t->to) <= 0)
        return ERR_OK;
    r->now = last;
    return refuse(r, "a range goes up, in numbers of one length");
}

static enum err read_model(struct reader *r, struct scenario_term *t)
{
    if (r->now.kind != TOKEN_STRING || r->now.len == 0 ||
        r->now.len > NAME_MAX_ || memchr(r->now.at, '\0', r->now.len) != NULL)
        return refuse(r, "the name of a model is missing here, in quotes");
    t->text = token_text(r);
    advance(r);
    return ERR_OK;
}

static enum err read_share(struct reader *r, uint32_t *out)
{
    int64_t share = 0;
    enum err e =
        take_value(r, TOKEN_PERCENT, "a percentage is missing here", &share);

    *out = (uint32_t)share;
    return e;
}

static enum err read_term(struct reader *r, struct scenario_term *t)
{
    *t = (struct scenario_term){ .no = take(r, "not") };
    if (r->now.kind == TOKEN_NUMBER) {
        t->kind = TERM_RANGE;
        t->to = token_text(r);
        return take_serial(r, &t->text);
    }
    if (find_group(r, &t->set)) {
        t->kind = TERM_GROUP;
        advance(r);
        return ERR_OK;
    }
    if (r->now.kind != TOKEN_WORD || !is_kind(&r->now, &t->kind))
        return refuse(r, "meters are missing here: all, valve, gas, model, "
                         "share, range, a serial number, a group ...");
    advance(r);
    switch (t->kind) {
    case TERM_MODEL:
        return read_model(r, t);
    case TERM_SHARE:
        return read_share(r, &t->share);
    case TERM_RANGE:
        return read_range(r, t);
    case TERM_ALL:
    case TERM_VALVE:
    case TERM_ARCHIVE:
    case TERM_SMALL:
    case TERM_POWER:
    case TERM_GAS:
    case TERM_KEYS:
    case TERM_GROUP:
        break;
    }
    return ERR_OK;
}

static void *grown(struct arena *a, void *was, size_t n, size_t *cap,
                   size_t size)
{
    void *more;

    if (n < *cap)
        return was;
    *cap = *cap * 2 + 16;
    more = arena_alloc(a, *cap * size);
    if (n > 0)
        memcpy(more, was, n * size);
    return more;
}

/* The set becomes the last of the scenario's. */
static enum err read_set(struct reader *r, const char *name)
{
    struct scenario *s = r->out;
    struct scenario_term terms[SCENARIO_TERMS];
    size_t n = 0;
    enum err e;

    do {
        if (n == SCENARIO_TERMS)
            return refuse(r, "more than 16 terms");
        if ((e = read_term(r, &terms[n++])) != ERR_OK)
            return e;
    } while (take(r, "and"));
    if (s->sets == SCENARIO_SETS)
        return refuse(r, "more than 8192 groups");
    s->set = grown(r->a, s->set, s->sets, &r->sets_cap, sizeof *s->set);
    s->set[s->sets++] = (struct scenario_set){
        name, arena_memdup(r->a, terms, n * sizeof *terms), n
    };
    return ERR_OK;
}

static bool is_word(const struct token *t)
{
    enum term_kind kind;

    for (size_t i = 0; i < WORDS; i++)
        if (token_is(t, words[i]))
            return true;
    return is_kind(t, &kind);
}

static enum err read_group(struct reader *r)
{
    const char *name;
    size_t had;
    enum err e;

    if (r->now.kind != TOKEN_WORD)
        return refuse(r, "the name of the group is missing here");
    if (is_word(&r->now))
        return refuse(r, "that word means something: another name");
    if (find_group(r, &had))
        return refuse(r, "there is a group of that name");
    name = token_text(r);
    advance(r);
    if ((e = expect(r, "=")) != ERR_OK)
        return e;
    return read_set(r, name);
}

/* ---- statements ---- */

static enum err read_shift(struct reader *r, struct scenario_statement *s)
{
    bool back = take(r, "-");
    enum err e;

    if (!back && !take(r, "+"))
        return refuse(r, "how far is missing here: +90s, -2h");
    if ((e = take_time(r, &s->ms)) != ERR_OK)
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
            (e = expect(r, "per")) == ERR_OK)
            e = take_time(r, &s->per_ms);
        return e == ERR_OK && s->per_ms == 0
                   ? refuse(r, "a rate is per some time")
                   : e;
    case ARGUMENT_BYTES:
        if ((e = expect(r, "after")) != ERR_OK)
            return e;
        number = r->now;
        if ((e = take_value(r, TOKEN_NUMBER, "how many bytes is missing here",
                            &s->bytes)) != ERR_OK)
            return e;
        if (s->bytes < 1 || s->bytes > BYTES_MAX) {
            r->now = number;
            return refuse(r, "1 ... 65535 bytes");
        }
        return expect(r, "bytes");
    }
    return e;
}

static enum err read_verb(struct reader *r, struct scenario_statement *s)
{
    unsigned i = 0;

    while (i < DEEDS && !token_is(&r->now, deeds[i].verb))
        i++;
    if (i == DEEDS)
        return refuse(r, "what happens is missing here: magnet, storm, "
                         "outage ...");
    if (s->when == WHEN_DURING && !deeds[i].for_while)
        return refuse(r, "that happens in a moment: at, or every");
    if (s->when != WHEN_DURING && !deeds[i].at_moment)
        return refuse(r, "that takes a while: during");
    s->deed = (enum deed_kind)i;
    advance(r);
    return ERR_OK;
}

static enum err read_deed(struct reader *r, struct scenario_statement *s)
{
    enum err e;

    s->part = SCENARIO_WHOLE;
    if (r->now.kind == TOKEN_PERCENT &&
        ((e = read_share(r, &s->part)) != ERR_OK ||
         (e = expect(r, "of")) != ERR_OK))
        return e;
    if ((e = read_set(r, NULL)) != ERR_OK)
        return e;
    s->set = r->out->sets - 1;
    return read_argument(r, s);
}

static enum err keep(struct reader *r, const struct scenario_statement *s)
{
    struct scenario *out = r->out;

    if (out->n == SCENARIO_STATEMENTS)
        return refuse(r, "more than 4096 statements");
    out->at = grown(r->a, out->at, out->n, &r->statements_cap, sizeof *out->at);
    out->at[out->n++] = *s;
    return ERR_OK;
}

/* "FROM .. TO", or "from FROM to TO". */
static enum err read_while(struct reader *r, bool in_words,
                           struct scenario_statement *s)
{
    struct token last;
    enum err e;

    if ((in_words && (e = expect(r, "from")) != ERR_OK) ||
        (e = take_time(r, &s->from_ms)) != ERR_OK ||
        (e = expect(r, in_words ? "to" : "..")) != ERR_OK)
        return e;
    last = r->now;
    if ((e = take_time(r, &s->to_ms)) != ERR_OK)
        return e;
    if (s->to_ms > s->from_ms)
        return ERR_OK;
    r->now = last;
    return refuse(r, "it ends before it begins");
}

static enum err read_every(struct reader *r, struct scenario_statement *s)
{
    struct token step = r->now;
    enum err e;

    if ((e = take_time(r, &s->step_ms)) != ERR_OK)
        return e;
    if (s->step_ms == 0) {
        r->now = step;
        return refuse(r, "every 0 is without end");
    }
    s->from_ms = s->step_ms;
    s->to_ms = INT64_MAX;
    if (take(r, "from") && (e = take_time(r, &s->from_ms)) != ERR_OK)
        return e;
    if (!take(r, "to"))
        return ERR_OK;
    step = r->now;
    if ((e = take_time(r, &s->to_ms)) != ERR_OK || s->to_ms >= s->from_ms)
        return e;
    r->now = step;
    return refuse(r, "it ends before it begins");
}

static enum err read_statement(struct reader *r, enum when_kind when)
{
    struct scenario_statement s = { .when = when, .line = r->line };
    enum err e = ERR_OK;

    switch (when) {
    case WHEN_AT:
        e = take_time(r, &s.from_ms);
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
    (void)take(r, ":");
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
    (void)take(r, ":");
    if ((e = read_deed(r, &s)) != ERR_OK)
        return e;
    return keep(r, &s);
}

/* ---- lines ---- */

static enum err read_number(struct reader *r, int64_t max, int64_t *out)
{
    struct token at = r->now;
    enum err e = take_value(r, TOKEN_NUMBER, "a number is missing here", out);

    if (e != ERR_OK || (*out >= 1 && *out <= max))
        return e;
    r->now = at;
    return refuse(r,
                  arena_printf(r->a, "a number of 1 ... %lld", (long long)max));
}

static enum err read_line(struct reader *r)
{
    struct scenario *s = r->out;

    if (take(r, "seed"))
        return read_number(r, INT64_MAX - 1, &s->seed);
    if (take(r, "speed"))
        return read_number(r, SPEED_MAX, &s->speed);
    if (take(r, "end"))
        return take_time(r, &s->end_ms);
    if (take(r, "group"))
        return read_group(r);
    if (take(r, "at"))
        return read_statement(r, WHEN_AT);
    if (take(r, "every"))
        return read_statement(r, WHEN_EVERY);
    if (take(r, "during"))
        return read_statement(r, WHEN_DURING);
    if (take(r, "outage"))
        return read_outage(r);
    return refuse(r, "a line begins with seed, speed, end, group, at, every, "
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
        advance(&r);
        if (r.now.kind != TOKEN_END)
            e = read_line(&r);
        if (e == ERR_OK && r.now.kind != TOKEN_END)
            e = refuse(&r, "the line should end here");
        text = next;
    }
    return e;
}
