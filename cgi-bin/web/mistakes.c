/* Mistakes of a form, in the order in which they are found. */
#include "cgi-bin/web/mistakes.h"

bool mistake_tell(struct req *r, const char *field, const char *text,
                  const char *on_top)
{
    const char *key = arena_printf(r->arena, "Wrong.%s", field);
    size_t at = view_count(r, "Errors");

    if (view_has_text(r, key))
        return false;
    view_set_at(r, "Errors", at, "Field", field);
    view_set_at(r, "Errors", at, "Text", on_top);
    view_set(r, key, text);
    return true;
}

void mistake(struct mistakes *m, const char *field, const char *word_name)
{
    const char *text =
        word(m->r, arena_printf(m->r->arena, "%s.%s", m->group, word_name));

    if (mistake_tell(m->r, field, text, text))
        m->n++;
}
