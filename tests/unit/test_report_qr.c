/* The string of a payment's QR code, GOST R 56042-2014. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/report/payment_qr.h"
#include "lib/report/utf8.h"

static struct payment usual(void)
{
    return (struct payment){
        .to = { .payee = "ООО \"Газ-Сервис\"",
                .inn = "7736050003",
                .kpp = "773601001",
                .account = "40602810700000000025",
                .bank_name = "ПАО СБЕРБАНК",
                .bic = "049805746",
                .corr_account = "30101810800000000746" },
        .sum = { 123456 },
        .purpose = "Оплата газа л/с 0012345 за 11.2026",
        .pers_acc = "0012345",
        .last_name = "Иванов",
        .first_name = "Иван",
        .middle_name = "Иванович",
        .payer_address = "г. Клин, ул. Мира, 5-12",
        .paym_period = "112026",
    };
}

static struct arena *arena;

static const char *text_of(const struct payment *p)
{
    struct bank_fault fault;
    const char *text = NULL;

    assert_int_equal(payment_qr_text(arena, p, &fault, &text), ERR_OK);
    return text;
}

static void a_payment_is_written_in_the_order_of_the_standard(void **state)
{
    struct payment p = usual();

    (void)state;
    assert_string_equal(
        text_of(&p),
        "ST00012|Name=ООО \"Газ-Сервис\"|PersonalAcc=40602810700000000025"
        "|BankName=ПАО СБЕРБАНК|BIC=049805746"
        "|CorrespAcc=30101810800000000746|PayeeINN=7736050003|KPP=773601001"
        "|PersAcc=0012345|LastName=Иванов|FirstName=Иван|MiddleName=Иванович"
        "|PayerAddress=г. Клин, ул. Мира, 5-12"
        "|Purpose=Оплата газа л/с 0012345 за 11.2026|PaymPeriod=112026"
        "|Sum=123456|TechCode=02");
}

static void what_is_not_known_is_left_out(void **state)
{
    struct payment p = usual();

    (void)state;
    p.sum.kopecks = 0;
    p.to.kpp = "";
    p.first_name = p.middle_name = p.payer_address = NULL;
    p.paym_period = "";
    assert_string_equal(
        text_of(&p),
        "ST00012|Name=ООО \"Газ-Сервис\"|PersonalAcc=40602810700000000025"
        "|BankName=ПАО СБЕРБАНК|BIC=049805746"
        "|CorrespAcc=30101810800000000746|PayeeINN=7736050003"
        "|PersAcc=0012345|LastName=Иванов"
        "|Purpose=Оплата газа л/с 0012345 за 11.2026|TechCode=02");
}

static void another_separator_is_chosen_when_a_value_has_it(void **state)
{
    struct payment p = usual();

    (void)state;
    p.payer_address = "ул. Мира, 5|12";
    assert_memory_equal(text_of(&p), "ST00012~Name=", 13);
    assert_non_null(strstr(text_of(&p), "~PayerAddress=ул. Мира, 5|12~"));
    p.purpose = "a~b";
    assert_memory_equal(text_of(&p), "ST00012^Name=", 13);
}

static void a_value_with_every_separator_is_refused(void **state)
{
    struct payment p = usual();
    struct bank_fault fault = { 0 };
    const char *text;

    (void)state;
    p.purpose = "|~^`#$\\*;!";
    assert_int_equal(payment_qr_text(arena, &p, &fault, &text), ERR_INVALID);
    assert_string_equal(fault.field, "qr");
    assert_string_equal(fault.word, "separator");
}

/* The value of a field, to its separator. */
static char *value(const char *text, const char *name)
{
    char head[32];
    const char *at;

    (void)snprintf(head, sizeof(head), "|%s=", name);
    at = strstr(text, head);
    assert_non_null(at);
    at += strlen(head);
    return arena_strndup(arena, at, strcspn(at, "|"));
}

static void long_text_is_cut_at_a_whole_character(void **state)
{
    struct payment p = usual();
    char letters[801] = "";
    const char *text;

    (void)state;
    for (int i = 0; i < 400; i++)
        memcpy(letters + 2 * (size_t)i, i % 2 ? "ж" : "Ы", 3);
    p.purpose = p.to.payee = p.to.bank_name = letters;
    text = text_of(&p);
    assert_int_equal(strlen(value(text, "Purpose")), 2 * 160);
    assert_int_equal(strlen(value(text, "Name")), 2 * 160);
    assert_int_equal(strlen(value(text, "BankName")), 2 * 45);
    assert_memory_equal(value(text, "BankName"), letters, 2 * (size_t)45);
}

