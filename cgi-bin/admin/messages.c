/*
 * The queue as administrators see it. Addresses and numbers are personal data:
 * row security shows them to administrators only, and what was said in a
 * message is shown to nobody.
 */
#include "cgi-bin/admin/messages.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/web/table.h"
#include "lib/model/message.h"

#define MESSAGES_ADDRESS "/admin/messages"

/* As the statement has them; DETAIL and more stand behind the columns. */
enum { AT, CHANNEL, KIND, TO, STATE, REASON, ATTEMPTS, NEXT, DETAIL };

static const struct listing_column columns[] = {
    [AT] = { .name = "at", .kind = CELL_MOMENT, .sorts = true, .width = 20 },
    [CHANNEL] = { .name = "channel",
                  .kind = CELL_WORD,
                  .group = "MessageChannel",
                  .width = 10 },
    [KIND] = { .name = "kind",
               .kind = CELL_WORD,
               .group = "MessageKind",
               .width = 30 },
    [TO] = { .name = "to", .width = 30 },
    [STATE] = { .name = "state",
                .kind = CELL_WORD,
                .group = "MessageState",
                .width = 16 },
    [REASON] = { .name = "reason", .width = 50 },
    [ATTEMPTS] = { .name = "attempts", .kind = CELL_COUNT, .width = 10 },
    [NEXT] = { .name = "next", .kind = CELL_MOMENT, .width = 20 },
};

static const char *const states[] = { "queued", "sent", "delivered", "failed",
                                      "expired" };
static const char *const channels[] = { "mail", "sms" };

/* A word of ours for the reason, and the server's own words behind it. */
static const char *reason_text(struct req *r, struct arena *a,
                               const char *error, const char *detail)
{
    const char *words;

    if (error[0] == '\0')
        return "";
    words = word(r, arena_printf(a, "MessageError.%s", error));
    return detail[0] == '\0' ? words : arena_printf(a, "%s: %s", words, detail);
}

static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    if (column != REASON)
        return NULL;
    return reason_text(r, a, row_text(rows, row, REASON + 1),
                       row_text(rows, row, DETAIL + 1));
}

/* One of the list, or nothing. */
static const char *choice(struct req *r, const char *name,
                          const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(form_text(r, name), list[i]) == 0)
            return list[i];
    }
    return "";
}

struct chosen {
    const char *channel, *state;
};

static struct listing listing_of(struct req *r, struct chosen *c)
{
    *c = (struct chosen){ choice(r, "channel", channels, 2),
                          choice(r, "state", states, 5) };

    bool one = c->state[0] != '\0';

    return (struct listing){
        .root = "List",
        .words = "Messages",
        .address = MESSAGES_ADDRESS,
        .keep =
            arena_printf(r->arena, "channel=%s&state=%s", c->channel, c->state),
        .sort = "-at",
        .statement = { one ? Q_MESSAGE_PAGE__STATE__AT_ASC__ALL
                           : Q_MESSAGE_PAGE__EVERY__AT_ASC__ALL,
                       one ? Q_MESSAGE_COUNT__STATE__ALL
                           : Q_MESSAGE_COUNT__EVERY__ALL },
        .columns = columns,
        .n_columns = sizeof(columns) / sizeof(columns[0]),
        .picks = true,
        .cell = cell,
    };
}

static enum err state_read(struct req *r, const struct listing *l,
                           const struct chosen *c, struct listing_state *s)
{
    enum err e = listing_read(r, l, s);

    s->filter.extra[0] = c->channel;
    s->filter.extra[1] = c->state;
    s->filter.n_extra = 2;
    return e;
}

static void choices_show(struct req *r, const char *list, const char *group,
                         const char *const *values, size_t n,
                         const char *current)
{
    for (size_t i = 0; i < n; i++) {
        view_set_at(r, list, i, "Code", values[i]);
        view_set_at(r, list, i, "Word",
                    word(r, arena_printf(r->arena, "%s.%s", group, values[i])));
        if (strcmp(values[i], current) == 0)
            view_set_at(r, list, i, "Current", "1");
    }
}

/* "286,55" for a Russian reader. */
static const char *roubles(struct req *r, const char *amount)
{
    char *text = arena_strdup(r->arena, amount);
    char *point = strchr(text, '.');

    if (point != NULL && strcmp(r->language, "ru") == 0)
        *point = ',';
    return text;
}

