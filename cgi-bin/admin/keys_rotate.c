/*
 * Other keys for a meter: made here by chance, brought by a command, and kept
 * beside the old ones until it is known which of them the meter has.
 */
#include "cgi-bin/admin/meter_keys.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <string.h>

#define PASSWORD_MIN 8
#define SECRET_MIN   16

/* ---- chance ---- */

/* Letters and digits that are not taken for each other, each as likely. */
static enum err password_make(struct arena *a, size_t n, const char **out)
{
    static const char letters[] =
        "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    const size_t of = sizeof(letters) - 1;
    char *text = arena_alloc(a, n + 1);
    unsigned char octet;

    for (size_t i = 0; i < n;) {
        if (RAND_bytes(&octet, 1) != 1)
            return err_raise(ERR_IO, "no random numbers");
        if (octet < 256 / of * of)
            text[i++] = letters[octet % of];
    }
    text[n] = '\0';
    *out = text;
    return ERR_OK;
}

static enum err key_make(struct arena *a, const char **out)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char octets[SECRET_KEY_LEN];
    char *text = arena_alloc(a, 2 * sizeof(octets) + 1);

    if (RAND_bytes(octets, sizeof(octets)) != 1)
        return err_raise(ERR_IO, "no random numbers");
    for (size_t i = 0; i < sizeof(octets); i++) {
        text[2 * i] = digits[octets[i] >> 4];
        text[2 * i + 1] = digits[octets[i] & 15];
    }
    text[2 * sizeof(octets)] = '\0';
    explicit_bzero(octets, sizeof(octets));
    *out = text;
    return ERR_OK;
}

static size_t longer(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- what can be changed ---- */

static unsigned mechanism_of(const struct secret *s)
{
    if (s->has_mechanism)
        return s->mechanism;
    return s->lls_len > 0;
}

static bool can(const struct secret *s, const char *what)
{
    if (strcmp(what, "lls") == 0)
        return mechanism_of(s) == 1 && s->lls_len > 0;
    if (strcmp(what, "hls") == 0)
        return mechanism_of(s) > 1 && mechanism_of(s) != 5 && s->hls_len > 0;
    return strcmp(what, "keys") == 0 && secret_ciphers(s) && s->has_kek;
}

static const char *const choices[] = { "lls", "hls", "keys" };
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

bool keys_rotatable(const struct secret *is)
{
    for (size_t i = 0; i < CHOICES; i++)
        if (can(is, choices[i]))
            return true;
    return false;
}

static const struct sheet_field fields[] = {
    { .name = "what", .kind = SHEET_RADIO, .required = true },
};

static struct sheet rotate_sheet(struct req *r)
{
    struct sheet s = keys_sheet(r, "rotate");

    s.fields = fields;
    s.n = 1;
    return s;
}

static enum err rotate_show(struct sheet *s, const struct keys_opened *k)
{
    struct req *r = s->r;
    size_t n = 0;

    keys_facts(s, &k->meter);
    sheet_title(s, "RotateTitle", "");
    for (size_t i = 0; i < CHOICES; i++) {
        if (!can(&k->is, choices[i]))
            continue;
        if (n++ == 0 && sheet_text(s, "what")[0] == '\0')
            sheet_put(s, "what", choices[i]);
        sheet_option(
            s, "what", choices[i],
            word(r, arena_printf(r->arena, "Keys.rotate_%s", choices[i])));
    }
    if (n == 0 || k->list.n != 1) {
        s->n = 0;
        sheet_notice(s, "warn", n == 0 ? "NothingToRotate" : "Several");
        view_set(r, "Sheet.Closed", "1");
        answer_status(r, 422);
        return sheet_render(s, NULL);
    }
    sheet_notice(s, "info", "RotateAbout");
    sheet_button(s, "danger", "Rotate");
    return sheet_render(s, NULL);
}

enum err keys_rotate_ask(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = rotate_sheet(r);
    enum err e = keys_open(r, &k);

    if (e != ERR_OK)
        return keys_locked(&s, e);
    return rotate_show(&s, &k);
}

/* The lines as they are to be. */
static enum err others_make(struct req *r, const struct keys_opened *k,
                            const char *what, struct bytes *text)
{
    const char *one = "", *two = "";
    struct arena *a = r->arena;
    enum err e;

    *text = k->text;
    if (strcmp(what, "keys") == 0) {
        if ((e = key_make(a, &one)) != ERR_OK ||
            (e = key_make(a, &two)) != ERR_OK)
            return e;
        *text = secret_with(a, *text, SECRET_EK, one);
        *text = secret_with(a, *text, SECRET_AK, two);
        return ERR_OK;
    }
    if (strcmp(what, "lls") == 0) {
        e = password_make(a, longer(k->is.lls_len, PASSWORD_MIN), &one);
        *text = secret_with(a, *text, SECRET_LLS, one);
        return e;
    }
    e = password_make(a, longer(k->is.hls_len, SECRET_MIN), &one);
    *text = secret_with(a, *text, SECRET_HLS, one);
    return e;
}

enum err keys_rotate_do(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = rotate_sheet(r);
    struct keys_change c;
    struct bytes text;
    enum err e = keys_open(r, &k);

    if (e != ERR_OK)
        return keys_locked(&s, e);
    sheet_read(&s);
    if (!can(&k.is, sheet_text(&s, "what")) || k.list.n != 1) {
        sheet_mistake(&s, "what", "CannotRotate");
        return rotate_show(&s, &k);
    }
    if ((e = others_make(r, &k, sheet_text(&s, "what"), &text)) == ERR_OK &&
        (e = keys_close(r, &k.list, k.text, text, k.identity, &c)) == ERR_OK)
        e = keys_rotate(r->db, r->arena, &c, r->address);
    explicit_bzero(&k.is, sizeof(k.is));
    return e != ERR_OK ? keys_locked(&s, e)
                       : sheet_done(&s, "RotateDone", k.meter.serial);
}

/* ---- taken back, sent again ---- */

static enum err ask(struct req *r, const char *what, const char *title,
                    const char *about, const char *button)
{
    struct sheet s = keys_sheet(r, what);
    struct fleet_meter m;
    enum err e = fleet_find(r->db, r->arena, r->id, &m);

    if (e != ERR_OK)
        return e;
    keys_facts(&s, &m);
    sheet_title(&s, title, "");
    sheet_notice(&s, "info", about);
    sheet_button(&s, "primary", button);
    return sheet_render(&s, NULL);
}

enum err keys_stop_ask(struct req *r)
{
    return ask(r, "withdraw", "WithdrawTitle", "WithdrawAbout", "Withdraw");
}

enum err keys_repeat_ask(struct req *r)
{
    return ask(r, "again", "AgainTitle", "AgainAbout", "Again");
}

enum err keys_stop(struct req *r)
{
    struct sheet s = keys_sheet(r, "withdraw");
    enum err e = keys_withdraw(r->db, r->arena, r->id, r->address);

    return e != ERR_OK ? keys_locked(&s, e)
                       : sheet_done(&s, "WithdrawDone", "");
}

enum err keys_repeat(struct req *r)
{
    struct sheet s = keys_sheet(r, "again");
    enum err e = keys_again(r->db, r->arena, r->id, r->address);

    return e != ERR_OK ? keys_locked(&s, e) : sheet_done(&s, "AgainDone", "");
}
