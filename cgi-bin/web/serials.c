/* Fields that name meters: mistakes in words, the count while one types. */
#include "cgi-bin/web/serials.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/model/serials.h"

static const char *sentence(struct req *r, const struct serials_fault *f)
{
    const char *what = word(
        r, arena_printf(r->arena, "SerialsWrong.%s", serials_why_name(f->why)));

    if (f->item == 0)
        return what;
    if (f->text[0] == '\0')
        return arena_printf(r->arena, "%s %zu: %s", word(r, "Serials.Item"),
                            f->item, what);
    return arena_printf(r->arena, "%s %zu, «%s»: %s", word(r, "Serials.Item"),
                        f->item, f->text, what);
}

const char *serials_read(struct req *r, const char *field, struct serials *out)
{
    const char *text = form_text(r, field);
    struct serials_fault fault;

    if (serials_parse(r->arena, text, strlen(text), out, &fault) != ERR_OK)
        return sentence(r, &fault);
    return NULL;
}

const char *serials_misread(struct req *r, const char *phrase)
{
    size_t len = strlen(phrase);
    struct serials_fault fault;
    struct serials named;

    if (!serials_meant(phrase) || (strpbrk(phrase, "*?") == NULL &&
                                   strspn(phrase, "0123456789-, ") < len))
        return NULL;
    if (serials_parse(r->arena, phrase, len, &named, &fault) == ERR_OK)
        return NULL;
    return sentence(r, &fault);
}

/* ---- files ---- */

const char *serials_csv_sentence(struct req *r,
                                 const struct serials_csv_fault *fault)
{
    struct arena *a = r->arena;
    const char *name = serials_csv_why_name(fault->why);
    const char *what = word(r, arena_printf(a, "SerialsFile.%s", name));

    if (fault->line == 0)
        return what;
    if (fault->first > 0)
        what = arena_printf(a, "%s %" PRId64, what, fault->first);
    if (fault->text[0] == '\0')
        return arena_printf(a, "%s %" PRId64 ": %s", word(r, "Serials.Line"),
                            fault->line, what);
    return arena_printf(a, "%s %" PRId64 ", «%s»: %s", word(r, "Serials.Line"),
                        fault->line, fault->text, what);
}

const char *serials_csv_unknown(struct req *r, int64_t line, const char *number)
{
    return arena_printf(r->arena, "%s %" PRId64 ", «%s»: %s",
                        word(r, "Serials.Line"), line, number,
                        word(r, "SerialsFile.unknown"));
}

/* ---- the count while one types ---- */

/* Names: Serials.Wrong; or Serials.Count, .More, .Least, .None */
static void found_show(struct req *r, const struct serials_found *found)
{
    view_set(r, "Serials.Count", count_text(r->arena, found->n));
    if (found->more)
        view_set(r, "Serials.More", "1");
    else if (found->least)
        view_set(r, "Serials.Least", "1");
    else if (found->n == 0)
        view_set(r, "Serials.None", "1");
}

enum err serials_preview(struct req *r)
{
    const char *field = form_has(r, "field") ? form_text(r, "field") : "text";
    struct serials serials;
    struct serials_found found;
    const char *wrong = NULL;
    enum err e;

    if (form_text(r, field)[0] != '\0') {
        wrong = serials_read(r, field, &serials);
        if (wrong != NULL) {
            view_set(r, "Serials.Wrong", wrong);
        } else {
            e = serials_count(r->db, r->arena, &serials, &found);
            if (e != ERR_OK)
                return e;
            found_show(r, &found);
        }
    }
    return view_render(r, "admin/serials_preview.cst");
}
