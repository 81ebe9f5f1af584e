/* The receipt with its QR code: the same that operators print. */
#include "cgi-bin/cabinet/cabinet.h"

#include "cgi-bin/web/document.h"
#include "cgi-bin/web/words.h"

enum err receipt(struct req *r)
{
    const struct document_order order = { .kind = DOCUMENT_RECEIPTS,
                                          .whose = { .own = true },
                                          .format = "pdf" };
    struct document_words words = words_named(r, document_word_names);
    struct document made;
    enum err e = document_answer(
        r, &order, &words, document_title(r->arena, &order, &words, ""), &made);

    if (e != ERR_NOT_FOUND && (e != ERR_INVALID || made.fault.field == NULL))
        return e;
    view_set(r, "Screen", "profile");
    answer_status(r, 422);
    return view_render(r, "cabinet/no_receipt.cst");
}
