/* GOST R 56042-2014 as text, and libqrencode, which makes a symbol of it. */
#include "lib/report/payment_qr.h"

#include <inttypes.h>
#include <string.h>

#include <qrencode.h>

#include "lib/base/buf.h"
#include "lib/report/utf8.h"

/* The service block: standard, version 1, character set 2 (UTF-8). */
#define SERVICE "ST00012"

struct field {
    const char *name, *value;
    size_t characters; /* at most */
};

#define FIELDS_MAX 20

static const char *or_empty(const char *s)
{
    return s == NULL ? "" : s;
}

/* Tables 4 to 6 of the standard: five that must be, in this order, then more */
static size_t list_fields(struct arena *a, const struct payment *p,
                          struct field *f)
{
    const char *corr = or_empty(p->to.corr_account);
    const struct field all[] = {
        { "Name", p->to.payee, 160 },
        { "PersonalAcc", p->to.account, 20 },
        { "BankName", p->to.bank_name, 45 },
        { "BIC", p->to.bic, 9 },
        { "CorrespAcc", corr[0] == '\0' ? "0" : corr, 20 },
        { "PayeeINN", p->to.inn, 12 },
        { "KPP", p->to.kpp, 9 },
        { "PersAcc", p->pers_acc, 50 },
        { "LastName", p->last_name, 60 },
        { "FirstName", p->first_name, 60 },
        { "MiddleName", p->middle_name, 60 },
        { "PayerAddress", p->payer_address, 120 },
        /* 210 in some readings of the standard; 160 passes everywhere */
        { "Purpose", p->purpose, 160 },
        { "PaymPeriod", p->paym_period, 10 },
        { "CounterId", p->counter_id, 20 },
        { "CounterVal", p->counter_val, 20 },
        { "Sum",
          p->sum.kopecks == 0 ? ""
                              : arena_printf(a, "%" PRId64, p->sum.kopecks),
          18 },
        { "TechCode", "02", 2 },
    };
    size_t n = 0;

    _Static_assert(sizeof(all) / sizeof(all[0]) <= FIELDS_MAX, "FIELDS_MAX");
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (or_empty(all[i].value)[0] != '\0')
            f[n++] = all[i];
    return n;
}

/* The value as it goes into the code: one line, not longer than its field. */
static const char *clean(struct arena *a, const struct field *f)
{
    size_t len = utf8_len_of(f->value, f->characters);
    char *s = arena_strndup(a, f->value, len);

    for (char *c = s; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    return s;
}

/* The standard names | and lets any other take its place. */
static char separator_for(const struct field *f, size_t n)
{
    for (const char *s = "|~^`#$\\*;!"; *s != '\0'; s++) {
        size_t i = 0;

        while (i < n && strchr(f[i].value, *s) == NULL)
            i++;
        if (i == n)
            return *s;
    }
    return '\0';
}

static enum err refuse(struct bank_fault *fault, const char *field,
                       const char *word)
{
    fault->field = field;
    fault->word = word;
    return err_raise(ERR_INVALID, "payment: %s: %s", field, word);
}

static const char *join(struct arena *a, const struct field *f, size_t n,
                        char separator)
{
    struct buf b = { 0 };
    char *s;

    buf_puts(&b, SERVICE);
    for (size_t i = 0; i < n; i++) {
        buf_putc(&b, separator);
        buf_puts(&b, f[i].name);
        buf_putc(&b, '=');
        buf_puts(&b, f[i].value);
    }
    s = arena_strndup(a, b.at, b.len);
    buf_free(&b);
    return s;
}

enum err payment_qr_text(struct arena *a, const struct payment *p,
                         struct bank_fault *fault, const char **out)
{
    struct field f[FIELDS_MAX];
    size_t n;
    char separator;
    enum err e;

    if ((e = bank_check(&p->to, fault)) != ERR_OK)
        return e;
    if (p->sum.kopecks < 0)
        return refuse(fault, "sum", "negative");
    n = list_fields(a, p, f);
    for (size_t i = 0; i < n; i++)
        f[i].value = clean(a, &f[i]);
    if ((separator = separator_for(f, n)) == '\0')
        return refuse(fault, "qr", "separator");
    *out = join(a, f, n, separator);
    return ERR_OK;
}

enum err qr_of_text(struct arena *a, const char *text, struct qr *out)
{
    QRcode *code = QRcode_encodeData(
        (int)strlen(text), (const unsigned char *)text, 0, QR_ECLEVEL_M);
    size_t modules;
    uint8_t *dark;

    if (code == NULL)
        return err_raise(ERR_INVALID, "QR code: %zu bytes do not fit",
                         strlen(text));
    modules = (size_t)code->width * (size_t)code->width;
    dark = arena_alloc(a, modules);
    for (size_t i = 0; i < modules; i++)
        dark[i] = code->data[i] & 1;
    out->size = code->width;
    out->dark = dark;
    QRcode_free(code);
    return ERR_OK;
}
