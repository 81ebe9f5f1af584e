/* Bank details: every digit that can be checked is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/report/bank.h"

static void same_word(const char *got, const char *want, const char *of)
{
    if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
        fail_msg("%s: %s, not %s", of, got == NULL ? "fine" : got,
                 want == NULL ? "fine" : want);
}

static void a_bic_is_nine_digits_of_this_country(void **state)
{
    static const struct {
        const char *bic, *want;
    } cases[] = {
        { "044525225", NULL },     { "049805746", NULL },
        { "004525987", NULL },     { "", NULL },
        { "04452522", "length" },  { "0445252250", "length" },
        { "04452522x", "digits" }, { "0445 5225", "digits" },
        { "144525225", "shape" },  { "054525225", "shape" },
        { "044525Т25", "digits" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        same_word(bank_bic_fault(cases[i].bic), cases[i].want, cases[i].bic);
    assert_null(bank_bic_fault(NULL));
}

/* The examples that the Bank of Russia's order No. 515 of 1997 calculates. */
static void accounts_of_the_published_examples_have_their_keys(void **state)
{
    (void)state;
    assert_null(bank_corr_account_fault("30101810800000000746", "049805746"));
    assert_null(bank_account_fault("40102810100000010001", "049805000"));
    assert_null(bank_account_fault("40602810700000000025", "049805746"));
}

static void every_other_key_of_an_account_is_refused(void **state)
{
    char account[] = "40602810700000000025";
    char corr[] = "30101810400000000225";

    (void)state;
    for (char key = '0'; key <= '9'; key++) {
        account[8] = corr[8] = key;
        same_word(bank_account_fault(account, "049805746"),
                  key == '7' ? NULL : "key", account);
        same_word(bank_corr_account_fault(corr, "044525225"),
                  key == '4' ? NULL : "key", corr);
    }
}

/* Weights 1, 3 and 7 are all prime to ten: one digit changed is always seen. */
static void any_single_mistyped_digit_of_an_account_is_noticed(void **state)
{
    const char right[] = "40602810700000000025";

    (void)state;
    for (size_t i = 0; i < 20; i++)
        for (char c = '0'; c <= '9'; c++) {
            char account[sizeof(right)];

            memcpy(account, right, sizeof(right));
            account[i] = c;
            if (c == right[i])
                assert_null(bank_account_fault(account, "049805746"));
            else
                assert_non_null(bank_account_fault(account, "049805746"));
        }
}

static void an_account_of_another_bank_is_refused(void **state)
{
    (void)state;
    same_word(bank_account_fault("40602810700000000025", "044525411"), "key",
              "another bank's account");
    same_word(bank_account_fault("30101810400000000225", "044525225"), "shape",
              "a correspondent account as a settlement account");
    same_word(bank_corr_account_fault("40602810700000000025", "049805746"),
              "shape", "a settlement account as a correspondent account");
    /* Same region, so the key fits: VTB's account under Sberbank's BIC */
    assert_null(bank_corr_account_fault("30101810145250000411", "044525411"));
    same_word(bank_corr_account_fault("30101810145250000411", "044525225"),
              "shape", "the correspondent account of a neighbour");
}

