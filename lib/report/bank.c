/* Check digits of accounts and taxpayers, and the shapes of BIC and KPP. */
#include "lib/report/bank.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ACCOUNT_LEN 20
#define BIC_LEN     9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool empty(const char *s)
{
    return s == NULL || s[0] == '\0';
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* NULL when s is exactly len digits. */
static const char *digits_fault(const char *s, size_t len)
{
    size_t n = 0;

    for (; s[n] != '\0'; n++)
        if (!is_digit(s[n]))
            return "digits";
    return n == len ? NULL : "length";
}

/*
 * A BIC begins with 04 (a bank), 01 (the Bank of Russia itself) or 00 (a body
 * of the Treasury); 0 is the country.
 */
const char *bank_bic_fault(const char *bic)
{
    const char *word;

    if (empty(bic))
        return NULL;
    if ((word = digits_fault(bic, BIC_LEN)) != NULL)
        return word;
    return begins(bic, "04") || begins(bic, "01") || begins(bic, "00")
               ? NULL
               : "shape";
}

/*
 * Bank of Russia, 08.09.1997 No. 515, "Порядок расчета контрольного ключа в
 * номере лицевого счета": 3 digits of who keeps the account, then the 20 of
 * the account; weights 7, 1, 3 in turn; the last digits of the products add
 * up to a multiple of ten (clause 6, the check of a number that has its key).
 */
static bool key_fits(const char keeper[3], const char *account)
{
    static const int weights[] = { 7, 1, 3 };
    int sum = 0;

    for (size_t i = 0; i < 3; i++)
        sum += (keeper[i] - '0') * weights[i] % 10;
    for (size_t i = 0; i < ACCOUNT_LEN; i++)
        sum += (account[i] - '0') * weights[i % 3] % 10;
    return sum % 10 == 0;
}

/* Kept by a cash centre of the Bank of Russia: digits 5-6 of the BIC. */
static bool key_fits_centre(const char *bic, const char *account)
{
    const char keeper[3] = { '0', bic[4], bic[5] };

    return key_fits(keeper, account);
}

/* These banks are the Bank of Russia's own: they have no correspondent. */
static bool is_cash_centre(const char *bic)
{
    const char *own = bic + 6;

    return begins(bic, "01") || strcmp(own, "000") == 0 ||
           strcmp(own, "001") == 0 || strcmp(own, "002") == 0;
}

static bool is_treasury(const char *bic)
{
    return begins(bic, "00");
}

const char *bank_account_fault(const char *account, const char *bic)
{
    const char *word;

    if (empty(account))
        return NULL;
    if ((word = digits_fault(account, ACCOUNT_LEN)) != NULL)
        return word;
    if (begins(account, "301"))
        return "shape"; /* a correspondent account in the wrong field */
    if (empty(bic) || bank_bic_fault(bic) != NULL)
        return NULL;
    /* Accounts of the Treasury, 03…, have no such key. */
    if (is_treasury(bic))
        return account[0] == '0' ? NULL : "shape";
    if (is_cash_centre(bic))
        return key_fits_centre(bic, account) ? NULL : "key";
    return key_fits(bic + 6, account) ? NULL : "key";
}

/*
 * A bank's correspondent account begins with 301 and ends with the last three
 * digits of its BIC; in the Treasury the single treasury account, 40102…,
 * stands in its place. Either is keyed by the cash centre.
 */
const char *bank_corr_account_fault(const char *corr, const char *bic)
{
    const char *word;

    if (empty(corr))
        return NULL;
    if ((word = digits_fault(corr, ACCOUNT_LEN)) != NULL)
        return word;
    if (!begins(corr, "301") && !begins(corr, "40102"))
        return "shape";
    if (empty(bic) || bank_bic_fault(bic) != NULL)
        return NULL;
    if (!key_fits_centre(bic, corr))
        return "key";
    if (begins(corr, "301") != !is_treasury(bic))
        return "shape";
    return is_treasury(bic) || strcmp(corr + 17, bic + 6) == 0 ? NULL : "shape";
}

/* The n weights are the last n of these. */
static int inn_digit(const char *inn, size_t n)
{
    static const int weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    const int *w = weights + (sizeof(weights) / sizeof(weights[0]) - n);
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (inn[i] - '0') * w[i];
    return sum % 11 % 10;
}

/*
 * Order of the Federal Tax Service of 29.06.2012 No. MMV-7-6/435: the last
 * digit of ten, the last two of twelve.
 */
const char *bank_inn_fault(const char *inn)
{
    const char *word;
    bool fits;

    if (empty(inn))
        return NULL;
    if ((word = digits_fault(inn, strlen(inn) == 12 ? 12 : 10)) != NULL)
        return word;
    if (begins(inn, "00"))
        return "shape"; /* no such region */
    if (inn[10] == '\0')
        fits = inn_digit(inn, 9) == inn[9] - '0';
    else
        fits = inn_digit(inn, 10) == inn[10] - '0' &&
               inn_digit(inn, 11) == inn[11] - '0';
    return fits ? NULL : "key";
}

/* Four digits of the tax office, two of the reason (or A-Z), three more. */
const char *bank_kpp_fault(const char *kpp)
{
    if (empty(kpp))
        return NULL;
    if (strlen(kpp) != 9)
        return "length";
    for (size_t i = 0; i < 9; i++) {
        bool letter_may_be = i == 4 || i == 5;

        if (!is_digit(kpp[i]) &&
            !(letter_may_be && kpp[i] >= 'A' && kpp[i] <= 'Z'))
            return "digits";
    }
    return NULL;
}

static enum err fault_raise(struct bank_fault *fault, const char *field,
                            const char *word)
{
    fault->field = field;
    fault->word = word;
    return err_raise(ERR_INVALID, "bank details: %s: %s", field, word);
}

enum err bank_check_given(const struct bank *b, struct bank_fault *fault)
{
    const struct bank_fault found[] = {
        { "inn", bank_inn_fault(b->inn) },
        { "kpp", bank_kpp_fault(b->kpp) },
        { "bic", bank_bic_fault(b->bic) },
        { "account", bank_account_fault(b->account, b->bic) },
        { "corr_account", bank_corr_account_fault(b->corr_account, b->bic) },
    };

    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
        if (found[i].word != NULL)
            return fault_raise(fault, found[i].field, found[i].word);
    return ERR_OK;
}

enum err bank_check(const struct bank *b, struct bank_fault *fault)
{
    const struct {
        const char *field, *value;
    } needed[] = {
        { "payee", b->payee },         { "inn", b->inn },
        { "account", b->account },     { "bic", b->bic },
        { "bank_name", b->bank_name },
    };
    enum err e;

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (empty(needed[i].value))
            return fault_raise(fault, needed[i].field, "missing");
    if ((e = bank_check_given(b, fault)) != ERR_OK)
        return e;
    if (empty(b->corr_account) && !is_cash_centre(b->bic))
        return fault_raise(fault, "corr_account", "missing");
    return ERR_OK;
}
