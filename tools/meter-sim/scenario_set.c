/* Sets of meters: terms joined by "and", and the groups that name them. */
#include "tools/meter-sim/scenario_inner.h"

#include <string.h>

#define NAME_LEN_MAX 60

/* clang-format off */
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
#define WORDS (sizeof words / sizeof words[0])

static const char *token_text(struct reader *r)
{
    return arena_strndup(r->a, r->now.at, r->now.len);
}

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
        return scenario_refuse(r, "a serial number is missing here");
    *out = token_text(r);
    scenario_advance(r);
    return ERR_OK;
}

/* Numbers of one length, the second not below the first. */
static enum err read_range(struct reader *r, struct scenario_term *t)
{
    struct token last;
    enum err e;

    if ((e = take_serial(r, &t->text)) != ERR_OK ||
        (e = scenario_expect(r, "..")) != ERR_OK)
        return e;
    last = r->now;
    if ((e = take_serial(r, &t->to)) != ERR_OK)
        return e;
    if (strlen(t->text) == strlen(t->to) && strcmp(t->text, t->to) <= 0)
        return ERR_OK;
    r->now = last;
    return scenario_refuse(r, "a range goes up, in numbers of one length");
}

static enum err read_model(struct reader *r, struct scenario_term *t)
{
    if (r->now.kind != TOKEN_STRING || r->now.len == 0 ||
        r->now.len > NAME_LEN_MAX ||
        memchr(r->now.at, '\0', r->now.len) != NULL)
        return scenario_refuse(
            r, "the name of a model is missing here, in quotes");
    t->text = token_text(r);
    scenario_advance(r);
    return ERR_OK;
}

static enum err read_term(struct reader *r, struct scenario_term *t)
{
    *t = (struct scenario_term){ .no = scenario_take(r, "not") };
    if (r->now.kind == TOKEN_NUMBER) {
        t->kind = TERM_RANGE;
        t->to = token_text(r);
        return take_serial(r, &t->text);
    }
    if (find_group(r, &t->set)) {
        t->kind = TERM_GROUP;
        scenario_advance(r);
        return ERR_OK;
    }
    if (r->now.kind != TOKEN_WORD || !is_kind(&r->now, &t->kind))
        return scenario_refuse(
            r, "meters are missing here: all, valve, gas, model, "
               "share, range, a serial number, a group ...");
    scenario_advance(r);
    switch (t->kind) {
    case TERM_MODEL:
        return read_model(r, t);
    case TERM_SHARE:
        return scenario_take_share(r, &t->share);
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

/* The set becomes the last of the scenario's. */
enum err scenario_read_set(struct reader *r, const char *name)
{
    struct scenario *s = r->out;
    struct scenario_term terms[SCENARIO_TERMS];
    size_t n = 0;
    enum err e;

    do {
        if (n == SCENARIO_TERMS)
            return scenario_refuse(r, "more than 16 terms");
        if ((e = read_term(r, &terms[n++])) != ERR_OK)
            return e;
    } while (scenario_take(r, "and"));
    if (s->sets == SCENARIO_SETS)
        return scenario_refuse(r, "more than 8192 groups");
    s->set = arena_grow(r->a, s->set, s->sets, &r->sets_cap, sizeof *s->set);
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

enum err scenario_read_group(struct reader *r)
{
    const char *name;
    size_t had;
    enum err e;

    if (r->now.kind != TOKEN_WORD)
        return scenario_refuse(r, "the name of the group is missing here");
    if (is_word(&r->now))
        return scenario_refuse(r, "that word means something: another name");
    if (find_group(r, &had))
        return scenario_refuse(r, "there is a group of that name");
    name = token_text(r);
    scenario_advance(r);
    if ((e = scenario_expect(r, "=")) != ERR_OK)
        return e;
    return scenario_read_set(r, name);
}
