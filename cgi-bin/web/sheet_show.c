/* A form as it is shown, and the way back from it. */
#include "cgi-bin/web/sheet.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/sheet_inner.h"

static const char *kind_word(enum sheet_kind kind)
{
    static const char *const words[] = {
        [SHEET_TEXT] = "text",         [SHEET_AREA] = "area",
        [SHEET_NUMBER] = "number",     [SHEET_EMAIL] = "email",
        [SHEET_PHONE] = "tel",         [SHEET_DAY] = "date",
        [SHEET_PASSWORD] = "password", [SHEET_CHECK] = "check",
        [SHEET_SELECT] = "select",     [SHEET_RADIO] = "radio",
        [SHEET_MANY] = "many",         [SHEET_SERIALS] = "serials",
        [SHEET_METER] = "meter",       [SHEET_FILE] = "file",
    };

    return words[kind];
}

static bool ticked(struct sheet *s, size_t field, const char *value)
{
    const char *name = s->fields[field].name;
    const char *had = s->value[field] != NULL ? s->value[field] : "";

    if (s->fields[field].kind != SHEET_MANY)
        return strcmp(had, value) == 0;
    if (strcmp(s->r->method, "POST") == 0)
        return form_has_value(s->r, name, value);
    /* Put by the screen as "{1,2}". */
    for (const char *p = had; (p = strstr(p, value)) != NULL; p++) {
        char after = p[strlen(value)];

        if (p > had && strchr("{,", p[-1]) != NULL && strchr(",}", after))
            return true;
    }
    return false;
}

/* Templates walk the fields in the order in which they came into being. */
static void fields_place(struct sheet *s)
{
    if (view_has_text(s->r, "Sheet.Fields.0.Name"))
        return;
    for (size_t i = 0; i < s->n; i++)
        view_set_at(s->r, "Sheet.Fields", i, "Name", s->fields[i].name);
}

void sheet_option(struct sheet *s, const char *name, const char *value,
                  const char *label)
{
    struct req *r = s->r;
    size_t i = sheet_find(s, name);
    const char *list = arena_printf(r->arena, "Sheet.Fields.%zu.Options", i);
    size_t at = view_count(r, list);

    fields_place(s);
    view_set_at(r, list, at, "Value", value);
    view_set_at(r, list, at, "Label", label);
    if (i < s->n && ticked(s, i, value))
        view_set_at(r, list, at, "Current", "1");
}

void sheet_star(struct sheet *s, const char *name)
{
    view_set_at(s->r, "Sheet.Fields", sheet_find(s, name), "Required", "1");
}

void sheet_fact(struct sheet *s, const char *word_name, const char *value)
{
    size_t at = view_count(s->r, "Sheet.Facts");

    view_set_at(s->r, "Sheet.Facts", at, "Word", sheet_word(s, word_name));
    view_set_at(s->r, "Sheet.Facts", at, "Value", value);
}

void sheet_notice_text(struct sheet *s, const char *kind, const char *text)
{
    size_t at = view_count(s->r, "Sheet.Notices");

    view_set_at(s->r, "Sheet.Notices", at, "Kind", kind);
    view_set_at(s->r, "Sheet.Notices", at, "Text", text);
}

void sheet_notice(struct sheet *s, const char *kind, const char *word_name)
{
    sheet_notice_text(s, kind, sheet_word(s, word_name));
}

void sheet_deletes(struct sheet *s)
{
    sheet_notice(s, "warn", "DeleteText");
    sheet_button(s, "danger", "DeleteButton");
}

void sheet_hide(struct sheet *s, const char *name, const char *value)
{
    size_t at = view_count(s->r, "Sheet.Hidden");

    view_set_at(s->r, "Sheet.Hidden", at, "Name", name);
    view_set_at(s->r, "Sheet.Hidden", at, "Value", value);
}

void sheet_shut(struct sheet *s)
{
    view_set(s->r, "Sheet.Closed", "1");
}

void sheet_button(struct sheet *s, const char *kind, const char *word_name)
{
    view_set(s->r, "Sheet.Danger", strcmp(kind, "danger") == 0 ? "1" : "");
    view_set(s->r, "Sheet.Button", sheet_word(s, word_name));
}

void sheet_title(struct sheet *s, const char *word_name, const char *of_what)
{
    view_set(s->r, "Sheet.Title", sheet_word(s, word_name));
    view_set(s->r, "Sheet.Of", of_what);
}

/* Where the cursor goes: to the first mistake. */
static size_t first_field(const struct sheet *s)
{
    for (size_t i = 0; s->wrong > 0 && i < s->n; i++) {
        if (view_has_text(
                s->r, arena_printf(s->r->arena, "Wrong.%s", s->fields[i].name)))
            return i;
    }
    return 0;
}

