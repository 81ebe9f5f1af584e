/*
 * A test letter and a test SMS: into the outbox like any other, and then
 * looked after until it is delivered or has failed.
 */
#include "cgi-bin/admin/parameters.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/model/parameter.h"
#include "lib/model/test_message.h"

/* The kind and number of the message that the address speaks of. */
static enum err which(struct req *r, const char **kind, int64_t *id)
{
    *kind = form_has(r, "sms") ? "sms" : "mail";
    return form_int(r, *kind, 1, INT64_MAX, 0, id);
}

/* Test.Id .Kind .To .State .Attempts .Next .NextIso .Error .Why .Live (address)
 */
static enum err fate_show(struct req *r)
{
    struct message_fate fate;
    const char *kind;
    int64_t id;
    enum err e = which(r, &kind, &id);

    if (e != ERR_OK || id == 0)
        return e;
    if ((e = test_message_fate(r->db, r->arena, kind, id, &fate)) != ERR_OK)
        return e;
    view_set_int(r, "Test.Id", id);
    view_set(r, "Test.Kind", kind);
    view_set(r, "Test.To", fate.to);
    view_set(r, "Test.State", fate.state);
    view_set(r, "Test.Error", fate.error);
    view_set(r, "Test.Why", fate.detail);
    if (strcmp(fate.state, "queued") != 0)
        return ERR_OK;
    view_set(r, "Test.Live",
             arena_printf(r->arena, "/admin/parameters/test/live?%s=%" PRId64,
                          kind, id));
    if (fate.attempts > 0) {
        view_set_int(r, "Test.Attempts", fate.attempts);
        view_set(r, "Test.Next", moment_text(r->arena, fate.next_at));
        view_set(r, "Test.NextIso", moment_iso(r->arena, fate.next_at));
    }
    return ERR_OK;
}

/* Without the settings it would wait for ever: said before it is sent. */
static enum err ready_show(struct req *r)
{
    struct parameter_state now[PARAMETERS];
    bool sms = true;
    enum err e = parameter_list(r->db, r->arena, now);

    for (size_t i = 0; i < PARAMETERS && e == ERR_OK; i++) {
        const char *name = parameters[i].name;

        if (strcmp(name, "smtp_host") == 0 && now[i].value[0] == '\0')
            view_set(r, "Test.NoMail", "1");
        sms = sms &&
              (strcmp(name, "sms_enabled") != 0 ||
               strcmp(now[i].value, "on") == 0) &&
              (strcmp(name, "sms_login") != 0 || now[i].value[0] != '\0') &&
              (strcmp(name, "sms_password") != 0 || now[i].has_secret);
    }
    if (!sms)
        view_set(r, "Test.NoSms", "1");
    return e;
}

static enum err page_show(struct req *r)
{
    enum err e = ready_show(r);

    view_set(r, "Screen", "parameters");
    return e == ERR_OK ? view_render(r, "admin/test_message.cst") : e;
}

enum err test_page(struct req *r)
{
    enum err e = fate_show(r);

    return e == ERR_OK ? page_show(r) : e;
}

enum err test_live(struct req *r)
{
    enum err e = fate_show(r);

    return e == ERR_OK ? view_render(r, "admin/test_message_part.cst") : e;
}

/* The form again, with what is wrong: Test.Wrong (Mail, Phone, Often),
 * Test.Typed. */
static enum err test_refused(struct req *r, const char *kind, const char *to,
                             const char *wrong)
{
    answer_status(r, strcmp(wrong, "Often") == 0 ? 429 : 422);
    view_set(r, arena_printf(r->arena, "Test.Wrong.%s", kind), wrong);
    view_set(r, arena_printf(r->arena, "Test.Typed.%s", kind), to);
    return page_show(r);
}

enum err test_send(struct req *r)
{
    bool sms = strcmp(form_text(r, "kind"), "sms") == 0;
    const char *kind = sms ? "sms" : "mail";
    const char *to = text_trimmed(r->arena, form_text(r, "to"));
    int64_t id;
    enum err e = test_message_send(r->db, r->arena, kind, to, r->language,
                                   r->address, &id);

    if (e == ERR_CONFLICT || e == ERR_INVALID) {
        db_rollback(r->db);
        return test_refused(r, kind, to,
                            e == ERR_CONFLICT ? "Often"
                            : sms             ? "Phone"
                                              : "Mail");
    }
    if (e != ERR_OK)
        return e;
    return answer_redirect(
        r,
        arena_printf(r->arena, "/admin/parameters/test?%s=%" PRId64, kind, id));
}