static void published_correspondent_accounts_fit_their_banks(void **state)
{
    static const struct {
        const char *corr, *bic;
    } cases[] = {
        { "30101810400000000225", "044525225" }, /* Sberbank, Moscow */
        { "30101810145250000974", "044525974" }, /* T-Bank */
        { "30101810200000000593", "044525593" }, /* Alfa-Bank */
        { "30101810200000000827", "044030827" },
        { "40102810845370000004", "004525987" }, /* Treasury, Moscow region */
        { "40102810545370000003", "004525988" }, /* Treasury, Moscow */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        same_word(bank_corr_account_fault(cases[i].corr, cases[i].bic), NULL,
                  cases[i].corr);
}

static void accounts_of_the_treasury_have_no_key(void **state)
{
    (void)state;
    assert_null(bank_account_fault("03100643000000017300", "004525988"));
    same_word(bank_account_fault("40602810700000000025", "004525988"), "shape",
              "a bank's account at the Treasury");
    same_word(bank_corr_account_fault("30101810400000000225", "004525987"),
              "shape", "a bank's correspondent account at the Treasury");
}

static void without_a_bic_only_the_digits_are_looked_at(void **state)
{
    (void)state;
    assert_null(bank_account_fault("40602810000000000025", ""));
    assert_null(bank_account_fault("40602810000000000025", "12"));
    same_word(bank_account_fault("4060281000000000002", ""), "length", "short");
    same_word(bank_account_fault("4060281000000000002A", NULL), "digits",
              "letter");
}

static void check_digits_of_taxpayers_are_verified(void **state)
{
    static const struct {
        const char *inn, *want;
    } cases[] = {
        { "7707083893", NULL }, /* Sberbank */
        { "7736050003", NULL }, /* Gazprom */
        { "7710140679", NULL }, /* T-Bank */
        { "7706107510", NULL }, /* Rosneft: a remainder of ten is a zero */
        { "500100732259", NULL },   { "", NULL },
        { "7707083894", "key" },    { "7770083893", "key" },
        { "500100732258", "key" },  { "500100732269", "key" },
        { "770708389", "length" },  { "77070838931", "length" },
        { "7707O83893", "digits" }, { "0000000000", "shape" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        same_word(bank_inn_fault(cases[i].inn), cases[i].want, cases[i].inn);
}

static void a_kpp_is_seven_digits_and_two_of_a_reason(void **state)
{
    (void)state;
    assert_null(bank_kpp_fault("773601001"));
    assert_null(bank_kpp_fault("7736AZ001"));
    assert_null(bank_kpp_fault(""));
    same_word(bank_kpp_fault("77360100"), "length", "short");
    same_word(bank_kpp_fault("7736az001"), "digits", "small letters");
    same_word(bank_kpp_fault("A73601001"), "digits", "a letter first");
}

static struct bank right(void)
{
    return (struct bank){ .payee = "ООО «Газ-Сервис»",
                          .inn = "7736050003",
                          .kpp = "",
                          .account = "40602810700000000025",
                          .bank_name = "Банк",
                          .bic = "049805746",
                          .corr_account = "30101810800000000746" };
}

static void refused(struct bank b, const char *field, const char *word)
{
    struct bank_fault fault = { 0 };
    char reason[64];

    assert_int_equal(bank_check(&b, &fault), ERR_INVALID);
    assert_string_equal(fault.field, field);
    assert_string_equal(fault.word, word);
    (void)snprintf(reason, sizeof(reason), "bank details: %s: %s", field, word);
    assert_string_equal(err_reason(), reason);
}

static void a_receipt_needs_all_but_the_kpp(void **state)
{
    struct bank_fault fault;
    struct bank b = right();

    (void)state;
    assert_int_equal(bank_check(&b, &fault), ERR_OK);
    b.payee = NULL;
    refused(b, "payee", "missing");
    b = right();
    b.inn = "";
    refused(b, "inn", "missing");
    b = right();
    b.account = "";
    refused(b, "account", "missing");
    b = right();
    b.bank_name = "";
    refused(b, "bank_name", "missing");
    b = right();
    b.bic = NULL;
    refused(b, "bic", "missing");
    b = right();
    b.corr_account = "";
    refused(b, "corr_account", "missing");
}

static void a_branch_may_leave_them_empty_but_not_wrong(void **state)
{
    struct bank_fault fault = { 0 };
    struct bank b = { 0 };

    (void)state;
    assert_int_equal(bank_check_given(&b, &fault), ERR_OK);
    b.account = "40602810700000000025";
    assert_int_equal(bank_check_given(&b, &fault), ERR_OK);
    b.bic = "044525411";
    assert_int_equal(bank_check_given(&b, &fault), ERR_INVALID);
    assert_string_equal(fault.field, "account");
    assert_string_equal(fault.word, "key");
}

static void an_account_in_the_bank_of_russia_has_no_correspondent(void **state)
{
    struct bank_fault fault;
    struct bank b = right();

    (void)state;
    b.bic = "049805000";
    b.account = "40102810100000010001";
    b.corr_account = "";
    assert_int_equal(bank_check(&b, &fault), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bic_is_nine_digits_of_this_country),
        cmocka_unit_test(accounts_of_the_published_examples_have_their_keys),
        cmocka_unit_test(every_other_key_of_an_account_is_refused),
        cmocka_unit_test(any_single_mistyped_digit_of_an_account_is_noticed),
        cmocka_unit_test(an_account_of_another_bank_is_refused),
        cmocka_unit_test(published_correspondent_accounts_fit_their_banks),
        cmocka_unit_test(accounts_of_the_treasury_have_no_key),
        cmocka_unit_test(without_a_bic_only_the_digits_are_looked_at),
        cmocka_unit_test(check_digits_of_taxpayers_are_verified),
        cmocka_unit_test(a_kpp_is_seven_digits_and_two_of_a_reason),
        cmocka_unit_test(a_receipt_needs_all_but_the_kpp),
        cmocka_unit_test(a_branch_may_leave_them_empty_but_not_wrong),
        cmocka_unit_test(an_account_in_the_bank_of_russia_has_no_correspondent),
    };

    return cmocka_run_group_tests_name("bank", tests, NULL, NULL);
}