static void field_show(struct sheet *s, size_t i, size_t first)
{
    static const char list[] = "Sheet.Fields";
    struct req *r = s->r;
    const struct sheet_field *f = &s->fields[i];
    const char *hint = arena_printf(r->arena, "%s.%sHint", s->words, f->name);
    const char *none = arena_printf(r->arena, "%s.%sNone", s->words, f->name);

    view_set_at(r, list, i, "Name", f->name);
    view_set_at(r, list, i, "Kind", kind_word(f->kind));
    view_set_at(r, list, i, "Label", sheet_word(s, f->name));
    if (word_known(r, hint))
        view_set_at(r, list, i, "Hint", word(r, hint));
    if (f->kind != SHEET_PASSWORD && s->value[i] != NULL)
        view_set_at(r, list, i, "Value", s->value[i]);
    if (i == first)
        view_set_at(r, list, i, "First", "1");
    if (f->required)
        view_set_at(r, list, i, "Required", "1");
    if (f->group != NULL)
        view_set_at(r, list, i, "Group", sheet_word(s, f->group));
    if (f->kind == SHEET_FILE)
        view_set(r, "Sheet.Multipart", "1");
    if (f->kind == SHEET_FILE && f->max != 0) {
        view_set_at(r, list, i, "Max", arena_printf(r->arena, "%zu", f->max));
        view_set_at(r, list, i, "Large", sheet_word(s, "LargeFile"));
    }
    if (f->kind == SHEET_MANY && word_known(r, none))
        view_set_at(r, list, i, "None", word(r, none));
}

enum err sheet_render(struct sheet *s, const char *template_name)
{
    struct req *r = s->r;
    size_t first = first_field(s);
    bool required = false;

    for (size_t i = 0; i < s->n; i++) {
        field_show(s, i, first);
        required = required || s->fields[i].required;
    }
    if (required)
        view_set(r, "Sheet.Mandatory", "1");
    if (!view_has_text(r, "Sheet.Title"))
        view_set(r, "Sheet.Title", sheet_word(s, "Title"));
    if (!view_has_text(r, "Sheet.Button"))
        view_set(r, "Sheet.Button", word(r, "Sheet.Ok"));
    view_set(r, "Sheet.Post", s->post);
    view_set(r, "Sheet.Back", s->back);
    view_set(r, "Sheet.Version", s->version != NULL ? s->version : "");
    if (!view_has_text(r, "Screen"))
        view_set(r, "Screen", place_of(r, s->back));
    if (in_dialog(r))
        view_set(r, "Sheet.InDialog", "1");
    if (s->wrong > 0)
        answer_status(r, 422);
    return view_render(r, template_name != NULL ? template_name
                                                : "admin/sheet.cst");
}

enum err sheet_conflict(struct sheet *s, enum err e)
{
    if (e != ERR_CONFLICT && e != ERR_NOT_FOUND)
        return e;
    db_rollback(s->r->db);
    sheet_notice(s, "warn", e == ERR_CONFLICT ? "Changed" : "Gone");
    answer_status(s->r, 409);
    return sheet_render(s, NULL);
}

enum err sheet_asks_again(struct sheet *s, const char *template_name)
{
    answer_status(s->r, 428); /* precondition required */
    return sheet_render(s, template_name);
}

/* ---- and back ---- */

enum err sheet_end(struct sheet *s, enum err e, const char *done,
                   const char *of_what)
{
    return e != ERR_OK ? sheet_conflict(s, e) : sheet_done(s, done, of_what);
}

enum err sheet_done(struct sheet *s, const char *done, const char *of_what)
{
    struct arena *a = s->r->arena;

    return answer_redirect(
        s->r, arena_printf(a, "%s%cdone=%s.%s&of=%s", s->back,
                           strchr(s->back, '?') ? '&' : '?', s->words, done,
                           url_encode(a, of_what)));
}

void sheet_done_show(struct req *r)
{
    const char *done = form_text(r, "done");

    if (done[0] == '\0' ||
        strspn(done, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ."
                     "0123456789") != strlen(done) ||
        strlen(done) > 64)
        return;
    view_set(r, "Done.Text", word(r, done));
    view_set(r, "Done.Of", form_text(r, "of"));
}

const char *place_of(struct req *r, const char *address)
{
    static const char root[] = "/admin/";
    const char *place = address + sizeof(root) - 1;
    size_t n;

    if (strncmp(address, root, sizeof(root) - 1) != 0)
        return "admin";
    n = strcspn(place, "/?.");
    if (n == strlen("meters") && strncmp(place, "meters", n) == 0)
        return "fleet"; /* "meters" is the window of readings */
    place = arena_strndup(r->arena, place, n);
    return word_known(r, arena_printf(r->arena, "HelpPage.%s.Title", place))
               ? place
               : "admin";
}

const char *back_to(struct req *r, const char *list_address)
{
    return form_back(r, list_address, list_address);
}
