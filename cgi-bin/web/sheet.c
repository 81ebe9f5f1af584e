/* A form, from what was typed to what is shown. */
#include "cgi-bin/web/sheet.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_MAX 255

/* ---- reading ---- */

/* Without the spaces around it; line ends as \n. */
static char *typed(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text + strspn(text, " \t\r\n")), *to = out;

    for (const char *p = out; *p != '\0'; p++) {
        if (*p != '\r')
            *to++ = *p;
    }
    while (to > out && strchr(" \t\n", to[-1]) != NULL)
        to--;
    *to = '\0';
    return out;
}

/* Characters, not bytes. */
static size_t length(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static size_t find(const struct sheet *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->fields[i].name, name) == 0)
            return i;
    }
    return s->n;
}

const char *sheet_text(const struct sheet *s, const char *name)
{
    size_t i = find(s, name);

    return i < s->n && s->value[i] != NULL ? s->value[i] : "";
}

bool sheet_on(const struct sheet *s, const char *name)
{
    return sheet_text(s, name)[0] != '\0';
}

void sheet_put(struct sheet *s, const char *name, const char *value)
{
    size_t i = find(s, name);

    if (i < s->n)
        s->value[i] = value;
}

/* Loosely: the letter itself is the proof. */
static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at > text && strchr(at + 1, '@') == NULL &&
           strchr(at + 1, '.') != NULL && at[1] != '.' &&
           text[strlen(text) - 1] != '.' &&
           strpbrk(text, " \t\n,;<>\"") == NULL;
}

static bool is_phone(const char *text)
{
    size_t digits = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9')
            digits++;
        else if (strchr(" +()-", *p) == NULL)
            return false;
    }
    return digits >= 5 && digits <= 15;
}

static const char *whole(struct sheet *s, const char *name)
{
    const char *own = arena_printf(s->r->arena, "%s.%s", s->words, name);

    return word_known(s->r, own)
               ? word(s->r, own)
               : word(s->r, arena_printf(s->r->arena, "Sheet.%s", name));
}

static void check(struct sheet *s, const struct sheet_field *f,
                  const char *text)
{
    size_t max = f->max != 0 ? f->max : TEXT_MAX;

    if (text[0] == '\0') {
        if (f->required && f->kind != SHEET_FILE)
            sheet_mistake(s, f->name, "Required");
    } else if (f->kind != SHEET_SERIALS && length(text) > max) {
        sheet_mistake(s, f->name, "TooLong");
    } else if (f->kind == SHEET_EMAIL && !is_email(text)) {
        sheet_mistake(s, f->name, "NotEmail");
    } else if (f->kind == SHEET_PHONE && !is_phone(text)) {
        sheet_mistake(s, f->name, "NotPhone");
    }
}

void sheet_read(struct sheet *s)
{
    s->version = form_text(s->r, "version");
    for (size_t i = 0; i < s->n; i++) {
        const struct sheet_field *f = &s->fields[i];
        const char *text = form_text(s->r, f->name);

        /* A password may begin with a space. */
        s->value[i] =
            f->kind == SHEET_PASSWORD ? text : typed(s->r->arena, text);
        check(s, f, s->value[i]);
    }
}

/* on_top: in the list above the form; text: beside the field. */
static void mistake(struct sheet *s, const char *name, const char *text,
                    const char *on_top)
{
    struct req *r = s->r;
    const char *key = arena_printf(r->arena, "Wrong.%s", name);

    if (view_has_text(r, key))
        return;
    view_set_at(r, "Errors", s->wrong, "Field", name);
    view_set_at(r, "Errors", s->wrong, "Text", on_top);
    view_set(r, key, text);
    s->wrong++;
}

/* Words that hold for any field say which one on top of the form. */
static const char *named(struct sheet *s, const char *name, const char *text)
{
    const char *label = arena_printf(s->r->arena, "%s.%s", s->words, name);

    if (!word_known(s->r, label))
        return text;
    label = word(s->r, label);
    return arena_printf(s->r->arena, "%.*s: %s", (int)strcspn(label, ":"),
                        label, text);
}

