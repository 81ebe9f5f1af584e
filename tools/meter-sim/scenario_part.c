/* Looking at tokens, and saying where one is wrong. */
#include "tools/meter-sim/scenario_inner.h"

#include <string.h>

enum err scenario_refuse(struct reader *r, const char *why)
{
    if (r->now.kind == TOKEN_BAD)
        why = r->now.why;
    *r->fault =
        (struct scenario_fault){ r->line, token_column(&r->tokens, &r->now),
                                 why };
    return err_raise(ERR_INVALID, "%u:%u: %s", r->fault->line, r->fault->column,
                     why);
}

void scenario_advance(struct reader *r)
{
    r->now = token_next(&r->tokens);
}

bool scenario_take(struct reader *r, const char *word)
{
    if (!token_is(&r->now, word))
        return false;
    scenario_advance(r);
    return true;
}

enum err scenario_expect(struct reader *r, const char *word)
{
    return scenario_take(r, word)
               ? ERR_OK
               : scenario_refuse(
                     r, arena_printf(r->a, "'%s' is missing here", word));
}

enum err scenario_take_value(struct reader *r, enum token_kind kind,
                             const char *why, int64_t *out)
{
    if (r->now.kind != kind)
        return scenario_refuse(r, why);
    *out = r->now.value;
    scenario_advance(r);
    return ERR_OK;
}

enum err scenario_take_time(struct reader *r, int64_t *out)
{
    return scenario_take_value(r, TOKEN_TIME,
                               "a time is missing here: 90s, 1h30m", out);
}

enum err scenario_take_share(struct reader *r, uint32_t *out)
{
    int64_t share = 0;
    enum err e = scenario_take_value(r, TOKEN_PERCENT,
                                     "a percentage is missing here", &share);

    *out = (uint32_t)share;
    return e;
}
