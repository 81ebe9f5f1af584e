/* Commands one after another over one association, an arena for each. */
#include "daemon/listener/talk.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/listener/secrets.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

/* Frame counters of one association; a session makes two at most. */
#define ASSOCIATION_COUNTERS (KEYS_COUNTERS / 2)

enum { HAS, TO_HAVE };

static void own_open(struct talk *t, size_t i, const char *hex)
{
    if (hex == NULL)
        return;
    t->own[i].hex = arena_strdup(t->whole, hex);
    t->own[i].open = secrets_open(t->identity, hex, &t->own[i].is);
}

struct talk *talk_new(const struct driver *d, const struct talk_with *with)
{
    struct talk *t = calloc(1, sizeof(*t));

    if (t == NULL)
        fatal("talk");
    memcpy(t->line, with->line, LINE_MAX_LEN);
    t->whole = arena_new();
    t->arena = arena_new();
    t->meter_id = with->meter_id;
    t->identity = arena_strdup(t->whole, with->keys->identity != NULL
                                             ? with->keys->identity
                                             : with->identity);
    own_open(t, HAS, with->keys->sealed_hex);
    own_open(t, TO_HAVE, with->keys->candidate_hex);
    t->may_switch =
        with->keys->try != KEYS_OLD && t->own[HAS].open && t->own[TO_HAVE].open;
    if (t->may_switch && with->keys->try == KEYS_NEW_OLD)
        t->with = TO_HAVE;
    t->counter = with->keys->counter;
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
    explicit_bzero(t->own, sizeof(t->own));
    free(t);
}

/* The line of a meter's secret that a command replaces; SECRET_ITEMS: none. */
static enum secret_item item_of(enum command_kind kind)
{
    if (kind == COMMAND_RADIO_PASSWORD)
        return SECRET_RADIO;
    return kind == COMMAND_KEYS ? SECRET_LLS : SECRET_ITEMS;
}

static const char *secret_of(struct talk *t, const struct turn *turn)
{
    enum secret_item item = item_of(turn->kind);

    /* Of an address job it is the maker's password, the same for all. */
    const char *about =
        turn->kind == COMMAND_SERVER_ADDRESS
            ? "server_address"
            : arena_printf(t->arena, "command:%" PRId64, t->meter_id);

    return secrets_of_command(
        t->arena, about, turn->sealed_hex,
        arena_printf(t->arena, "%s=",
                     item != SECRET_ITEMS ? secret_names[item] : "password"));
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

/* With whichever keys it is the turn of; chance is for the association that
 * this may begin. */
static enum err begin(struct talk *t, struct bytes *out)
{
    struct command *c = &t->command;

    if (RAND_bytes(c->challenge, sizeof(c->challenge)) != 1)
        return err_raise(ERR_IO, "no random numbers");
    c->counter = t->counter;
    c->counter_end = t->counter + ASSOCIATION_COUNTERS;
    if (c->kind == COMMAND_KEYS && t->own[HAS].open && t->own[TO_HAVE].open) {
        c->known = &t->own[HAS].is;
        c->fresh = &t->own[TO_HAVE].is;
        c->proven = t->with == TO_HAVE;
    }
    return t->driver->command(t->state, t->arena, t->line,
                              t->own[t->with].open ? &t->own[t->with].is : NULL,
                              c, out);
}

static void turn_keep(struct talk *t, const struct turn *turn)
{
    t->now = *turn;
    t->now.word = arena_strdup(t->arena, turn->word);
    t->now.sealed_hex = NULL;
    t->tried |= 1u << turn->kind;
    t->decided = false;
}

enum err talk_command(struct talk *t, const struct turn *turn, int zone_minutes,
                      struct bytes *out)
{
    arena_reset(t->arena);
    turn_keep(t, turn);
    t->released = false;
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
    return begin(t, out);
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
    enum secret_item item = item_of(t->now.kind);
    struct bytes sealed = { NULL, 0 };

    if (item != SECRET_ITEMS && t->command.secret[0] != '\0' &&
        !secrets_change(t->arena, t->identity, t->own[HAS].hex, item,
                        t->command.secret, &sealed))
        log_warnx("secret of %s cannot be changed", t->identity);
    return sealed;
}

/* What is known of its secret now: it was let in by the new one, or took it. */
static struct bytes secret_now(struct talk *t, const struct command_step *step)
{
    bool shut_out = step->closed && step->end != COMMAND_EXECUTED;

    if ((t->with == TO_HAVE && !shut_out) ||
        (t->command.fresh != NULL && step->end == COMMAND_EXECUTED))
        return secrets_bytes(t->arena, t->own[TO_HAVE].hex);
    if (step->end == COMMAND_EXECUTED)
        return new_secret(t);
    return (struct bytes){ NULL, 0 };
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
        .before_hex = t->own[HAS].hex,
        .sealed = secret_now(t, step),
        .tried = t->tried,
    };

    if (step->closed && step->end != COMMAND_EXECUTED)
        t->let_in_refused =
            arena_printf(t->arena, "%s: %s", t->identity, step->why);
    t->decided = true;
    t->held = !step->closed;
    t->result = result_store(&o);
}

void talk_decline(struct talk *t, struct session *who, const struct turn *turn)
{
    const struct command_step step = {
        .end = COMMAND_REFUSED,
        .valve = -1,
        .closed = true,
        .why = "no command of this protocol is known",
    };

    arena_reset(t->arena);
    turn_keep(t, turn);
    decided(t, who, &step);
}

/* Let in neither with the old keys nor with the new: of those that may have
 * reached it nothing is known yet. */
static void not_let_in(struct talk *t, struct command_step *step)
{
    if (t->command.fresh != NULL && t->command.verify)
        step->end = COMMAND_SEEN;
}

enum err talk_answer(struct talk *t, struct session *who, struct bytes telegram,
                     struct bytes *out)
{
    struct command_step step;
    enum err e = t->driver->answer(t->state, t->arena, telegram, &step);

    if (e != ERR_OK)
        return e;
    *out = step.out;
    if (step.end == COMMAND_REFUSED && step.closed) {
        if (t->may_switch) {
            t->may_switch = false;
            t->with = t->with == HAS ? TO_HAVE : HAS;
            t->counter += ASSOCIATION_COUNTERS;
            return begin(t, out);
        }
        not_let_in(t, &step);
    }
    if (step.end == COMMAND_RELEASED)
        t->released = true;
    else if (step.end != COMMAND_GOES_ON)
        decided(t, who, &step);
    return ERR_OK;
}