int64_t sheet_int(struct sheet *s, const char *name, int64_t min, int64_t max,
                  int64_t fallback)
{
    const char *text = sheet_text(s, name);
    const char *digits = text + (text[0] == '-');
    int64_t n = 0;
    bool good = digits[0] != '\0' && strlen(digits) <= 18 &&
                strspn(digits, "0123456789") == strlen(digits);

    if (text[0] == '\0')
        return fallback;
    for (const char *p = digits; good && *p != '\0'; p++)
        n = n * 10 + (*p - '0');
    if (text[0] == '-')
        n = -n;
    if (good && n >= min && n <= max)
        return n;
    text = arena_printf(s->r->arena, "%s %" PRId64 "–%" PRId64,
                        whole(s, "NotNumber"), min, max);
    mistake(s, name, text, named(s, name, text));
    return fallback;
}

void sheet_mistake_text(struct sheet *s, const char *name, const char *text)
{
    mistake(s, name, text, text);
}

void sheet_mistake(struct sheet *s, const char *name, const char *word_name)
{
    const char *own = arena_printf(s->r->arena, "%s.%s", s->words, word_name);
    const char *text = whole(s, word_name);

    mistake(s, name, text, word_known(s->r, own) ? text : named(s, name, text));
}

/* ---- showing ---- */

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
    size_t i = find(s, name);
    const char *list = arena_printf(r->arena, "Sheet.Fields.%zu.Options", i);
    size_t at = view_count(r, list);

    fields_place(s);
    view_set_at(r, list, at, "Value", value);
    view_set_at(r, list, at, "Label", label);
    if (i < s->n && ticked(s, i, value))
        view_set_at(r, list, at, "Current", "1");
}

const char *sheet_ids(struct sheet *s, const char *name)
{
    struct req *r = s->r;
    const char *out = "", *value;

    for (size_t i = 0; (value = form_nth(r, name, i)) != NULL; i++) {
        if (value[0] == '\0' || strlen(value) > 18 ||
            strspn(value, "0123456789") != strlen(value))
            continue;
        out = arena_printf(r->arena, "%s%s%s", out, out[0] != '\0' ? "," : "",
                           value);
    }
    return arena_printf(r->arena, "{%s}", out);
}

void sheet_star(struct sheet *s, const char *name)
{
    view_set_at(s->r, "Sheet.Fields", find(s, name), "Required", "1");
}

void sheet_fact(struct sheet *s, const char *word_name, const char *value)
{
    size_t at = view_count(s->r, "Sheet.Facts");

    view_set_at(s->r, "Sheet.Facts", at, "Word", whole(s, word_name));
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
    sheet_notice_text(s, kind, whole(s, word_name));
}

void sheet_button(struct sheet *s, const char *kind, const char *word_name)
{
    view_set(s->r, "Sheet.Danger", strcmp(kind, "danger") == 0 ? "1" : "");
    view_set(s->r, "Sheet.Button", whole(s, word_name));
}

void sheet_title(struct sheet *s, const char *word_name, const char *of_what)
{
    view_set(s->r, "Sheet.Title", whole(s, word_name));
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

    view_set_at(r, list, i, "Name", f->name);
    view_set_at(r, list, i, "Kind", kind_word(f->kind));
    view_set_at(r, list, i, "Label", whole(s, f->name));
    if (word_known(r, hint))
        view_set_at(r, list, i, "Hint", word(r, hint));
    if (f->kind != SHEET_PASSWORD && s->value[i] != NULL)
        view_set_at(r, list, i, "Value", s->value[i]);
    if (i == first)
        view_set_at(r, list, i, "First", "1");
    if (f->required)
        view_set_at(r, list, i, "Required", "1");
    if (f->group != NULL)
        view_set_at(r, list, i, "Group", whole(s, f->group));
    if (f->kind == SHEET_FILE)
        view_set(r, "Sheet.Multipart", "1");
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
        view_set(r, "Sheet.Title", whole(s, "Title"));
    if (!view_has_text(r, "Sheet.Button"))
        view_set(r, "Sheet.Button", word(r, "Sheet.Ok"));
    view_set(r, "Sheet.Post", s->post);
    view_set(r, "Sheet.Back", s->back);
    view_set(r, "Sheet.Version", s->version != NULL ? s->version : "");
    if (!view_has_text(r, "Screen"))
        view_set(r, "Screen", place_of(r, s->back));
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

/* ---- and back ---- */

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
    return n > 0 ? arena_strndup(r->arena, place, n) : "admin";
}

const char *back_to(struct req *r, const char *list_address)
{
    const char *back = form_text(r, "back");
    size_t n = strlen(list_address);

    if (strncmp(back, list_address, n) == 0 &&
        (back[n] == '\0' || back[n] == '?') && strlen(back) < 2048 &&
        strpbrk(back, "\r\n\t\\") == NULL)
        return back;
    return list_address;
}
