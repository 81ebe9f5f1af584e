/* A table of chains; few meters are ever told anything. */
#include "tools/meter-sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "tools/meter-sim/chance.h"

#define CHAINS 16384

struct cell {
    struct cell *next;
    const struct meter *meter;
    unsigned no;
    struct bytes is;
    uint8_t *own;
};

static struct cell *chains[CHAINS];

static struct cell **cell_place(const struct meter *m, unsigned no)
{
    struct cell **at = &chains[chance_mix((uintptr_t)m + no) % CHAINS];

    while (*at != NULL && ((*at)->meter != m || (*at)->no != no))
        at = &(*at)->next;
    return at;
}

struct bytes memory_get(const struct meter *m, unsigned no)
{
    const struct cell *c = *cell_place(m, no);

    return c == NULL ? (struct bytes){ NULL, 0 } : c->is;
}

void memory_put(const struct meter *m, unsigned no, struct bytes b)
{
    struct cell **at = cell_place(m, no), *c = *at;
    uint8_t *copy = malloc(b.len + 1);

    if (c == NULL && (c = *at = calloc(1, sizeof *c)) != NULL) {
        c->meter = m;
        c->no = no;
    }
    if (c == NULL || copy == NULL)
        fatal("no memory for what a meter was told");
    memcpy(copy, b.at, b.len);
    free(c->own);
    c->own = copy;
    c->is = (struct bytes){ copy, b.len };
}