static void a_line_end_in_an_address_becomes_a_space(void **state)
{
    struct payment p = usual();

    (void)state;
    p.payer_address = "г. Клин\r\nул. Мира\t5";
    assert_string_equal(value(text_of(&p), "PayerAddress"),
                        "г. Клин  ул. Мира 5");
}

static void wrong_details_make_no_code(void **state)
{
    struct payment p = usual();
    struct bank_fault fault = { 0 };
    const char *text;

    (void)state;
    p.to.account = "40602810800000000025";
    assert_int_equal(payment_qr_text(arena, &p, &fault, &text), ERR_INVALID);
    assert_string_equal(fault.field, "account");
    assert_string_equal(fault.word, "key");
    p = usual();
    p.sum.kopecks = -1;
    assert_int_equal(payment_qr_text(arena, &p, &fault, &text), ERR_INVALID);
    assert_string_equal(fault.field, "sum");
    assert_string_equal(fault.word, "negative");
}

static void
a_payee_of_the_bank_of_russia_has_zero_as_correspondent(void **state)
{
    struct payment p = usual();

    (void)state;
    p.to.bic = "049805000";
    p.to.account = "40102810100000010001";
    p.to.corr_account = NULL;
    assert_string_equal(value(text_of(&p), "CorrespAcc"), "0");
}

static void a_symbol_has_its_three_finders(void **state)
{
    struct payment p = usual();
    struct qr qr;

    (void)state;
    assert_int_equal(qr_of_text(arena, text_of(&p), &qr), ERR_OK);
    assert_int_equal((qr.size - 17) % 4, 0);
    for (int i = 0; i < 7; i++) {
        int last = qr.size - 1;

        assert_int_equal(qr.dark[i], 1);
        assert_int_equal(qr.dark[last - i], 1);
        assert_int_equal(qr.dark[(size_t)last * (size_t)qr.size + (size_t)i],
                         1);
    }
    assert_int_equal(qr.dark[7], 0);
}

static void text_beyond_the_largest_symbol_is_refused(void **state)
{
    char *text = arena_alloc(arena, 2333);
    struct qr qr;

    (void)state;
    /* ISO/IEC 18004, table 7: 2331 bytes in version 40-M */
    memset(text, 'a', 2331);
    assert_int_equal(qr_of_text(arena, text, &qr), ERR_OK);
    assert_int_equal(qr.size, 177);
    text[2331] = 'a';
    assert_int_equal(qr_of_text(arena, text, &qr), ERR_INVALID);
}

static void bytes_that_are_no_utf8_are_read_one_after_another(void **state)
{
    static const struct {
        const char *bytes;
        uint32_t want[4];
    } cases[] = {
        { "aЖ", { 'a', 0x416 } },
        { "\xE2\x82\xAC\xF0\x9F\x94\xA5", { 0x20AC, 0x1F525 } },
        { "\xD0", { UTF8_BROKEN } },
        { "\xE2\x82", { UTF8_BROKEN } },
        { "\xFFz", { UTF8_BROKEN, 'z' } },
        { "\xC0\xAF", { UTF8_BROKEN, UTF8_BROKEN } },
        { "\xED\xA0\x80", { UTF8_BROKEN } },
        { "\xE0\x80\x80", { UTF8_BROKEN } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *p = cases[i].bytes;

        for (size_t j = 0; j < 4; j++)
            assert_int_equal(utf8_next(&p), cases[i].want[j]);
        assert_int_equal(*p, '\0');
    }
}

static void what_is_read_is_written_the_same(void **state)
{
    const char *text = "aЖ€\xF0\x9F\x94\xA5", *p = text;
    char out[16];
    size_t n = 0;
    uint32_t c;

    (void)state;
    while ((c = utf8_next(&p)) != 0)
        n += utf8_put(out + n, c);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(out, text, n);
}

static int make_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_is_written_in_the_order_of_the_standard),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(another_separator_is_chosen_when_a_value_has_it),
        cmocka_unit_test(a_value_with_every_separator_is_refused),
        cmocka_unit_test(long_text_is_cut_at_a_whole_character),
        cmocka_unit_test(a_line_end_in_an_address_becomes_a_space),
        cmocka_unit_test(wrong_details_make_no_code),
        cmocka_unit_test(
            a_payee_of_the_bank_of_russia_has_zero_as_correspondent),
        cmocka_unit_test(a_symbol_has_its_three_finders),
        cmocka_unit_test(text_beyond_the_largest_symbol_is_refused),
        cmocka_unit_test(bytes_that_are_no_utf8_are_read_one_after_another),
        cmocka_unit_test(what_is_read_is_written_the_same),
    };

    return cmocka_run_group_tests_name("payment qr", tests, make_arena,
                                       free_arena);
}
