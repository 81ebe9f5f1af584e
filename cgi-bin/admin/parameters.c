/*
 * «Системные параметры» (GC-246 ... GC-264): one form of all groups. What is
 * wrong is said beside its field; what somebody else has changed since the
 * form was shown is not overwritten but shown. Secrets never leave the server.
 */
#include "cgi-bin/admin/parameters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/model/parameter.h"

static const char *const kind_codes[] = {
    [PARAMETER_TEXT] = "text",     [PARAMETER_URL] = "url",
    [PARAMETER_HOST] = "host",     [PARAMETER_MAIL] = "mail",
    [PARAMETER_NUMBER] = "number", [PARAMETER_SWITCH] = "switch",
    [PARAMETER_CHOICE] = "choice", [PARAMETER_SECRET] = "secret",
};

/* A parameter in the form: what is set, and what was sent. */
struct entry {
    const struct parameter *p;
    struct parameter_state now;
    bool sent, clear;
    const char *typed;
    int64_t seen_us;
    const char *mistake; /* word of ParameterWrong, NULL: none */
    bool conflict;       /* changed by another since it was shown */
};

struct form {
    struct req *r;
    struct entry entries[PARAMETERS];
};

static enum err form_begin(struct form *f)
{
    struct parameter_state now[PARAMETERS];
    enum err e = parameter_list(f->r->db, f->r->arena, now);

    for (size_t i = 0; i < PARAMETERS && e == ERR_OK; i++) {
        f->entries[i].p = &parameters[i];
        f->entries[i].now = now[i];
    }
    return e;
}

/* ---- the page ---- */

static void choices_show(struct req *r, const char *at, const struct entry *x,
                         const char *value)
{
    const char *list = arena_printf(r->arena, "%s.Choices", at);
    char *all = arena_strdup(r->arena, x->p->choices), *rest = NULL;
    size_t n = 0;

    for (const char *c = strtok_r(all, " ", &rest); c != NULL;
         c = strtok_r(NULL, " ", &rest), n++) {
        view_set_at(r, list, n, "Code", c);
        if (strcmp(c, value) == 0)
            view_set_at(r, list, n, "Current", "1");
    }
}

/* After a conflict the field holds what is set now, beside what was sent. */
static void value_show(struct req *r, const char *list, size_t i,
                       const struct entry *x)
{
    bool typed = x->sent && !x->conflict;
    const char *value = typed ? x->typed : x->now.value;

    if (x->p->kind == PARAMETER_SECRET) {
        if (x->now.has_secret)
            view_set_at(r, list, i, "Has", "1");
        return;
    }
    view_set_at(r, list, i, "Value", value);
    if (strcmp(value, "on") == 0)
        view_set_at(r, list, i, "On", "1");
    if (x->p->kind == PARAMETER_CHOICE)
        choices_show(r, arena_printf(r->arena, "%s.%zu", list, i), x, value);
    if (x->conflict)
        view_set_at(r, list, i, "Typed", x->typed);
}

static void entry_show(struct req *r, const char *list, size_t i,
                       const struct entry *x)
{
    struct arena *a = r->arena;
    struct moment changed = { x->now.changed_us };

    view_set_at(r, list, i, "Name", x->p->name);
    view_set_at(r, list, i, "Kind", kind_codes[x->p->kind]);
    view_set_at(r, list, i, "Seen",
                arena_printf(a, "%" PRId64, x->now.changed_us));
    if (!x->p->optional)
        view_set_at(r, list, i, "Required", "1");
    if (x->p->kind == PARAMETER_NUMBER) {
        view_set_at(r, list, i, "Min", arena_printf(a, "%" PRId64, x->p->min));
        view_set_at(r, list, i, "Max", arena_printf(a, "%" PRId64, x->p->max));
    }
    value_show(r, list, i, x);
    if (x->now.changed_by[0] != '\0') {
        view_set_at(r, list, i, "By", x->now.changed_by);
        view_set_at(r, list, i, "At", moment_text(a, changed));
        view_set_at(r, list, i, "AtIso", moment_iso(a, changed));
    }
    if (x->mistake != NULL)
        view_set_at(r, list, i, "Wrong", x->mistake);
    if (x->conflict)
        view_set_at(r, list, i, "Conflict", "1");
}

static void error_show(struct req *r, const char *list, size_t *n,
                       const struct entry *x, const char *word)
{
    view_set_at(r, list, *n, "Name", x->p->name);
    view_set_at(r, list, *n, "Wrong", word);
    (*n)++;
}

/* What does not work though it is well-formed: told, not refused. */
static void advice_show(const struct form *f)
{
    const char *on = "", *login = "", *host = "";
    bool password = false;

    for (size_t i = 0; i < PARAMETERS; i++) {
        const struct entry *x = &f->entries[i];

        if (strcmp(x->p->name, "sms_enabled") == 0)
            on = x->now.value;
        else if (strcmp(x->p->name, "sms_login") == 0)
            login = x->now.value;
        else if (strcmp(x->p->name, "smtp_host") == 0)
            host = x->now.value;
        else if (strcmp(x->p->name, "sms_password") == 0)
            password = x->now.has_secret;
    }
    if (strcmp(on, "on") == 0 && (login[0] == '\0' || !password))
        view_set(f->r, "Parameters.Advice.sms", "1");
    if (host[0] == '\0')
        view_set(f->r, "Parameters.Advice.mail", "1");
}

/* The names that templates/admin/parameters.cst lists. */
static enum err form_show(const struct form *f)
{
    struct req *r = f->r;
    const char *group = "", *list = "";
    size_t groups = 0, fields = 0, errors = 0, conflicts = 0;

