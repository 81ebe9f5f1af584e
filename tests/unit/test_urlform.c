/* Forms of strangers: what is taken, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/urlform.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct urlform parsed(const char *text)
{
    struct urlform f;

    assert_int_equal(urlform_parse(arena, text, strlen(text), &f), ERR_OK);
    return f;
}

static void fields_are_split_first_and_decoded_after(void **state)
{
    struct urlform f = parsed("a=1%262&b%3Dc=x+y%2Bz&d&=e&&f=");

    (void)state;
    assert_int_equal(f.n, 5);
    assert_string_equal(urlform_get(&f, "a"), "1&2");
    assert_string_equal(urlform_get(&f, "b=c"), "x y+z");
    assert_string_equal(urlform_get(&f, "d"), "");
    assert_string_equal(urlform_get(&f, ""), "e");
    assert_string_equal(urlform_get(&f, "f"), "");
    assert_null(urlform_get(&f, "g"));
}

static void an_equals_sign_in_a_value_belongs_to_it(void **state)
{
    struct urlform f = parsed("q=a=b=c");

    (void)state;
    assert_string_equal(urlform_get(&f, "q"), "a=b=c");
}

static void of_two_fields_of_one_name_the_first_counts(void **state)
{
    struct urlform f = parsed("role=view&role=admin");

    (void)state;
    assert_int_equal(f.n, 2);
    assert_string_equal(urlform_get(&f, "role"), "view");
}

static void cyrillic_in_percent_escapes_arrives_intact(void **state)
{
    struct urlform f = parsed("q=%D0%A9%D1%91%D0%BB%D0%BE%D0%BA");

    (void)state;
    assert_string_equal(urlform_get(&f, "q"), "Щёлок");
}

static void what_is_no_clean_text_is_refused(void **state)
{
    static const char *const bad[] = {
        "a=%",
        "a=%4",
        "a=%zz",
        "a=%0",
        "%g0=1",
        "a=%00",             /* NUL */
        "a=%01",             /* a control */
        "a=%7F",             /* delete */
        "a=%C2%85",          /* a control of Latin-1 */
        "a=%FF",             /* never in UTF-8 */
        "a=%D0",             /* cut short */
        "a=%D0x",            /* not continued */
        "a=%C0%AF",          /* longer than needed: a hidden slash */
        "a=%E0%80%AF",       /* the same in three */
        "a=%F0%80%80%AF",    /* and in four */
        "a=%ED%A0%80",       /* a surrogate */
        "a=%F4%90%80%80",    /* beyond U+10FFFF */
        "a=%F8%88%80%80%80", /* five bytes */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct urlform f;

        if (urlform_parse(arena, bad[i], strlen(bad[i]), &f) != ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
    }
}

static void the_ends_of_unicode_are_taken(void **state)
{
    struct urlform f = parsed("a=%C2%A0&b=%E0%A0%80&c=%ED%9F%BF&d=%F0%90%80%80&"
                              "e=%F4%8F%BF%BF&f=%09%0D%0A");

    (void)state;
    assert_int_equal(f.n, 6);
    assert_string_equal(urlform_get(&f, "e"), "\xF4\x8F\xBF\xBF");
    assert_string_equal(urlform_get(&f, "f"), "\t\r\n");
}

static void a_raw_nul_in_a_body_is_refused(void **state)
{
    struct urlform f;

    (void)state;
    assert_int_equal(urlform_parse(arena, "a=1\0b", 5, &f), ERR_INVALID);
}

static void a_form_of_too_many_fields_is_refused(void **state)
{
    char text[URLFORM_FIELDS_MAX * 4 + 8] = "";
    struct urlform f;

    (void)state;
    for (int i = 0; i < URLFORM_FIELDS_MAX; i++)
        strcat(text, i ? "&a=1" : "a=1");
    assert_int_equal(urlform_parse(arena, text, strlen(text), &f), ERR_OK);
    assert_int_equal(f.n, URLFORM_FIELDS_MAX);
    strcat(text, "&a=1");
    assert_int_equal(urlform_parse(arena, text, strlen(text), &f), ERR_INVALID);
}

static void encoding_and_parsing_are_inverse(void **state)
{
    static const char text[] = "Ёж & Ко = 100% «+»/?#;\"'\n~-_.";
    struct urlform f =
        parsed(arena_printf(arena, "q=%s", urlform_encode(arena, text)));

    (void)state;
    assert_string_equal(urlform_get(&f, "q"), text);
    assert_string_equal(urlform_encode(arena, "a/b c"), "a%2Fb%20c");
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    static const char header[] = "xlazur=1; lazur2=2; lazur=abc; lang=en";

    (void)state;
    assert_string_equal(cookie_get(arena, header, "lazur"), "abc");
    assert_string_equal(cookie_get(arena, header, "lang"), "en");
    assert_null(cookie_get(arena, header, "azur"));
    assert_null(cookie_get(arena, "", "lazur"));
    assert_null(cookie_get(arena, "lazur", "lazur"));
    assert_null(cookie_get(arena, ";;; ;", "lazur"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_split_first_and_decoded_after),
        cmocka_unit_test(an_equals_sign_in_a_value_belongs_to_it),
        cmocka_unit_test(of_two_fields_of_one_name_the_first_counts),
        cmocka_unit_test(cyrillic_in_percent_escapes_arrives_intact),
        cmocka_unit_test(what_is_no_clean_text_is_refused),
        cmocka_unit_test(the_ends_of_unicode_are_taken),
        cmocka_unit_test(a_raw_nul_in_a_body_is_refused),
        cmocka_unit_test(a_form_of_too_many_fields_is_refused),
        cmocka_unit_test(encoding_and_parsing_are_inverse),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
    };

    return cmocka_run_group_tests_name("forms", tests, set_up, tear_down);
}