/*
 * Channels.N .Name .State .Word .Reason .Retry .RetryIso .Since .SinceIso
 * .Waiting .Failed .Balance .Low .Away
 */
static void channel_show(struct req *r, size_t i, const struct channel_card *c)
{
    static const char list[] = "Channels";
    struct arena *a = r->arena;

    view_set_at(r, list, i, "Name",
                word(r, arena_printf(a, "MessageChannel.%s", c->channel)));
    view_set_at(r, list, i, "State", c->away ? "away" : c->state);
    view_set_at(r, list, i, "Word",
                word(r, arena_printf(a, "ChannelState.%s",
                                     c->away ? "away" : c->state)));
    view_set_at(r, list, i, "Reason", reason_text(r, a, c->reason, c->detail));
    view_set_at(r, list, i, "Since", moment_text(a, c->since));
    view_set_at(r, list, i, "SinceIso", moment_iso(a, c->since));
    view_set_at(r, list, i, "Retry", moment_text(a, c->retry_at));
    view_set_at(r, list, i, "RetryIso", moment_iso(a, c->retry_at));
    view_set_at(r, list, i, "Waiting", count_text(a, c->waiting));
    view_set_at(r, list, i, "Failed", count_text(a, c->failed));
    view_set_at(r, list, i, "Balance", roubles(r, c->balance));
    view_set_at(r, list, i, "Low", c->balance_low ? "1" : "");
}

static enum err channels_show(struct req *r)
{
    const struct channel_card *list;
    size_t n;
    enum err e = channel_list(r->db, r->arena, &list, &n);

    for (size_t i = 0; e == ERR_OK && i < n; i++)
        channel_show(r, i, &list[i]);
    return e;
}

static enum err again_show(struct req *r, const struct listing *l,
                           int64_t picked)
{
    struct message_card m;
    enum err e;

    if (picked == 0)
        return ERR_OK;
    e = message_find(r->db, r->arena, picked, &m);
    if (e == ERR_OK && m.again)
        view_set(r, "Buttons.Again", row_address(r, l, picked, "again"));
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err messages_list(struct req *r)
{
    struct listing_state s = { 0 };
    struct chosen c;
    struct listing l = listing_of(r, &c);
    enum err e;

    if ((e = state_read(r, &l, &c, &s)) != ERR_OK ||
        (e = channels_show(r)) != ERR_OK ||
        (e = again_show(r, &l, s.picked)) != ERR_OK ||
        (e = listing_show(r, &l, &s, -1)) != ERR_OK)
        return e;
    choices_show(r, "Choice.Channels", "MessageChannel", channels, 2,
                 c.channel);
    choices_show(r, "Choice.States", "MessageState", states, 5, c.state);
    listing_keep_fields(r, &l, (const char *const[]){ "channel", "state" }, 2);
    return view_render(r, "admin/messages.cst");
}

enum err messages_file(struct req *r)
{
    struct listing_state s = { 0 };
    struct chosen c;
    struct listing l = listing_of(r, &c);
    enum err e = state_read(r, &l, &c, &s);

    return e != ERR_OK ? e : listing_download(r, &l, &s);
}

/* ---- sending again ---- */

enum err message_ask(struct req *r)
{
    struct sheet s = row_sheet(r, "Message", MESSAGES_ADDRESS, "again");
    struct message_card m;
    enum err e = message_find(r->db, r->arena, r->id, &m);

    if (e != ERR_OK)
        return e;
    sheet_fact(&s, "Kind",
               word(r, arena_printf(r->arena, "MessageKind.%s", m.kind)));
    sheet_fact(&s, "To", m.recipient);
    sheet_fact(&s, "State",
               word(r, arena_printf(r->arena, "MessageState.%s", m.state)));
    sheet_notice(&s, m.again ? "info" : "warn",
                 m.again ? "AgainText" : "AgainNever");
    sheet_button(&s, "primary", "AgainButton");
    return sheet_render(&s, NULL);
}

enum err message_repeat(struct req *r)
{
    struct sheet s = row_sheet(r, "Message", MESSAGES_ADDRESS, "again");
    enum err e;

    sheet_read(&s);
    e = message_again(r->db, r->arena, r->id, r->address);
    return e != ERR_OK ? e : sheet_done(&s, "Repeated", "");
}
