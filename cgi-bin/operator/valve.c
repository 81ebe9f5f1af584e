/*
 * Opening and closing a valve (GC-078 ... GC-083): asks once more, saying
 * which meter, what will happen, when, and what happened last time; then
 * queues the command for the next session.
 */
#include "cgi-bin/operator/desk.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/reading.h"
#include "lib/units/moment.h"

static void moment_show(struct req *r, const char *name, struct moment m)
{
    if (m.us == 0)
        return;
    view_set(r, name, moment_text(r->arena, m));
    view_set(r, arena_printf(r->arena, "%sIso", name), moment_iso(r->arena, m));
}

static enum err last_show(struct req *r)
{
    struct command_list list;
    enum err e = command_page(r->db, r->arena, r->id, COMMANDS_BY_SUBMITTED,
                              true, (struct span){ 1, 0 }, &list);

    if (e != ERR_OK || list.n == 0)
        return e;
    view_set(r, "Valve.Last.Kind", command_code(list.rows[0].kind));
    view_set(r, "Valve.Last.Operator", list.rows[0].operator_login);
    view_set(r, "Valve.Last.State", list.rows[0].state);
    moment_show(r, "Valve.Last.Submitted", list.rows[0].submitted_at);
    moment_show(r, "Valve.Last.Executed", list.rows[0].executed_at);
    return ERR_OK;
}

static const char *meter_address(struct req *r)
{
    return arena_printf(r->arena, "/meters?meter=%" PRId64, r->id);
}

/* The names that templates/operator/valve.cst lists. */
static enum err valve_show(struct req *r, const struct meter_card *c,
                           enum command_kind kind)
{
    const char *why = valve_why(r, c, kind);
    enum err e = last_show(r);

    if (e != ERR_OK)
        return e;
    view_set(r, "Valve.Action", command_code(kind));
    view_set(r, "Valve.Serial", c->serial);
    view_set(r, "Valve.Account", c->account);
    view_set(r, "Valve.Address", c->address);
    view_set(r, "Valve.Subscriber", c->full_name);
    view_set(r, "Valve.Now", valve_code(c->valve));
    view_set(r, "Valve.Period", c->period);
    if (c->period_minutes.known)
        view_set_int(r, "Valve.PeriodMinutes", c->period_minutes.n);
    moment_show(r, "Valve.Expected", c->next_at);
    if (why[0] != '\0')
        view_set(r, "Valve.Why", why);
    if (c->waiting != COMMAND_NONE && c->waiting != kind)
        view_set(r, "Valve.Cancels", "1");
    view_setf(r, "/meters/%" PRId64 "/valve", "Valve.Post", r->id);
    view_set(r, "Valve.Back", back_address(r, meter_address(r)));
    if (in_dialog(r))
        view_set(r, "Valve.InDialog", "1");
    view_set(r, "Screen", "valve");
    return view_render(r, "operator/valve.cst");
}

static enum err action_read(struct req *r, enum command_kind *kind)
{
    *kind = command_of_code(form_text(r, "action"));
    if (*kind == COMMAND_NONE)
        return err_raise(ERR_INVALID, "valve: no such action");
    return ERR_OK;
}

enum err valve_ask(struct req *r)
{
    enum command_kind kind;
    struct meter_card card;
    enum err e;

    if ((e = action_read(r, &kind)) != ERR_OK ||
        (e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK)
        return e;
    return valve_show(r, &card, kind);
}

/* Back to where the person was, with the meter selected and a word of it. */
static enum err answer_done(struct req *r, enum command_kind kind)
{
    const char *back = back_address(r, meter_address(r));

    return answer_redirect(r, arena_printf(r->arena, "%s%cdone=%s", back,
                                           strchr(back, '?') ? '&' : '?',
                                           command_code(kind)));
}

enum err valve_command(struct req *r)
{
    enum command_kind kind;
    struct meter_card card;
    enum err e;

    if ((e = action_read(r, &kind)) != ERR_OK ||
        (e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK)
        return e;
    if (card.has_valve && !(kind == VALVE_CLOSE && card.close_banned)) {
        e = command_queue(r->db, r->arena, r->id, kind, r->address);
        if (e == ERR_OK)
            return answer_done(r, kind);
        /* The second click of two finds the first: look again and say so. */
        if (e != ERR_CONFLICT ||
            (e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK)
            return e;
        /* A window that is already there shows what waits. */
        if (r->fragment)
            return answer_done(r, kind);
    }
    answer_status(r, card.has_valve ? 409 : 422);
    return valve_show(r, &card, kind);
}
