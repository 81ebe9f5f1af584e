/* Commands one after another over one association, an arena for each. */
#include "daemon/listener/talk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/listener/secrets.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

struct talk *talk_new(const struct driver *d, const struct talk_with *with)
{
    struct talk *t = calloc(1, sizeof(*t));

    if (t == NULL)
        fatal("talk");
    memcpy(t->line, with->line, LINE_MAX_LEN);
    if (with->keys != NULL) {
        t->keys = *with->keys;
        t->has_keys = true;
    }
    t->whole = arena_new();
    t->arena = arena_new();
    t->meter_id = with->meter_id;
    t->identity = arena_strdup(t->whole, with->identity);
    if (with->secret_hex != NULL)
        t->secret_hex = arena_strdup(t->whole, with->secret_hex);
    t->driver = d;
    t->state = arena_alloc(t->whole, d->command_size);
    return t;
}

void talk_free(struct talk *t)
{
    if (t == NULL)
        return;
    if (t->result != NULL)
        result_forget(t->result);
    t->driver->end(t->state);
    image_release(t->image);
    arena_free(t->arena);
    arena_free(t->whole);
    explicit_bzero(&t->keys, sizeof(t->keys));
    free(t);
}

/* The line of a meter's secret that a command replaces; NULL: none. */
static const char *line_name(enum command_kind kind)
{
    if (kind == COMMAND_RADIO_PASSWORD)
        return "radio=";
    return kind == COMMAND_KEYS ? "lls=" : NULL;
}

static const char *secret_of(struct talk *t, const struct turn *turn)
{
    const char *name = line_name(turn->kind);

    /* Of an address job it is the maker's password, the same for all. */
    const char *about =
        turn->kind == COMMAND_SERVER_ADDRESS
            ? "server_address"
            : arena_printf(t->arena, "command:%" PRId64, t->meter_id);

    return secrets_of_command(t->arena, about, turn->sealed_hex,
                              name != NULL ? name : "password=");
}

bool talk_prepare(struct talk *t, const struct turn *turn)
{
    if (turn->kind != COMMAND_FIRMWARE)
        return true;
    if (t->image == NULL) {
        t->image = image_hold(turn->a);
        t->now = *turn;
        t->now.word = "";
        t->now.sealed_hex = NULL;
        t->decided = false;
    }
    t->waits_image = !image_ready(t->image);
    return !t->waits_image;
}

enum err talk_command(struct talk *t, const struct turn *turn, int zone_minutes,
                      struct bytes *out)
{
    arena_reset(t->arena);
    t->now = *turn;
    t->now.word = arena_strdup(t->arena, turn->word);
    t->now.sealed_hex = NULL;
    t->tried |= 1u << turn->kind;
    t->decided = t->released = false;
    t->command = (struct command){
        .kind = turn->kind,
        .number = turn->command_id,
        .verify = turn->verify,
        .a = turn->a,
        .b = turn->b,
        .word = t->now.word,
        .secret = secret_of(t, turn),
        .now_us = clock_now_us(),
        .zone_minutes = zone_minutes,
    };
    if (t->image != NULL) {
        t->command.image = image_bytes(t->image);
        t->command.image_name = image_name(t->image);
    }
    return t->driver->command(t->state, t->arena, t->line,
                              t->has_keys ? &t->keys : NULL, &t->command, out);
}

enum err talk_release(struct talk *t, struct bytes *out)
{
    *out = (struct bytes){ NULL, 0 };
    if (!t->held) {
        t->released = true;
        return ERR_OK;
    }
    return t->driver->release(t->state, t->arena, out);
}

/* The secret of the meter as it is once this command is executed. */
static struct bytes new_secret(struct talk *t)
{
    const char *name = line_name(t->now.kind);
    struct bytes sealed = { NULL, 0 };

    if (name != NULL && t->command.secret[0] != '\0' &&
        !secrets_change(t->arena, t->identity, t->secret_hex,
                        arena_printf(t->arena, "%s%s", name, t->command.secret),
                        &sealed))
        log_warnx("secret of %s cannot be changed", t->identity);
    return sealed;
}

static void decided(struct talk *t, struct session *who,
                    const struct command_step *step)
{
    struct outcome o = {
        .who = who,
        .meter_id = t->meter_id,
        .turn = t->now,
        .end = step->end,
        .why = step->why,
        .valve = step->valve,
        .rows = step->rows,
        .identity = t->identity,
        .before_hex = t->secret_hex,
        .tried = t->tried,
    };

    if (step->end == COMMAND_EXECUTED)
        o.sealed = new_secret(t);
    if (step->closed)
        t->let_in_refused =
            arena_printf(t->arena, "%s: %s", t->identity, step->why);
    t->decided = true;
    t->held = !step->closed;
    t->result = result_store(&o);
}

enum err talk_answer(struct talk *t, struct session *who, struct bytes telegram,
                     struct bytes *out)
{
    struct command_step step;
    enum err e = t->driver->answer(t->state, t->arena, telegram, &step);

    if (e != ERR_OK)
        return e;
    *out = step.out;
    if (step.end == COMMAND_RELEASED)
        t->released = true;
    else if (step.end != COMMAND_GOES_ON)
        decided(t, who, &step);
    return ERR_OK;
}
