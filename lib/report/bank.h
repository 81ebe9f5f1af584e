/*
 * Details of a Russian bank account, checked before they are printed: one
 * wrong digit here is a lost payment of every subscriber at once.
 */
#ifndef LAZUR_LIB_REPORT_BANK_H
#define LAZUR_LIB_REPORT_BANK_H

#include "lib/base/err.h"

/* Whom to pay. Empty text and NULL are the same: not given. */
struct bank {
    const char *payee;        /* full name of the organisation */
    const char *inn;          /* 10 digits, or 12 of a person */
    const char *kpp;          /* 9 characters; may be empty */
    const char *account;      /* settlement account, 20 digits */
    const char *bank_name;    /* */
    const char *bic;          /* 9 digits */
    const char *corr_account; /* 20 digits; empty in a bank of Bank of Russia */
};

/*
 * Machine words, so that a screen can say it in any language:
 *   field  payee inn kpp account bank_name bic corr_account
 *   word   missing   empty, and a receipt needs it
 *          digits    has something that is not a digit
 *          length    too few or too many characters
 *          shape     does not begin or end as it must
 *          key       its check digit is wrong: mistyped, or of another bank
 */
struct bank_fault {
    const char *field, *word;
};

/* The word of what is wrong, or NULL. An empty value is fine here. */
const char *bank_bic_fault(const char *bic);
const char *bank_inn_fault(const char *inn);
const char *bank_kpp_fault(const char *kpp);

/* Keys depend on the BIC: without a BIC only digits and length are checked. */
const char *bank_account_fault(const char *account, const char *bic);
const char *bank_corr_account_fault(const char *corr, const char *bic);

/*
 * bank_check_given - what is filled in is right (the form of a branch).
 *
 * ERR_INVALID with the first wrong field in fault; the reason for the log has
 * the same words and none of the numbers.
 */
enum err bank_check_given(const struct bank *b,
                          struct bank_fault *fault) MUST_CHECK;

/* As above, and all that a receipt needs is there; kpp alone may be empty. */
enum err bank_check(const struct bank *b, struct bank_fault *fault) MUST_CHECK;

#endif
