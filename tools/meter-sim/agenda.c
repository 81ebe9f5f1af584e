/* A binary heap, earliest first. */
#include "tools/meter-sim/agenda.h"

#include <stdlib.h>

#include "lib/base/log.h"

static void swap(struct appointment *a, struct appointment *b)
{
    struct appointment t = *a;

    *a = *b;
    *b = t;
}

void agenda_add(struct agenda *g, int64_t at_us, uint32_t meter, enum deed deed)
{
    size_t i = g->n++;

    if (g->n > g->cap) {
        g->cap = g->cap == 0 ? 64 : g->cap * 2;
        g->at = realloc(g->at, g->cap * sizeof *g->at);
        if (g->at == NULL)
            fatal("no memory for %zu appointments", g->cap);
    }
    g->at[i] = (struct appointment){ at_us, meter, deed };
    for (; i > 0 && g->at[i].at_us < g->at[(i - 1) / 2].at_us; i = (i - 1) / 2)
        swap(&g->at[i], &g->at[(i - 1) / 2]);
}

bool agenda_take(struct agenda *g, int64_t now_us, struct appointment *out)
{
    size_t i = 0;

    if (g->n == 0 || g->at[0].at_us > now_us)
        return false;
    *out = g->at[0];
    g->at[0] = g->at[--g->n];
    for (;;) {
        size_t least = i, left = 2 * i + 1;

        for (size_t child = left; child < left + 2 && child < g->n; child++)
            if (g->at[child].at_us < g->at[least].at_us)
                least = child;
        if (least == i)
            return true;
        swap(&g->at[i], &g->at[least]);
        i = least;
    }
}

void agenda_close(struct agenda *g)
{
    free(g->at);
    *g = (struct agenda){ 0 };
}
