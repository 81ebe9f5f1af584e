/* Off, working, stopped: and what an administrator is told of it. */
#include "daemon/notifier/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/notifier/outbox.h"
#include "lib/base/log.h"

#define STOP_MAX_MS 900000

static const char *const state_names[] = {
    [CHANNEL_OFF] = "off",
    [CHANNEL_FOLDER] = "folder",
    [CHANNEL_WORKS] = "works",
    [CHANNEL_STOPPED] = "stopped",
};

void channel_set(struct channel *c, enum channel_state state,
                 const char *reason, int64_t now_us)
{
    c->state = state;
    snprintf(c->reason, sizeof(c->reason), "%s", reason);
    c->words[0] = '\0';
    c->failures = 0;
    c->retry_at_us = 0;
    c->tokens = 1;
    c->filled_at_us = now_us;
    c->told = false;
}

void channel_works(struct channel *c)
{
    c->failures = 0;
    if (c->state != CHANNEL_STOPPED)
        return;
    c->state = CHANNEL_WORKS;
    c->reason[0] = '\0';
    c->words[0] = '\0';
    c->told = false;
}

void channel_stop(struct channel *c, const char *reason, const char *words,
                  int64_t first_ms, int64_t pause_ms, int64_t now_us)
{
    int64_t ms;

    /* Conversations that were begun together fail together: one failure. */
    if (c->state == CHANNEL_STOPPED && now_us < c->retry_at_us)
        return;
    ms = retry_ms(c->failures++, first_ms, STOP_MAX_MS);
    if (ms < pause_ms)
        ms = pause_ms + ms % (pause_ms / 4 + 1);
    c->state = CHANNEL_STOPPED;
    c->retry_at_us = now_us + ms * 1000;
    snprintf(c->reason, sizeof(c->reason), "%s", reason);
    /* Cut between characters. */
    size_t n = strnlen(words, sizeof(c->words) - 1);
    while (n > 0 && ((unsigned char)words[n] & 0xc0) == 0x80)
        n--;
    memcpy(c->words, words, n);
    c->words[n] = '\0';
    c->told = false;
}

int channel_room(struct channel *c, int room, int64_t now_us)
{
    double most = (double)c->per_minute / 60.0;

    if (c->state == CHANNEL_STOPPED)
        return now_us >= c->retry_at_us && room > 0 ? 1 : 0;
    if (c->state == CHANNEL_FOLDER)
        return room;
    if (c->state == CHANNEL_OFF)
        return 0;
    if (most < 1)
        most = 1;
    c->tokens +=
        (double)(now_us - c->filled_at_us) * (double)c->per_minute / 60e6;
    if (c->tokens > most)
        c->tokens = most;
    c->filled_at_us = now_us;
    return c->tokens < (double)room ? (int)c->tokens : room;
}

void channel_spend(struct channel *c, size_t n)
{
    c->tokens -= (double)n;
}

static void log_state(const struct channel *c, int64_t wait_ms)
{
    if (c->state == CHANNEL_STOPPED)
        log_warnx("%s stopped reason=%s retry_ms=%" PRId64
                  ", its queue is kept",
                  c->name, c->reason, wait_ms);
    else if (c->state == CHANNEL_OFF)
        log_warnx("%s waits, nothing is set up to carry it", c->name);
    else
        log_info("%s %s", c->name,
                 c->state == CHANNEL_FOLDER ? "goes to a folder" : "works");
}

enum err channel_tell(struct db *db, struct channel *c, int64_t now_us)
{
    int64_t wait_ms = (c->retry_at_us - now_us) / 1000;
    struct arena *a;
    enum err e;

    if (c->told)
        return ERR_OK;
    a = arena_new();

    const char *const params[] = {
        c->name,
        state_names[c->state],
        c->reason,
        c->words,
        c->state == CHANNEL_STOPPED ? arena_printf(a, "%" PRId64, wait_ms)
                                    : NULL,
    };

    e = db_exec(db, a, Q_NOTIFIER_TELL, params);
    arena_free(a);
    if (e != ERR_OK)
        return e;
    log_state(c, wait_ms);
    c->told = true;
    return ERR_OK;
}
