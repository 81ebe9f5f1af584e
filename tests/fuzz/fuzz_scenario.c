/*
 * Scenarios of meter-sim, of whoever: what is taken keeps its bounds and means
 * the same when it is read again with other line ends; what is refused says
 * where, inside the text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/meter-sim/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_sets(const struct scenario *s)
{
    for (size_t i = 0; i < s->sets; i++) {
        must(s->set[i].n > 0 && s->set[i].n <= SCENARIO_TERMS);
        for (size_t k = 0; k < s->set[i].n; k++) {
            const struct scenario_term *t = &s->set[i].term[k];

            must(t->kind != TERM_GROUP ||
                 (t->set < i && s->set[t->set].name != NULL));
            must(t->share <= SCENARIO_WHOLE);
            must(t->kind != TERM_RANGE || strlen(t->text) == strlen(t->to));
            must(t->kind != TERM_MODEL || t->text[0] != '\0');
        }
    }
}

static void check_statements(const struct scenario *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct scenario_statement *t = &s->at[i];

        must(t->deed < DEEDS && t->set < s->sets);
        must(t->part <= SCENARIO_WHOLE && t->from_ms >= 0);
        must(t->to_ms >= t->from_ms);
        must(t->when != WHEN_EVERY || t->step_ms > 0);
        must(t->when != WHEN_DURING || t->to_ms > t->from_ms);
        must(t->bytes >= 0 && t->bytes <= 65535);
        must((t->deed == BEFALLS_DRIFT) == (t->per_ms > 0));
        must(i == 0 || t->line > s->at[i - 1].line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *dos = arena_alloc(a, size * 2 + 1);
    struct scenario s, again;
    struct scenario_fault f, g;
    size_t n = 0;
    enum err e = scenario_read(a, (const char *)data, size, &s, &f);

    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
            dos[n++] = '\r';
        dos[n++] = (char)data[i];
    }
    if (e == ERR_OK) {
        check_sets(&s);
        check_statements(&s);
        must(scenario_read(a, dos, n, &again, &g) == ERR_OK);
        must(again.n == s.n && again.sets == s.sets && again.seed == s.seed &&
             again.end_ms == s.end_ms);
    } else {
        must(f.line >= 1 && f.line <= size + 1);
        must(f.column >= 1 && f.column <= size + 1 && f.why[0] != '\0');
    }
    arena_free(a);
    return 0;
}
