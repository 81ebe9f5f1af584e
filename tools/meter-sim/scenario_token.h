/* Words of a scenario's text, one after another. For scenario_read.c only. */
#ifndef LAZUR_TOOLS_METER_SIM_SCENARIO_TOKEN_H
#define LAZUR_TOOLS_METER_SIM_SCENARIO_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
enum token_kind { TOKEN_END /* of the line */, TOKEN_WORD, TOKEN_NUMBER,
                  TOKEN_TIME, TOKEN_PERCENT, TOKEN_STRING, TOKEN_SYMBOL,
                  TOKEN_BAD };
/* clang-format on */

struct token {
    enum token_kind kind;
    const char *at; /* of a string: behind its quote */
    size_t len;
    int64_t value; /* NUMBER (INT64_MAX: larger), TIME ms, PERCENT hundredths */
    const char *why; /* BAD */
};

struct token_reader {
    const char *at, *end; /* of the line */
    const char *begin;
};

/* The next token; at the end of the line, TOKEN_END again and again. */
struct token token_next(struct token_reader *r);

/* Whether it is this word, or this symbol: "=" ":" ".." "+" "-". */
bool token_is(const struct token *t, const char *text);

/* Characters (not bytes) before a token, and one. */
unsigned token_column(const struct token_reader *r, const struct token *t);

#endif