    for (size_t i = 0; i < PARAMETERS; i++) {
        const struct entry *x = &f->entries[i];

        if (strcmp(group, x->p->group) != 0) {
            group = x->p->group;
            view_set_at(r, "Parameters.Groups", groups, "Code", group);
            list = arena_printf(r->arena, "Parameters.Groups.%zu.Fields",
                                groups++);
            fields = 0;
        }
        entry_show(r, list, fields++, x);
        if (x->mistake != NULL)
            error_show(r, "Parameters.Errors", &errors, x, x->mistake);
        else if (x->conflict)
            error_show(r, "Parameters.Conflicts", &conflicts, x, "");
    }
    advice_show(f);
    view_set(r, "Screen", "parameters");
    return view_render(r, "admin/parameters.cst");
}

enum err parameters_page(struct req *r)
{
    struct form f = { .r = r };
    int64_t saved;
    enum err e;

    if ((e = form_int(r, "saved", 0, PARAMETERS, -1, &saved)) != ERR_OK ||
        (e = form_begin(&f)) != ERR_OK)
        return e;
    if (saved >= 0)
        view_set_int(r, "Parameters.Saved", saved);
    return form_show(&f);
}

/* ---- the form comes back ---- */

static const char *named(struct req *r, const char *prefix, const char *name)
{
    return form_text(r, arena_printf(r->arena, "%s%s", prefix, name));
}

/* A parameter that the form does not speak of is left alone. */
static enum err entry_read(struct req *r, struct entry *x)
{
    const char *name = x->p->name;
    const char *seen = arena_printf(r->arena, "seen_%s", name);
    enum err e;

    x->sent = form_has(r, seen);
    if (!x->sent)
        return ERR_OK;
    if ((e = form_int(r, seen, 0, INT64_MAX, 0, &x->seen_us)) != ERR_OK)
        return e;
    if (x->p->kind == PARAMETER_SWITCH)
        x->typed = form_has(r, name) ? "on" : "off";
    else if (x->p->kind == PARAMETER_SECRET)
        x->typed = form_text(r, name);
    else
        x->typed = text_trimmed(r->arena, form_text(r, name));
    x->clear = x->p->kind == PARAMETER_SECRET && x->typed[0] == '\0' &&
               named(r, "clear_", name)[0] != '\0';
    x->mistake = parameter_mistake(x->p, x->typed);
    return ERR_OK;
}

static bool is_changed(const struct entry *x)
{
    if (!x->sent)
        return false;
    if (x->p->kind == PARAMETER_SECRET)
        return x->typed[0] != '\0' || (x->clear && x->now.has_secret);
    return strcmp(x->typed, x->now.value) != 0;
}

/* How many of the form cannot be saved; the status says which way. */
static size_t form_refused(struct form *f)
{
    size_t wrong = 0, conflicts = 0;

    for (size_t i = 0; i < PARAMETERS; i++) {
        struct entry *x = &f->entries[i];

        if (x->mistake != NULL)
            wrong++;
        x->conflict = is_changed(x) && x->seen_us != x->now.changed_us;
        if (x->conflict) {
            x->mistake = NULL; /* what is set now is shown, and is good */
            conflicts++;
        }
    }
    answer_status(f->r, conflicts > 0 ? 409 : wrong > 0 ? 422 : 200);
    return wrong + conflicts;
}

static enum err secret_save(struct req *r, const struct entry *x)
{
    struct bytes plain = { (const uint8_t *)x->typed, strlen(x->typed) };
    struct bytes sealed = { NULL, 0 };
    enum err e = ERR_OK;

    if (plain.len > 0)
        e = secret_seal(r,
                        arena_printf(r->arena, PARAMETER_HIDE "%s", x->p->name),
                        plain, &sealed);
    return e != ERR_OK ? e
                       : parameter_seal(r->db, r->arena, x->p->name, x->seen_us,
                                        sealed, r->address);
}

static enum err form_save(const struct form *f, int64_t *saved)
{
    struct req *r = f->r;
    enum err e = ERR_OK;

    for (size_t i = 0; i < PARAMETERS && e == ERR_OK; i++) {
        const struct entry *x = &f->entries[i];

        if (!is_changed(x))
            continue;
        e = x->p->kind == PARAMETER_SECRET
                ? secret_save(r, x)
                : parameter_set(r->db, r->arena, x->p->name, x->seen_us,
                                x->typed, r->address);
        (*saved)++;
    }
    return e;
}

/* Somebody was faster between our look and our write. */
static enum err form_overtaken(struct form *f)
{
    enum err e;

    db_rollback(f->r->db);
    if ((e = form_begin(f)) != ERR_OK)
        return e;
    if (form_refused(f) == 0)
        return err_raise(ERR_CONFLICT, "parameters: changed and changed back");
    return form_show(f);
}

enum err parameters_save(struct req *r)
{
    struct form f = { .r = r };
    int64_t saved = 0;
    enum err e = form_begin(&f);

    for (size_t i = 0; i < PARAMETERS && e == ERR_OK; i++)
        e = entry_read(r, &f.entries[i]);
    if (e != ERR_OK)
        return e;
    if (form_refused(&f) > 0)
        return form_show(&f);
    e = form_save(&f, &saved);
    if (e == ERR_CONFLICT)
        return form_overtaken(&f);
    if (e != ERR_OK)
        return e;
    return answer_redirect(
        r, arena_printf(r->arena, "/admin/parameters?saved=%" PRId64, saved));
}
