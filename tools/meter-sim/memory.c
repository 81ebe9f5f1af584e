/* A table of chains that grows with what is in it. */
#include "tools/meter-sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "tools/meter-sim/chance.h"

#define CHAINS_FIRST 1024
#define NUMBERS      1100

struct cell {
    struct cell *next;
    const struct meter *meter;
    unsigned no;
    size_t len;
    void *own;
};

static struct cell **chains;
static size_t n_chains, n_cells;
static bool numbers[NUMBERS];

static size_t chain_of(const struct meter *m, unsigned no)
{
    return chance_mix((uintptr_t)m + no) & (n_chains - 1);
}

static struct cell *cell_find(const struct meter *m, unsigned no)
{
    struct cell *c = n_chains == 0 ? NULL : chains[chain_of(m, no)];

    while (c != NULL && (c->meter != m || c->no != no))
        c = c->next;
    return c;
}

static void grow(void)
{
    struct cell **old = chains;
    size_t n_old = n_chains;

    n_chains = n_old == 0 ? CHAINS_FIRST : n_old * 2;
    chains = calloc(n_chains, sizeof(struct cell *));
    if (chains == NULL)
        fatal("no memory for what meters remember");
    for (size_t i = 0; i < n_old; i++) {
        struct cell *next;

        for (struct cell *c = old[i]; c != NULL; c = next) {
            struct cell **head = &chains[chain_of(c->meter, c->no)];

            next = c->next;
            c->next = *head;
            *head = c;
        }
    }
    free(old);
}

static struct cell *cell_made(const struct meter *m, unsigned no)
{
    struct cell *c = cell_find(m, no), **head;

    if (c != NULL)
        return c;
    if (n_cells >= n_chains)
        grow();
    c = calloc(1, sizeof *c);
    if (c == NULL)
        fatal("no memory for what a meter remembers");
    head = &chains[chain_of(m, no)];
    *c = (struct cell){ .next = *head, .meter = m, .no = no };
    *head = c;
    n_cells++;
    numbers[no] = true;
    return c;
}

static void cell_resize(struct cell *c, size_t len)
{
    free(c->own);
    c->own = calloc(1, len + 1);
    c->len = len;
    if (c->own == NULL)
        fatal("no memory for what a meter remembers");
}

struct bytes memory_get(const struct meter *m, unsigned no)
{
    const struct cell *c = cell_find(m, no);

    return c == NULL ? (struct bytes){ NULL, 0 }
                     : (struct bytes){ c->own, c->len };
}

void memory_put(const struct meter *m, unsigned no, struct bytes b)
{
    struct cell *c = cell_made(m, no);

    cell_resize(c, b.len);
    if (b.len > 0)
        memcpy(c->own, b.at, b.len);
}

void *memory_find(const struct meter *m, unsigned no)
{
    const struct cell *c = numbers[no] ? cell_find(m, no) : NULL;

    return c == NULL ? NULL : c->own;
}

void *memory_make(const struct meter *m, unsigned no, size_t size)
{
    struct cell *c = cell_made(m, no);

    if (c->len != size)
        cell_resize(c, size);
    return c->own;
}

bool memory_has(unsigned no)
{
    return numbers[no];
}

void memory_close(void)
{
    for (size_t i = 0; i < n_chains; i++) {
        struct cell *next;

        for (struct cell *c = chains[i]; c != NULL; c = next) {
            next = c->next;
            free(c->own);
            free(c);
        }
    }
    free(chains);
    chains = NULL;
    n_chains = n_cells = 0;
    memset(numbers, 0, sizeof numbers);
}
