/*
 * «Филиалы» (GC-157 ... GC-162): the pattern of a directory's screen. Bank
 * details are checked here, before a receipt has to refuse them.
 */
#include "cgi-bin/admin/branches.h"

#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/web/table.h"
#include "lib/model/branch.h"
#include "lib/report/bank.h"

static const struct listing_column columns[] = {
    { .name = "name", .kind = CELL_TEXT, .sorts = true, .width = 20 },
    { .name = "full", .kind = CELL_TEXT, .sorts = true, .width = 50 },
    { .name = "account", .kind = CELL_CODE, .sorts = true, .width = 24 },
    { .name = "saupg", .kind = CELL_CODE, .sorts = true, .width = 12 },
};

static const struct listing listing = {
    .root = "List",
    .words = "Branches",
    .address = "/admin/branches",
    .sort = "name",
    .statement = { Q_BRANCH_PAGE, Q_BRANCH_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .picks = true,
};

enum err branches_list(struct req *r)
{
    return directory_list(r, &listing, "branches");
}

enum err branches_file(struct req *r)
{
    return directory_file(r, &listing);
}

/* ---- the form ---- */

static const struct sheet_field fields[] = {
    { .name = "name", .required = true, .max = 64 },
    { .name = "full", .required = true },
    { .name = "bank", .group = "Details" },
    { .name = "account", .max = 20 },
    { .name = "bic", .max = 9 },
    { .name = "corr", .max = 20 },
    { .name = "inn", .max = 12 },
    { .name = "kpp", .max = 9 },
    { .name = "saupg", .max = 18 },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "Branch", listing.address, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

enum err branch_new(struct req *r)
{
    struct sheet s = form_of(r);

    return sheet_render(&s, NULL);
}

enum err branch_edit(struct req *r)
{
    struct sheet s = form_of(r);
    struct branch b;
    enum err e = branch_find(r->db, r->arena, r->id, &b);

    if (e != ERR_OK)
        return e;
    sheet_put(&s, "name", b.name);
    sheet_put(&s, "full", b.full_name);
    sheet_put(&s, "bank", b.bank);
    sheet_put(&s, "account", b.account);
    sheet_put(&s, "bic", b.bic);
    sheet_put(&s, "corr", b.corr_account);
    sheet_put(&s, "inn", b.inn);
    sheet_put(&s, "kpp", b.kpp);
    sheet_put(&s, "saupg", b.saupg_id);
    s.version = b.version;
    return sheet_render(&s, NULL);
}

static struct branch branch_of(const struct sheet *s)
{
    return (struct branch){
        .id = s->r->id,
        .version = s->version,
        .name = sheet_text(s, "name"),
        .full_name = sheet_text(s, "full"),
        .bank = sheet_text(s, "bank"),
        .account = sheet_text(s, "account"),
        .bic = sheet_text(s, "bic"),
        .corr_account = sheet_text(s, "corr"),
        .inn = sheet_text(s, "inn"),
        .kpp = sheet_text(s, "kpp"),
        .saupg_id = sheet_text(s, "saupg"),
    };
}

/* Words of a fault are those of lib/report/bank.h. */
static void bank_check_fields(struct sheet *s, const struct branch *b)
{
    const char *const faults[][2] = {
        { "bic", bank_bic_fault(b->bic) },
        { "inn", bank_inn_fault(b->inn) },
        { "kpp", bank_kpp_fault(b->kpp) },
        { "account", bank_account_fault(b->account, b->bic) },
        { "corr", bank_corr_account_fault(b->corr_account, b->bic) },
    };

    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (faults[i][1] != NULL)
            sheet_mistake(s, faults[i][0], faults[i][1]);
    }
}

static enum err form_check(struct sheet *s, const struct branch *b)
{
    bool name = false, saupg = false;
    enum err e = ERR_OK;

    bank_check_fields(s, b);
    (void)sheet_int(s, "saupg", 1, 999999999999999999, 0);
    if (s->wrong == 0)
        e = branch_taken(s->r->db, s->r->arena, b, &name, &saupg);
    if (name)
        sheet_mistake(s, "name", "NameTaken");
    if (saupg)
        sheet_mistake(s, "saupg", "SaupgTaken");
    return e;
}

enum err branch_save(struct req *r)
{
    bool new = r->id == 0;
    struct sheet s = form_of(r);
    struct branch b;
    enum err e;

    sheet_read(&s);
    b = branch_of(&s);
    if ((e = form_check(&s, &b)) != ERR_OK)
        return e;
    if (s.wrong > 0)
        return sheet_render(&s, NULL);
    e = new ? branch_add(r->db, r->arena, &b)
            : branch_change(r->db, r->arena, &b);
    if (e == ERR_OK)
        e = audit_tell(r, new ? "Добавлен филиал" : "Изменён филиал", b.name);
    return sheet_end(&s, e, "Saved", b.name);
}

/* ---- deleting ---- */

static struct sheet question_of(struct req *r)
{
    struct sheet s = row_sheet(r, "Branch", listing.address, "delete");

    sheet_title(&s, "Delete", "");
    return s;
}

static enum err question_show(struct sheet *s, const struct branch *b)
{
    struct arena *a = s->r->arena;

    s->version = b->version;
    sheet_fact(s, "name", b->name);
    sheet_fact(s, "full", b->full_name);
    sheet_fact(s, "Subscribers", count_text(a, b->subscribers));
    sheet_fact(s, "Operators", count_text(a, b->operators));
    sheet_deletes(s);
    return sheet_render(s, NULL);
}

enum err branch_ask(struct req *r)
{
    struct sheet s = question_of(r);
    struct branch b;
    enum err e = branch_find(r->db, r->arena, r->id, &b);

    return e != ERR_OK ? e : question_show(&s, &b);
}

enum err branch_remove(struct req *r)
{
    struct sheet s = question_of(r);
    struct branch b;
    enum err e;

    sheet_read(&s);
    if ((e = branch_find(r->db, r->arena, r->id, &b)) != ERR_OK)
        return e;
    if ((e = branch_delete(r->db, r->arena, r->id, s.version)) == ERR_OK)
        e = audit_tell(r, "Удалён филиал", b.name);
    return sheet_end(&s, e, "Deleted", b.name);
}

/* ---- of other forms ---- */

static bool is_one(struct arena *a, const struct branch_name *list, size_t n,
                   const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(param_int(a, list[i].id), id) == 0)
            return true;
    }
    return false;
}

enum err branch_options(struct sheet *s, const char *name)
{
    struct arena *a = s->r->arena;
    const struct branch_name *list;
    const char *chosen;
    size_t n;
    enum err e = branch_names(s->r->db, a, &list, &n);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n; i++)
        sheet_option(s, name, param_int(a, list[i].id), list[i].name);
    for (size_t i = 0; (chosen = form_nth(s->r, name, i)) != NULL; i++) {
        if (chosen[0] != '\0' && !is_one(a, list, n, chosen))
            sheet_mistake(s, name, "NoSuchBranch");
    }
    return ERR_OK;
}
