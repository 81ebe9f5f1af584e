/* The dialog «Новый оператор», and the same for changing one. */
#include "cgi-bin/admin/operator_sheet.h"

#include <string.h>

#include "cgi-bin/admin/branches.h"
#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/operators.h"
#include "lib/model/letter.h"
#include "lib/model/operator_card.h"

#define PASSWORD_ADVISED 6 /* characters, GC-166 */

/* Only a new one needs a password; branches are checked with the rights. */
static const struct sheet_field fields[] = {
    { .name = "login", .required = true, .max = 64 },
    { .name = "password", .kind = SHEET_PASSWORD, .max = 128 },
    { .name = "role", .kind = SHEET_RADIO, .required = true },
    { .name = "branches", .kind = SHEET_MANY },
    { .name = "branchless", .kind = SHEET_CHECK },
    { .name = "soap", .kind = SHEET_CHECK },
    { .name = "first", .max = 64 },
    { .name = "last", .max = 64 },
    { .name = "email", .kind = SHEET_EMAIL },
    { .name = "disabled", .kind = SHEET_CHECK },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "Operator", OPERATORS_ADDRESS, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

static enum err options_show(struct sheet *s)
{
    static const char *const roles[] = { "view", "control", "security",
                                         "admin" };
    struct req *r = s->r;

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        sheet_option(s, "role", roles[i],
                     word(r, arena_printf(r->arena, "Role.%s", roles[i])));
    sheet_star(s, "branches");
    if (r->id == 0)
        sheet_star(s, "password");
    return branch_options(s, "branches");
}

static enum err form_show(struct sheet *s)
{
    enum err e = options_show(s);

    return e != ERR_OK ? e : sheet_render(s, NULL);
}

enum err operator_new(struct req *r)
{
    struct sheet s = form_of(r);

    sheet_put(&s, "role", "view");
    return form_show(&s);
}

enum err operator_edit(struct req *r)
{
    struct sheet s = form_of(r);
    struct operator_card o;
    enum err e = operator_card_find(r->db, r->arena, r->id, &o);

    if (e != ERR_OK)
        return e;
    sheet_put(&s, "login", o.login);
    sheet_put(&s, "role", o.role);
    sheet_put(&s, "branches", o.branches);
    sheet_put(&s, "branchless", o.sees_branchless ? "1" : "");
    sheet_put(&s, "soap", o.soap_allowed ? "1" : "");
    sheet_put(&s, "disabled", o.disabled ? "1" : "");
    sheet_put(&s, "first", o.first_name);
    sheet_put(&s, "last", o.last_name);
    sheet_put(&s, "email", o.email);
    s.version = o.version;
    return form_show(&s);
}

/* ---- the form comes back ---- */

static struct operator_card card_of(struct sheet *s)
{
    return (struct operator_card){
        .id = s->r->id,
        .version = s->version,
        .login = sheet_text(s, "login"),
        .password = sheet_text(s, "password"),
        .role = sheet_text(s, "role"),
        .branches = sheet_ids(s, "branches"),
        .sees_branchless = sheet_on(s, "branchless"),
        .soap_allowed = sheet_on(s, "soap"),
        .disabled = sheet_on(s, "disabled"),
        .first_name = sheet_text(s, "first"),
        .last_name = sheet_text(s, "last"),
        .email = sheet_text(s, "email"),
    };
}

/* An administrator may have no branch: he keeps the house. */
static enum err card_check(struct sheet *s, const struct operator_card *o)
{
    bool taken = false;
    enum err e = operator_taken(s->r->db, s->r->arena, o, &taken);

    if (taken)
        sheet_mistake(s, "login", "LoginTaken");
    if (o->id == 0 && o->password[0] == '\0')
        sheet_mistake(s, "password", "Required");
    if (role_of_name(o->role) == 0)
        sheet_mistake(s, "role", "NoRole");
    if (strcmp(o->branches, "{}") == 0 && strcmp(o->role, "admin") != 0 &&
        !o->sees_branchless)
        sheet_mistake(s, "branches", "NoBranch");
    if (o->email[0] != '\0' && !letter_address_fits(o->email))
        sheet_mistake(s, "email", "NotEmail");
    return e;
}

enum err operator_refused(struct sheet *s, enum err e)
{
    if (e == ERR_INVALID) {
        db_rollback(s->r->db);
        sheet_notice(s, "bad", "LockedOut");
        answer_status(s->r, 422);
        return sheet_render(s, NULL);
    }
    return sheet_conflict(s, e);
}

/* GC-167: a new operator with an address gets his first steps; never the
 * password. */
static enum err welcome(struct sheet *s, const struct operator_card *o)
{
    struct req *r = s->r;
    const struct letter_value values[] = {
        { "name", o->first_name[0] != '\0' ? o->first_name : o->login },
        { "login", o->login },
    };

    if (o->id != 0 || o->email[0] == '\0')
        return ERR_OK;
    return letter_queue(r->db, r->arena, "operator_welcome", o->email,
                        r->language, values,
                        sizeof(values) / sizeof(values[0]));
}

/* Advice that does not stop anybody (GC-164, GC-166). */
static const char *advice(const struct operator_card *o)
{
    bool nameless = o->first_name[0] == '\0' || o->last_name[0] == '\0' ||
                    o->email[0] == '\0';

    if (o->password[0] != '\0' && strlen(o->password) < PASSWORD_ADVISED)
        return "SavedShort";
    if (strcmp(o->role, "security") == 0 && nameless)
        return "SavedNameless";
    return "Saved";
}

enum err operator_save(struct req *r)
{
    struct sheet s = form_of(r);
    struct operator_card o;
    enum err e;

    sheet_read(&s);
    o = card_of(&s);
    if ((e = options_show(&s)) != ERR_OK || (e = card_check(&s, &o)) != ERR_OK)
        return e;
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    if ((e = operator_card_put(r->db, r->arena, &o, r->address)) == ERR_OK)
        e = welcome(&s, &o);
    return e != ERR_OK ? operator_refused(&s, e)
                       : sheet_done(&s, advice(&o), o.login);
}
