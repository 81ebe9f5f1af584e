/*
 * Change of the e-mail and of the telephone number (GC-303 ... GC-307), each
 * with a code where the administrator wants one.
 */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>

#include "lib/model/letter.h"

struct contact {
    enum cabinet_target target;
    const char *template_name, *done;
};

static const struct contact by_mail = { CABINET_EMAIL, "cabinet/email.cst",
                                        "/cabinet/profile?done=email" };
static const struct contact by_phone = { CABINET_PHONE, "cabinet/phone.cst",
                                         "/cabinet/profile?done=phone" };

/* Change.Code: where the code that waits was sent. */
static enum err form_show(struct req *r, const struct contact *c,
                          const char *fault)
{
    const char *sent;
    enum err e = cabinet_code_waits(r->db, r->arena, c->target, &sent);

    if (e != ERR_OK)
        return e;
    if (!form_has(r, "again"))
        view_set(r, "Change.Code", sent);
    view_set(r, "Screen", "change");
    view_set(r, "Change.Fault", fault);
    if (fault[0] != '\0')
        answer_status(r, 422);
    return view_render(r, c->template_name);
}

/* As it was typed, back into the form. */
static enum err form_again(struct req *r, const struct contact *c,
                           const char *fault)
{
    answer_status(r, 422);
    view_set(r, "Screen", "change");
    view_set(r, "Change.Fault", fault);
    return view_render(r, c->template_name);
}

static enum err change(struct req *r, const struct contact *c,
                       const char *value, const char *code)
{
    struct cabinet_visit v = visit_of(r, "");
    const char *fault;
    enum err e =
        cabinet_change(r->db, r->arena, c->target, value, code, &v, &fault);

    if (e == ERR_OK && code == NULL && strcmp(fault, CABINET_CODE) == 0) {
        e = cabinet_code_send(r->db, r->arena, c->target, value, r->language,
                              &fault);
        if (e == ERR_OK && fault[0] == '\0')
            return form_show(r, c, "");
    }
    if (e != ERR_OK)
        return e;
    if (fault[0] == '\0')
        return answer_redirect(r, c->done);
    return code ? form_show(r, c, fault) : form_again(r, c, fault);
}

/* The code belongs to where it was sent, not to what the form says. */
static enum err code_typed(struct req *r, const struct contact *c)
{
    const char *sent;
    enum err e = cabinet_code_waits(r->db, r->arena, c->target, &sent);

    if (e != ERR_OK)
        return e;
    if (sent[0] == '\0')
        return form_show(r, c, CABINET_OVER);
    return change(r, c, sent, form_text(r, "code"));
}

/* ---- e-mail ---- */

enum err email_form(struct req *r)
{
    return form_show(r, &by_mail, "");
}

enum err email_set(struct req *r)
{
    const char *email = form_text(r, "email");

    view_set(r, "Change.Email", email);
    if (!letter_address_fits(email) || strchr(email, '.') == NULL)
        return form_again(r, &by_mail, "email");
    return change(r, &by_mail, email, NULL);
}

enum err email_code(struct req *r)
{
    return code_typed(r, &by_mail);
}

/* ---- telephone ---- */

enum err phone_form(struct req *r)
{
    view_set(r, "Change.Country", "7");
    return form_show(r, &by_phone, "");
}

/* The digits of a field, when there are min..max and nothing else but - ( ). */
static const char *digits(struct req *r, const char *field, size_t min,
                          size_t max)
{
    const char *text = form_text(r, field);
    char *out = arena_strdup(r->arena, text);
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text >= '0' && *text <= '9')
            out[n++] = *text;
        else if (strchr(" -()+", *text) == NULL)
            return NULL;
    }
    out[n] = '\0';
    return n >= min && n <= max ? out : NULL;
}

/* +7(903)111-11-11; in other countries as many digits as they have. */
static const char *phone_of(struct req *r)
{
    const char *country = digits(r, "country", 1, 3);
    bool russian = country && strcmp(country, "7") == 0;
    const char *code = digits(r, "operator", russian ? 3 : 1, russian ? 3 : 5);
    const char *number = digits(r, "number", russian ? 7 : 5, russian ? 7 : 9);

    if (country == NULL || code == NULL || number == NULL ||
        strlen(country) + strlen(code) + strlen(number) < 10 ||
        strlen(country) + strlen(code) + strlen(number) > 15)
        return NULL;
    return russian ? arena_printf(r->arena, "+7(%s)%.3s-%.2s-%s", code, number,
                                  number + 3, number + 5)
                   : arena_printf(r->arena, "+%s(%s)%s", country, code, number);
}

enum err phone_set(struct req *r)
{
    const char *phone = phone_of(r);

    view_set(r, "Change.Country", form_text(r, "country"));
    view_set(r, "Change.Operator", form_text(r, "operator"));
    view_set(r, "Change.Number", form_text(r, "number"));
    if (phone == NULL)
        return form_again(r, &by_phone, "phone");
    return change(r, &by_phone, phone, NULL);
}

enum err phone_code(struct req *r)
{
    return code_typed(r, &by_phone);
}
