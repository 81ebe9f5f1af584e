/* What the files of the reader share: where it is, and how it goes on. */
#ifndef LAZUR_TOOLS_METER_SIM_SCENARIO_INNER_H
#define LAZUR_TOOLS_METER_SIM_SCENARIO_INNER_H

#include "tools/meter-sim/scenario.h"
#include "tools/meter-sim/scenario_token.h"

struct reader {
    struct arena *a;
    struct scenario *out;
    size_t statements_cap, sets_cap;
    struct token_reader tokens;
    struct token now; /* the one that is looked at */
    unsigned line;
    struct scenario_fault *fault;
};

/* scenario_part.c: a token looked at, and passed over when it is the one. */

/* Where it is now is wrong: ERR_INVALID, and the fault is filled in. */
enum err scenario_refuse(struct reader *r, const char *why) MUST_CHECK;
void scenario_advance(struct reader *r);
bool scenario_take(struct reader *r, const char *word);
enum err scenario_expect(struct reader *r, const char *word) MUST_CHECK;
enum err scenario_take_value(struct reader *r, enum token_kind kind,
                             const char *why, int64_t *out) MUST_CHECK;
enum err scenario_take_time(struct reader *r, int64_t *out) MUST_CHECK;
enum err scenario_take_share(struct reader *r, uint32_t *out) MUST_CHECK;

/* scenario_set.c */
/* Which meters; the set becomes the last of the scenario's. */
enum err scenario_read_set(struct reader *r, const char *name) MUST_CHECK;
/* Behind "group". */
enum err scenario_read_group(struct reader *r) MUST_CHECK;

#endif
