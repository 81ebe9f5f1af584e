/*
 * The password of a meter's short-range radio (GC-071), for people who go to
 * the meter. It is sealed in the database; each look stands in the log.
 */
#include "cgi-bin/operator/desk.h"

#include "lib/base/log.h"
#include "lib/base/secret.h"
#include "lib/model/desk.h"

/* The first of them that holds one; "" when none does. */
static enum err password_find(struct req *r, const struct sealed_secret *list,
                              size_t n, const char **out)
{
    struct bytes plain;
    struct secret secret;
    enum err e;

    *out = "";
    for (size_t i = 0; i < n && (*out)[0] == '\0'; i++) {
        if ((e = secret_unseal(r, list[i].identity, list[i].sealed, &plain)) !=
                ERR_OK ||
            (e = secret_read(plain, &secret)) != ERR_OK)
            return e;
        *out = arena_strdup(r->arena, secret.radio);
    }
    return ERR_OK;
}

enum err radio_view(struct req *r)
{
    const struct sealed_secret *list;
    struct meter_card card;
    const char *password;
    size_t n;
    enum err e;

    if ((e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK ||
        (e = radio_password_view(r->db, r->arena, r->id, r->address, &list,
                                 &n)) != ERR_OK)
        return e;
    desk_show(r, &card, "radio");
    e = password_find(r, list, n, &password);
    if (e != ERR_OK) { /* the key of another installation, or none */
        log_err(e, "radio password");
        view_set(r, "Radio.Locked", "1");
    } else {
        view_set(r, "Radio.Password", password);
    }
    return view_render(r, "operator/radio.cst");
}
