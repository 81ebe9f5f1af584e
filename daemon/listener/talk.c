/* Commands one after another, an arena for each. */
#include "daemon/listener/talk.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

struct talk *talk_new(const uint8_t line[LINE_MAX_LEN],
                      const struct secret *keys)
{
    struct talk *t = calloc(1, sizeof(*t));

    if (t == NULL)
        fatal("talk");
    memcpy(t->line, line, LINE_MAX_LEN);
    if (keys != NULL) {
        t->keys = *keys;
        t->has_keys = true;
    }
    t->arena = arena_new();
    return t;
}

void talk_free(struct talk *t)
{
    if (t == NULL)
        return;
    if (t->result != NULL)
        result_forget(t->result);
    arena_free(t->arena);
    explicit_bzero(&t->keys, sizeof(t->keys));
    free(t);
}

enum err talk_command(struct talk *t, const struct driver *d, int64_t id,
                      enum command_kind kind, struct bytes *out)
{
    arena_reset(t->arena);
    t->state = arena_alloc(t->arena, d->command_size);
    t->command_id = id;
    t->next_id = 0;
    t->decided = t->released = t->stored = false;
    return d->command(t->state, t->arena, t->line,
                      t->has_keys ? &t->keys : NULL, kind, out);
}

enum err talk_answer(struct talk *t, const struct driver *d,
                     struct session *who, struct bytes telegram,
                     struct bytes *out)
{
    struct command_step step;
    enum err e = d->answer(t->state, t->arena, telegram, &step);

    if (e != ERR_OK)
        return e;
    *out = step.out;
    if (step.end == COMMAND_GOES_ON)
        return ERR_OK;
    if (step.end == COMMAND_RELEASED) {
        t->released = true;
        return ERR_OK;
    }
    t->decided = true;
    t->released = step.out.len == 0; /* nothing to release */
    t->result =
        result_store(who, t->command_id, step.end, step.why, step.valve);
    return ERR_OK;
}
