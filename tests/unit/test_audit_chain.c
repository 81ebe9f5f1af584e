/* The chain of the log: what a record's hash is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/audit_chain.h"

static const struct audit_record line = {
    .seq = 1,
    .id = 7,
    .at_us = 1700000000123456,
    .login = "ivanova",
    .action = "Закрыть клапан",
    .note = "прибор №1",
    .address = "10.0.0.1",
};

static void hash_text(const struct audit_record *r, char text[AUDIT_HASH_TEXT])
{
    struct audit_hash before = { { 0 } };

    audit_hash_write(audit_hash_of(before, r), text);
}

static void assert_other(const struct audit_record *r)
{
    char first[AUDIT_HASH_TEXT], text[AUDIT_HASH_TEXT];

    hash_text(&line, first);
    hash_text(r, text);
    assert_string_not_equal(text, first);
}

/* Computed once with another program (Python's hashlib and struct). */
static void the_hash_of_a_record_is_the_one_another_program_computes(void **s)
{
    char text[AUDIT_HASH_TEXT];

    (void)s;
    hash_text(&line, text);
    assert_string_equal(
        text,
        "63f168d12bc9444dc387de2a56f334177126d0f6019d021e4b29835979a25950");
}

static void every_field_of_a_record_counts(void **s)
{
    struct audit_record r;

    (void)s;
    r = line, r.seq = 2, assert_other(&r);
    r = line, r.id = 8, assert_other(&r);
    r = line, r.at_us++, assert_other(&r);
    r = line, r.login = "ivanov", assert_other(&r);
    r = line, r.action = "Открыть клапан", assert_other(&r);
    r = line, r.note = "", assert_other(&r);
    r = line, r.address = NULL, assert_other(&r);
    r = line, r.address = "", assert_other(&r);
}

static void letters_do_not_move_from_one_field_to_the_next(void **s)
{
    struct audit_record a = line, b = line;
    char of_a[AUDIT_HASH_TEXT], of_b[AUDIT_HASH_TEXT];

    (void)s;
    a.action = "ab", a.note = "c";
    b.action = "a", b.note = "bc";
    hash_text(&a, of_a);
    hash_text(&b, of_b);
    assert_string_not_equal(of_a, of_b);
}

static void the_hash_before_counts(void **s)
{
    struct audit_hash zero = { { 0 } }, one = { { 1 } };
    struct audit_hash a = audit_hash_of(zero, &line);
    struct audit_hash b = audit_hash_of(one, &line);

    (void)s;
    assert_memory_not_equal(a.at, b.at, AUDIT_HASH_LEN);
}

static void a_hash_is_read_as_it_was_written_and_nothing_else_is_one(void **s)
{
    static const char *const wrong[] = {
        "",
        "00",
        "g000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000000g",
        "A000000000000000000000000000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000000000000000000000000000",
    };
    char text[AUDIT_HASH_TEXT];
    struct audit_hash h, again;

    (void)s;
    for (size_t i = 0; i < AUDIT_HASH_LEN; i++)
        h.at[i] = (uint8_t)(i * 37);
    audit_hash_write(h, text);
    assert_int_equal(audit_hash_read(text, &again), ERR_OK);
    assert_memory_equal(h.at, again.at, AUDIT_HASH_LEN);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(audit_hash_read(wrong[i], &again), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_hash_of_a_record_is_the_one_another_program_computes),
        cmocka_unit_test(every_field_of_a_record_counts),
        cmocka_unit_test(letters_do_not_move_from_one_field_to_the_next),
        cmocka_unit_test(the_hash_before_counts),
        cmocka_unit_test(
            a_hash_is_read_as_it_was_written_and_nothing_else_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
