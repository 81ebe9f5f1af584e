/* Numbers are read here, with their units and within their bounds. */
#include "tools/meter-sim/scenario_token.h"

#include <string.h>

#include "tools/meter-sim/scenario.h"

#define DAY_MS   INT64_C(86400000)
#define TIME_MAX (SCENARIO_DAYS * DAY_MS)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '-';
}

static struct token bad(const char *at, const char *why)
{
    return (struct token){ .kind = TOKEN_BAD, .at = at, .len = 1, .why = why };
}

/* Digits; what does not fit is INT64_MAX, which no bound lets through. */
static int64_t digits(const char **at, const char *end)
{
    int64_t n = 0;

    for (; *at < end && is_digit(**at); ++*at)
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, **at - '0', &n))
            n = INT64_MAX;
    return n;
}

/* A unit behind a number: its milliseconds, or 0. */
static int64_t unit(const char **at, const char *end)
{
    static const struct {
        char word[3];
        int64_t ms;
    } units[] = {
        { "ms", 1 },      { "s", 1000 },   { "m", 60000 },
        { "h", 3600000 }, { "d", DAY_MS },
    };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i].word);

        if ((size_t)(end - *at) >= len &&
            memcmp(*at, units[i].word, len) == 0 &&
            (*at + len == end || !is_letter((*at)[len]))) {
            *at += len;
            return units[i].ms;
        }
    }
    return 0;
}

/* 1h30m: *at is at the first unit, n is the number before it. */
static struct token time_token(const char *begin, const char **at,
                               const char *end, int64_t n)
{
    int64_t sum = 0, ms;

    for (;;) {
        if ((ms = unit(at, end)) == 0)
            return bad(begin, "a time has units: ms, s, m, h, d");
        if (n > TIME_MAX || __builtin_mul_overflow(n, ms, &n) ||
            __builtin_add_overflow(sum, n, &sum) || sum > TIME_MAX)
            return bad(begin, "a time of more than ten years");
        if (*at == end || !is_digit(**at))
            break;
        n = digits(at, end);
    }
    if (*at < end && in_word(**at) && **at != '-')
        return bad(begin, "a time has units: ms, s, m, h, d");
    return (struct token){ .kind = TOKEN_TIME, .value = sum };
}

/* Behind the whole percents: ".5%", "%"; at most two decimals. */
static struct token percent_token(const char *begin, const char **at,
                                  const char *end, int64_t whole)
{
    int64_t weight = 100, value = whole > 100 ? INT64_MAX : whole * 100;

    if (**at == '.') {
        for (++*at; *at < end && is_digit(**at); ++*at) {
            if ((weight /= 10) == 0)
                return bad(begin, "a percentage has two decimals at most");
            if (whole <= 100)
                value += (**at - '0') * weight;
        }
    }
    if (*at == end || **at != '%')
        return bad(begin, "a number with a fraction is a percentage");
    ++*at;
    if (value > SCENARIO_WHOLE)
        return bad(begin, "more than 100 %");
    return (struct token){ .kind = TOKEN_PERCENT, .value = value };
}

static struct token number_token(const char **at, const char *end)
{
    const char *begin = *at;
    int64_t n = digits(at, end);
    struct token t = { .kind = TOKEN_NUMBER, .value = n };

    if (*at < end && is_letter(**at))
        t = time_token(begin, at, end, n);
    else if (*at < end && (**at == '%' || (**at == '.' && end - *at > 1 &&
                                           is_digit((*at)[1]))))
        t = percent_token(begin, at, end, n);
    t.at = begin;
    t.len = (size_t)(*at - begin);
    return t;
}

static struct token string_token(const char **at, const char *end)
{
    const char *begin = *at + 1;
    const char *quote =
        begin < end ? memchr(begin, '"', (size_t)(end - begin)) : NULL;

    if (quote == NULL)
        return bad(*at, "a name without its closing quote");
    *at = quote + 1;
    return (struct token){ .kind = TOKEN_STRING,
                           .at = begin,
                           .len = (size_t)(quote - begin) };
}

static struct token symbol_token(const char **at, const char *end)
{
    size_t len = end - *at > 1 && memcmp(*at, "..", 2) == 0 ? 2 : 1;
    struct token t = { .kind = TOKEN_SYMBOL, .at = *at, .len = len };

    if (len == 1 && strchr("=:+-", **at) == NULL)
        return bad(*at, "a sign that means nothing here");
    *at += len;
    return t;
}

struct token token_next(struct token_reader *r)
{
    const char *begin;

    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
    begin = r->at;
    if (r->at == r->end || *r->at == '#')
        return (struct token){ .kind = TOKEN_END, .at = begin };
    if (is_digit(*r->at))
        return number_token(&r->at, r->end);
    if (*r->at == '"')
        return string_token(&r->at, r->end);
    if (*r->at == '\0')
        return bad(r->at, "a sign that means nothing here");
    if (!is_letter(*r->at))
        return symbol_token(&r->at, r->end);
    while (r->at < r->end && in_word(*r->at))
        r->at++;
    return (struct token){ .kind = TOKEN_WORD,
                           .at = begin,
                           .len = (size_t)(r->at - begin) };
}

bool token_is(const struct token *t, const char *text)
{
    return (t->kind == TOKEN_WORD || t->kind == TOKEN_SYMBOL) &&
           strlen(text) == t->len && memcmp(t->at, text, t->len) == 0;
}

unsigned token_column(const struct token_reader *r, const struct token *t)
{
    const char *until = t->kind == TOKEN_STRING ? t->at - 1 : t->at;
    unsigned column = 1;

    for (const char *c = r->begin; c < until; c++)
        column += ((unsigned char)*c & 0xC0u) != 0x80u;
    return column;
}
