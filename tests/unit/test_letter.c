/* Templates become plain text and HTML; every template there is can be made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/letter/letter.h"
#include "lib/model/letter.h"

static int arena_setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

/* What lib/model/letter.h promises that callers give. */
static const struct letter_value all[] = {
    { "name", "Иван <i>Иванович</i>" },
    { "login", "ivanov" },
    { "login_url", "https://lazur.example.org/" },
    { "at", "20-11-2026 14:07" },
    { "link", "https://lazur.example.org/r?a=1&b=2" },
    { "email", "ivanov@example.org" },
    { "code", "012345" },
    { "branch", "Южный" },
    { "serial", "02112345" },
    { "model", "СГБЭТ" },
    { "command", "закрыть клапан" },
};
#define N_ALL (sizeof(all) / sizeof(all[0]))

static void every_template_is_made_in_both_languages(void **state)
{
    size_t letters = 0, english = 0;

    for (const struct letter_template *t = letter_templates; t->channel; t++) {
        struct letter_text out;

        assert_int_equal(letter_make(*state, t->channel, t->kind, t->language,
                                     all, N_ALL, &out),
                         ERR_OK);
        assert_null(strchr(out.text, '{'));
        assert_null(strstr(out.html, "<i>"));
        assert_true(strlen(out.text) > 10);
        assert_int_equal(out.subject[0] != '\0',
                         strcmp(t->channel, "mail") == 0);
        letters++;
        english += strcmp(t->language, "en") == 0;
    }
    assert_true(letters >= 28);
    assert_int_equal(letters, english * 2);
}

static void an_sms_fits_seventy_characters(void **state)
{
    for (const struct letter_template *t = letter_templates; t->channel; t++) {
        struct letter_text out;
        size_t characters = 0;

        if (strcmp(t->channel, "sms") != 0)
            continue;
        assert_int_equal(letter_make(*state, t->channel, t->kind, t->language,
                                     all, N_ALL, &out),
                         ERR_OK);
        for (const char *s = out.text; *s != '\0'; s++)
            characters += ((unsigned char)*s & 0xc0) != 0x80 && *s != '\n';
        assert_true(characters <= 70);
        assert_string_equal(out.html, "");
    }
}

static void a_language_without_a_template_speaks_russian(void **state)
{
    struct letter_text ru, de;

    assert_int_equal(
        letter_make(*state, "sms", "tamper", "ru", all, N_ALL, &ru), ERR_OK);
    assert_int_equal(
        letter_make(*state, "sms", "tamper", "de", all, N_ALL, &de), ERR_OK);
    assert_string_equal(ru.text, de.text);
}

static void what_is_missing_is_said(void **state)
{
    struct letter_text out;

    assert_int_equal(letter_make(*state, "sms", "tamper", "ru", NULL, 0, &out),
                     ERR_INVALID);
    assert_int_equal(
        letter_make(*state, "mail", "spam", "ru", all, N_ALL, &out),
        ERR_NOT_FOUND);
}

static void values_are_escaped_and_keep_to_their_line(void **state)
{
    const struct letter_value values[] = {
        { "name", "<script>\"&\r\n- item\n" },
        { "link", "javascript:alert(1)" },
    };
    struct letter_text out;

    assert_int_equal(letter_make_of(*state,
                                    "Subject: To {name}\n\nDear {name}!\n\n"
                                    "[open]({link})\n",
                                    "en", values, 2, &out),
                     ERR_OK);
    assert_string_equal(out.subject, "To <script>\"&  - item ");
    assert_non_null(strstr(out.html, "Dear &lt;script&gt;&quot;&amp;  - item"));
    assert_null(strstr(out.html, "<script>"));
    assert_null(strstr(out.html, "javascript"));
    assert_null(strstr(out.html, "<li"));
}

static void marks_of_a_template_are_shown(void **state)
{
    const struct letter_value values[] = { { "a", "x" }, { "none", "" } };
    struct letter_text out;

    assert_int_equal(
        letter_make_of(*state,
                       "Subject: s\n\n?none?gone {none}\n# Head\n\n1. one\n"
                       "2. two\n\n- dot {a}\n\n= 42\n\n"
                       "[go](https://example.org/?a=1&b=2)\n\nline\nnext\n\n"
                       "--\n\nsmall\n",
                       "en", values, 2, &out),
        ERR_OK);
    assert_string_equal(out.text,
                        "Head\n\n1. one\n2. two\n\n- dot x\n\n    42\n\ngo:\n"
                        "https://example.org/?a=1&b=2\n\nline\nnext\n\n-- \n\n"
                        "small\n");
    assert_non_null(strstr(out.html, "<li style=\"margin:0 0 6px\">one</li>"));
    assert_non_null(
        strstr(out.html, "href=\"https://example.org/?a=1&amp;b=2\""));
    assert_non_null(strstr(out.html, "line<br>\nnext</p>"));
    assert_null(strstr(out.html, "gone"));
}

static void addresses_that_letters_can_be_sent_to(void **state)
{
    static const char *const good[] = { "a@b.ru", "a.b+c@example.org",
                                        "o'neil@x-y.example" };
    static const char *const bad[] = { "",        "a",       "a@",
                                       "@b.ru",   "a b@c.d", "a@b..ru",
                                       "a@b.ru ", "a@b\r\n", "<a@b.ru>",
                                       "a@b@c",   "a@-b.ru", "а@б.рф" };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(letter_address_fits(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(letter_address_fits(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_template_is_made_in_both_languages, arena_setup,
            arena_teardown),
        cmocka_unit_test_setup_teardown(an_sms_fits_seventy_characters,
                                        arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(
            a_language_without_a_template_speaks_russian, arena_setup,
            arena_teardown),
        cmocka_unit_test_setup_teardown(what_is_missing_is_said, arena_setup,
                                        arena_teardown),
        cmocka_unit_test_setup_teardown(
            values_are_escaped_and_keep_to_their_line, arena_setup,
            arena_teardown),
        cmocka_unit_test_setup_teardown(marks_of_a_template_are_shown,
                                        arena_setup, arena_teardown),
        cmocka_unit_test(addresses_that_letters_can_be_sent_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
