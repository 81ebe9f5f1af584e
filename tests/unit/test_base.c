/* The arena gives back everything at once; settings refuse what they must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/text.h"

static int closed[8];
static int n_closed;

static void note_close(void *it)
{
    closed[n_closed++] = *(int *)it;
}

static void deferred_calls_run_newest_first_at_reset(void **state)
{
    struct arena *a = arena_new();
    int one = 1, two = 2;

    (void)state;
    n_closed = 0;
    arena_defer(a, note_close, &one);
    arena_defer(a, note_close, &two);
    arena_reset(a);
    assert_int_equal(n_closed, 2);
    assert_int_equal(closed[0], 2);
    assert_int_equal(closed[1], 1);
    arena_free(a);
    assert_int_equal(n_closed, 2);
}

static void memory_is_zeroed_aligned_and_flat_over_resets(void **state)
{
    struct arena *a = arena_new();
    size_t start = arena_size(a);

    (void)state;
    for (int round = 0; round < 100; round++) {
        for (size_t len = 1; len < 20000; len += 977) {
            unsigned char *p = arena_alloc(a, len);

            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < len; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xff, len);
        }
        arena_reset(a);
        assert_int_equal(arena_size(a), start);
    }
    assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    arena_free(a);
}

struct settings {
    char *address;
    int64_t port, idle_ms;
    bool tls;
};

static const struct conf_setting table[] = {
    { "address", CONF_TEXT, offsetof(struct settings, address), "::", 0, 0,
      "where" },
    { "port", CONF_NUMBER, offsetof(struct settings, port), "4059", 1, 65535,
      "which" },
    { "idle", CONF_DURATION_MS, offsetof(struct settings, idle_ms), "5s", 1, 0,
      "how long" },
    { "tls", CONF_SWITCH, offsetof(struct settings, tls), "off", 0, 0, "how" },
};

static enum err load(struct settings *s, const char *text)
{
    char path[] = "/tmp/lazur-conf-XXXXXX";
    int fd = mkstemp(path);
    enum err e;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    memset(s, 0, sizeof(*s));
    e = conf_load(table, 4, s, path, NULL, 0);
    unlink(path);
    return e;
}

static void settings_are_defaults_then_file_then_command_line(void **state)
{
    struct settings s = { 0 };
    char *over[] = { (char *)"port = 99" };

    (void)state;
    assert_int_equal(load(&s, "# a comment\n\n idle = 2min \ntls=on\n"),
                     ERR_OK);
    assert_string_equal(s.address, "::");
    assert_int_equal(s.port, 4059);
    assert_int_equal(s.idle_ms, 120000);
    assert_true(s.tls);
    free(s.address);
    s.address = NULL;
    assert_int_equal(conf_load(table, 4, &s, NULL, over, 1), ERR_OK);
    assert_int_equal(s.port, 99);
    free(s.address);
}

static void a_bad_setting_stops_the_start_and_names_its_line(void **state)
{
    static const char *const bad[] = {
        "prot = 1\n",     "port = 0\n",  "port = 65536\n",
        "port = x\n",     "port = 1x\n", "idle = 5\n",
        "idle = 5days\n", "tls = yes\n", "just words\n",
    };
    struct settings s;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(load(&s, bad[i]), ERR_INVALID);
        assert_non_null(strstr(err_reason(), ":1: "));
        free(s.address);
    }
    memset(&s, 0, sizeof(s));
    assert_int_equal(conf_load(table, 4, &s, "/nonexistent", NULL, 0), ERR_IO);
    free(s.address);
}

static void
texts_are_measured_in_characters_and_tidied_at_their_ends(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_int_equal(text_length(""), 0);
    assert_int_equal(text_length("x1"), 2);
    assert_int_equal(text_length("Ёж м³"), 5);
    assert_string_equal(text_trimmed(a, " \t\r\n"), "");
    assert_string_equal(text_trimmed(a, "\n a b\tc \r\n"), "a b\tc");
    assert_string_equal(text_lines(a, " a\r\nb\r\n\r\n"), "a\nb");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_calls_run_newest_first_at_reset),
        cmocka_unit_test(memory_is_zeroed_aligned_and_flat_over_resets),
        cmocka_unit_test(settings_are_defaults_then_file_then_command_line),
        cmocka_unit_test(a_bad_setting_stops_the_start_and_names_its_line),
        cmocka_unit_test(
            texts_are_measured_in_characters_and_tidied_at_their_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
