/* «Новый абонент» and the same form with what is known (GC-132 ... GC-135). */
#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/subscribers.h"
#include "lib/model/subscriber.h"

static const struct sheet_field fields[] = {
    { .name = "account", .max = 32 },
    { .name = "address", .required = true },
    { .name = "branch", .kind = SHEET_SELECT, .required = true },
    { .name = "tariff", .kind = SHEET_SELECT, .required = true },
    { .name = "first", .max = 128 },
    { .name = "last", .max = 128 },
    { .name = "phone", .kind = SHEET_PHONE, .max = 32 },
    { .name = "email", .kind = SHEET_EMAIL, .max = 254 },
    { .name = "calculates", .kind = SHEET_CHECK },
    { .name = "shows", .kind = SHEET_CHECK },
    { .name = "cabinet", .kind = SHEET_CHECK },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "Subscriber", SUBSCRIBERS_ADDRESS, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

/* ---- the two drop-downs ---- */

/* known: what the field holds is one of them. */
static enum err choices_show(struct sheet *s, const char *name,
                             enum subscriber_choice of, bool *known)
{
    struct rows rows;
    enum err e = subscriber_choices(s->r->db, s->r->arena, of, &rows);

    if (e != ERR_OK)
        return e;
    *known = false;
    sheet_option(s, name, "", "");
    for (size_t i = 0; i < rows.n; i++) {
        const char *id = row_text(&rows, i, 0);

        sheet_option(s, name, id, row_text(&rows, i, 1));
        *known = *known || strcmp(id, sheet_text(s, name)) == 0;
    }
    return ERR_OK;
}

static enum err options_show(struct sheet *s, bool *branch, bool *tariff)
{
    enum err e = choices_show(s, "branch", SUBSCRIBER_BRANCH, branch);

    return e != ERR_OK ? e
                       : choices_show(s, "tariff", SUBSCRIBER_TARIFF, tariff);
}

/* ---- shown ---- */

static enum err form_show(struct sheet *s)
{
    bool branch, tariff;
    enum err e = options_show(s, &branch, &tariff);

    return e != ERR_OK ? e : sheet_render(s, NULL);
}

enum err subscriber_new(struct req *r)
{
    struct sheet s = form_of(r);

    return form_show(&s);
}

static const char *id_text(struct req *r, int64_t id)
{
    return id != 0 ? param_int(r->arena, id) : "";
}

enum err subscriber_edit(struct req *r)
{
    struct sheet s = form_of(r);
    struct subscriber it;
    enum err e = subscriber_find(r->db, r->arena, r->id, &it);

    if (e != ERR_OK)
        return e;
    sheet_put(&s, "account", it.account);
    sheet_put(&s, "address", it.address);
    sheet_put(&s, "branch", id_text(r, it.branch_id));
    sheet_put(&s, "tariff", id_text(r, it.tariff_id));
    sheet_put(&s, "first", it.first_name);
    sheet_put(&s, "last", it.last_name);
    sheet_put(&s, "phone", it.phone);
    sheet_put(&s, "email", it.email);
    sheet_put(&s, "calculates", it.calculates_balance ? "1" : "");
    sheet_put(&s, "shows", it.shows_balance ? "1" : "");
    sheet_put(&s, "cabinet", it.cabinet_allowed ? "1" : "");
    s.version = it.version;
    return form_show(&s);
}

/* ---- sent ---- */

static enum err form_read(struct sheet *s, struct subscriber *out)
{
    bool branch, tariff;
    enum err e;

    sheet_read(s);
    if ((e = options_show(s, &branch, &tariff)) != ERR_OK)
        return e;
    if (!branch)
        sheet_mistake(s, "branch", "Required");
    if (!tariff)
        sheet_mistake(s, "tariff", "Required");
    *out = (struct subscriber){
        .id = s->r->id,
        .version = s->version,
        .account = sheet_text(s, "account"),
        .address = sheet_text(s, "address"),
        .branch_id = sheet_int(s, "branch", 1, INT32_MAX, 0),
        .tariff_id = sheet_int(s, "tariff", 1, INT32_MAX, 0),
        .first_name = sheet_text(s, "first"),
        .last_name = sheet_text(s, "last"),
        .phone = sheet_text(s, "phone"),
        .email = sheet_text(s, "email"),
        .calculates_balance = sheet_on(s, "calculates"),
        .shows_balance = sheet_on(s, "shows"),
        .cabinet_allowed = sheet_on(s, "cabinet"),
    };
    return ERR_OK;
}

/* The cabinet's login is the e-mail (GC-134), and both are given once. */
static enum err subscriber_check(struct sheet *s, const struct subscriber *it)
{
    bool account = false, email = false;
    enum err e = subscriber_taken(s->r->db, s->r->arena, it, &account, &email);

    if (e != ERR_OK)
        return e;
    if (it->cabinet_allowed && it->email[0] == '\0')
        sheet_mistake(s, "email", "CabinetEmail");
    if (account)
        sheet_mistake(s, "account", "AccountTaken");
    if (email)
        sheet_mistake(s, "email", "EmailTaken");
    return ERR_OK;
}

static const char *named(struct req *r, const struct subscriber *it)
{
    return it->account[0] != '\0'
               ? arena_printf(r->arena, "счёт %s", it->account)
               : "счёт без номера";
}

/* The list with this one selected: next come his meters. Of two fields of one
 * name the first counts. */
static const char *selected(const struct sheet *s, int64_t id)
{
    const char *rest = strchr(s->back, '?');

    return arena_printf(s->r->arena, SUBSCRIBERS_ADDRESS "?id=%" PRId64 "%s%s",
                        id, rest != NULL ? "&" : "",
                        rest != NULL ? rest + 1 : "");
}

enum err subscriber_save(struct req *r)
{
    bool new = r->id == 0;
    struct sheet s = form_of(r);
    struct subscriber it;
    enum err e;

    if ((e = form_read(&s, &it)) != ERR_OK ||
        (e = subscriber_check(&s, &it)) != ERR_OK)
        return e;
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    e = new ? subscriber_add(r->db, r->arena, &it)
            : subscriber_change(r->db, r->arena, &it);
    if (e == ERR_OK)
        e = audit_tell(r, new ? "Добавлен абонент" : "Изменён абонент",
                       named(r, &it));
    if (e == ERR_OK)
        s.back = selected(&s, it.id);
    return sheet_end(&s, e, "Saved",
                     it.account[0] != '\0' ? it.account : it.address);
}
