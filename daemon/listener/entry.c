/* Entries come from a pool; a session costs no malloc once it is warm. */
#include "daemon/listener/entry.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

#define POOL_MAX 4096 /* beyond that they go back to the system */

static struct {
    struct entry *head;
    size_t n;
} pool;

static void *must_alloc(size_t n)
{
    void *p = malloc(n);

    if (p == NULL)
        fatal("entry of %zu bytes", n);
    return p;
}

static size_t text_len(const struct reading_register *g)
{
    return g->is_number ? 0 : strlen(g->text) + 1;
}

/* Registers and their texts in one block. */
static struct reading_register *registers_copy(const struct reading *r)
{
    size_t n = r->registers_n * sizeof(*r->registers), texts = 0;
    struct reading_register *copy;
    char *at;

    for (size_t i = 0; i < r->registers_n; i++)
        texts += text_len(&r->registers[i]);
    copy = must_alloc(n + texts);
    memcpy(copy, r->registers, n);
    at = (char *)copy + n;
    for (size_t i = 0; i < r->registers_n; i++) {
        size_t len = text_len(&copy[i]);

        if (len == 0)
            continue;
        copy[i].text = memcpy(at, copy[i].text, len);
        at += len;
    }
    return copy;
}

static struct reading_day *days_copy(const struct reading *r)
{
    size_t n = r->days_n * sizeof(*r->days);

    return memcpy(must_alloc(n), r->days, n);
}

struct entry *entry_new(const struct push *p)
{
    struct entry *e = pool.head;

    if (e != NULL) {
        pool.head = e->next;
        pool.n--;
    } else {
        e = must_alloc(sizeof(*e));
    }
    e->next = NULL;
    e->session = NULL;
    e->tries = 0;
    e->reading = p->reading;
    if (p->reading.registers_n > 0)
        e->reading.registers = registers_copy(&p->reading);
    if (p->reading.days_n > 0)
        e->reading.days = days_copy(&p->reading);
    e->confirmed = p->confirmed;
    e->confirm_len = (uint8_t)p->confirm_len;
    memcpy(e->confirm, p->confirm, p->confirm_len);
    memcpy(e->line, p->line, sizeof(e->line));
    e->proof = p->proof;
    return e;
}

void entry_free(struct entry *e)
{
    if (e->reading.registers_n > 0)
        free(e->reading.registers);
    if (e->reading.days_n > 0)
        free(e->reading.days);
    if (pool.n >= POOL_MAX) {
        free(e);
        return;
    }
    e->next = pool.head;
    pool.head = e;
    pool.n++;
}

void entries_init(struct entries *l)
{
    l->head = NULL;
    l->tail = &l->head;
    l->n = 0;
}

void entries_append(struct entries *l, struct entry *e)
{
    e->next = NULL;
    *l->tail = e;
    l->tail = &e->next;
    l->n++;
}

void entries_prepend(struct entries *l, struct entry *e)
{
    e->next = l->head;
    l->head = e;
    if (e->next == NULL)
        l->tail = &e->next;
    l->n++;
}

struct entry *entries_take(struct entries *l)
{
    struct entry *e = l->head;

    if (e == NULL)
        return NULL;
    l->head = e->next;
    if (l->head == NULL)
        l->tail = &l->head;
    l->n--;
    return e;
}
