/*
 * «Примечания» (GC-075): what administrators have written about a meter; for
 * the others it is text to read.
 */
#include "cgi-bin/operator/desk.h"

#include "lib/base/text.h"
#include "lib/model/desk.h"

/* The names that templates/operator/note.cst lists. */
static enum err note_show(struct req *r, const struct meter_card *c,
                          const char *was, const char *text)
{
    desk_show(r, c, "note");
    view_set(r, "Note.Was", was);
    view_set(r, "Note.Text", text);
    if (r->who.role & ADMINISTRATION)
        view_set(r, "Note.MayWrite", "1");
    return view_render(r, "operator/note.cst");
}

enum err note_ask(struct req *r)
{
    struct meter_card card;
    enum err e = meter_find(r->db, r->arena, r->id, &card);

    return e == ERR_OK ? note_show(r, &card, card.note, card.note) : e;
}

enum err note_change(struct req *r)
{
    const char *was = text_lines(r->arena, form_text(r, "was"));
    const char *text = text_lines(r->arena, form_text(r, "text"));
    struct mistakes m = { .r = r, .group = "Note" };
    struct meter_card card;
    enum err e = meter_find(r->db, r->arena, r->id, &card);

    if (e != ERR_OK)
        return e;
    if (text_length(text) > METER_NOTE_MAX) {
        mistake(&m, "text", "TooLong");
        answer_status(r, 422);
        return note_show(r, &card, was, text);
    }
    e = meter_note_set(r->db, r->arena, r->id, was, text, r->address);
    if (e == ERR_OK)
        return desk_done(r, "note");
    if (e != ERR_CONFLICT)
        return e;
    /* Theirs is shown above one's own; sent again, one's own replaces it. */
    db_rollback(r->db);
    answer_status(r, 409);
    view_set(r, "Note.Theirs", card.note);
    view_set(r, "Note.Changed", "1");
    return note_show(r, &card, card.note, text);
}
