/* goldCard frames: the six of tests/data/goldcard-frames.tsv, and others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/goldcard/message.h"
#include "lib/goldcard/print.h"

#define DATA "tests/data/goldcard-frames.tsv"

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

/* ---- the lines of the file ---- */

static struct bytes bytes_of(struct arena *a, const char *hex)
{
    uint8_t *at = arena_alloc(a, strlen(hex) / 2 + 1);
    size_t n = 0;

    for (; *hex != '\0'; hex += hex[2] == ' ' ? 3 : 2)
        at[n++] = (uint8_t)strtoul((char[]){ hex[0], hex[1], '\0' }, NULL, 16);
    return (struct bytes){ at, n };
}

enum column { PRINTED = 2, REPAIRED };

static struct bytes line_of(struct arena *a, const char *id, enum column want)
{
    char line[4096], *rest, *field = NULL;
    FILE *f = fopen(DATA, "r");

    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (strncmp(line, id, strlen(id)) != 0 || line[strlen(id)] != '\t')
            continue;
        rest = line;
        for (int i = 0; i <= (int)want; i++)
            field = strsep(&rest, "\t");
        break;
    }
    fclose(f);
    assert_non_null(field);
    return bytes_of(a, field);
}

static struct goldcard_frame read_one(struct bytes b)
{
    struct goldcard_frame f;
    size_t skip;

    assert_int_equal(goldcard_find(b.at, b.len, &skip), b.len);
    assert_int_equal(skip, 0);
    assert_int_equal(goldcard_frame_read(b, &f), ERR_OK);
    return f;
}

/* ---- heads ---- */

static void the_heads_of_the_whole_frames_are_as_printed(void **state)
{
    static const struct {
        const char *id;
        uint8_t sequence;
        enum goldcard_kind kind;
        uint16_t counter, crc, computed;
    } known[] = {
        { "R4", 4, GOLDCARD_ANSWER, 3, 0xD285, 0x9285 },
        { "Q5", 5, GOLDCARD_MESSAGE, 3, 0xCE82, 0x05DD },
        { "R5", 5, GOLDCARD_ANSWER, 4, 0xE0B1, 0xE031 },
        { "Q6", 6, GOLDCARD_MESSAGE, 4, 0x6E02, 0xECA2 },
        { "R6", 6, GOLDCARD_ANSWER, 5, 0xF284, 0xFE44 },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct goldcard_frame f =
            read_one(line_of(*state, known[i].id, REPAIRED));

        assert_int_equal(f.sequence, known[i].sequence);
        assert_int_equal(f.kind, known[i].kind);
        assert_string_equal(f.digits, "20157164");
        assert_int_equal(f.counter, known[i].counter);
        assert_int_equal(f.status, 0);
        assert_int_equal(f.crc, known[i].crc);
        assert_int_equal(f.computed, known[i].computed);
    }
}

static void as_printed_only_the_frames_with_their_end_are_found(void **state)
{
    static const struct {
        const char *id;
        size_t len;
    } known[] = { { "R4", 17 }, { "Q5", 64 }, { "Q6", 64 },
                  { "R5", 0 },  { "R6", 0 },  { "Q4", 0 } };
    size_t skip;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct bytes b = line_of(*state, known[i].id, PRINTED);

        assert_int_equal(goldcard_find(b.at, b.len, &skip), known[i].len);
    }
}

static void the_cut_frame_asks_for_the_rest_of_its_276_bytes(void **state)
{
    struct bytes cut = line_of(*state, "Q4", PRINTED);
    uint8_t whole[276] = { 0 };
    size_t skip;

    memcpy(whole, cut.at, cut.len);
    for (size_t n = 0; n < sizeof(whole); n++) {
        assert_int_equal(goldcard_find(whole, n, &skip), 0);
        assert_int_equal(skip, 0);
    }
    whole[sizeof(whole) - 1] = 0x16;
    assert_int_equal(goldcard_find(whole, sizeof(whole), &skip), 276);
}

static void
an_answer_is_that_of_the_log_but_for_its_check_sequence(void **state)
{
    static const char *const pairs[][2] = { { "Q5", "R5" }, { "Q6", "R6" } };
    uint8_t out[GOLDCARD_ANSWER_LEN];

    for (size_t i = 0; i < 2; i++) {
        struct goldcard_frame f =
            read_one(line_of(*state, pairs[i][0], REPAIRED));
        struct bytes want = line_of(*state, pairs[i][1], REPAIRED);

        goldcard_answer(&f, out);
        assert_int_equal(want.len, sizeof(out));
        assert_memory_equal(out, want.at, 14);
        assert_int_equal(out[16], 0x16);
        f = read_one((struct bytes){ out, sizeof(out) });
        assert_int_equal(f.crc, f.computed);
    }
}

static void the_counter_of_an_answer_begins_anew_after_ffff(void **state)
{
    struct goldcard_frame f = read_one(line_of(*state, "Q6", REPAIRED));
    uint8_t out[GOLDCARD_ANSWER_LEN];

    f.counter = 0xFFFF;
    goldcard_answer(&f, out);
    assert_int_equal(read_one((struct bytes){ out, sizeof(out) }).counter, 0);
}

/* ---- frames in a stream ---- */

static void frames_are_found_behind_what_is_none(void **state)
{
    static const char *const noise[] = {
        "ff",
        "68",
        "68 03",
        "68 03 00",
        "68 03 00 00 10",
        "68 03 00 04 01",
        "68 68 03 00 00 11 04",
        "68 03 00 00 12",
    };
    struct bytes frame = line_of(*state, "Q6", REPAIRED);
    uint8_t buf[128];
    size_t skip;

    for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++) {
        struct bytes n = bytes_of(*state, noise[i]);

        memcpy(buf, n.at, n.len);
        memcpy(buf + n.len, frame.at, frame.len);
        assert_int_equal(goldcard_find(buf, n.len + frame.len, &skip), 64);
        assert_int_equal(skip, n.len);
    }
}

static void
a_frame_is_judged_when_its_length_is_here_and_not_before(void **state)
{
    struct bytes frame = line_of(*state, "Q6", REPAIRED);
    uint8_t buf[128];
    size_t skip;

    memcpy(buf, frame.at, frame.len);
    memcpy(buf + frame.len, frame.at, frame.len);
    buf[frame.len - 1] = 0x17;
    for (size_t n = 0; n < frame.len; n++) {
        assert_int_equal(goldcard_find(buf, n, &skip), 0);
        assert_int_equal(skip, 0);
    }
    for (size_t n = frame.len; n < 2 * frame.len; n++) {
        assert_int_equal(goldcard_find(buf, n, &skip), 0);
        assert_int_equal(skip, frame.len);
    }
    assert_int_equal(goldcard_find(buf, 2 * frame.len, &skip), 64);
    assert_int_equal(skip, 64);
}

/* ---- messages ---- */

static struct goldcard_message message_of(struct arena *a, struct bytes b)
{
    struct goldcard_frame f = read_one(b);
    struct goldcard_message m;

    assert_int_equal(goldcard_message_read(a, &f, &m), ERR_OK);
    return m;
}

static void assert_unknown(const struct goldcard_unknown *u, const char *name,
                           struct bytes value)
{
    assert_string_equal(u->name, name);
    assert_int_equal(u->value.len, value.len);
    assert_memory_equal(u->value.at, value.at, value.len);
}

static void the_real_messages_say_clock_battery_and_register(void **state)
{
    struct goldcard_message m =
        message_of(*state, line_of(*state, "Q6", REPAIRED));

    assert_true(m.has_clock && m.has_battery && m.has_volume && !m.is_days);
    assert_int_equal(m.clock_s, 1746578530); /* 2025-05-07 00:42:10 */
    assert_int_equal(m.battery_mv, 3657);
    assert_int_equal(m.volume_dm3, 515730);
    m = message_of(*state, line_of(*state, "Q5", REPAIRED));
    assert_int_equal(m.clock_s, 1746492139); /* 2025-05-06 00:42:19 */
    assert_int_equal(m.battery_mv, 3658);
    assert_int_equal(m.volume_dm3, 515730);
}

static void
three_objects_fill_a_message_and_the_rest_is_named_unknown(void **state)
{
    static const struct {
        uint16_t id;
        size_t len;
    } want[] = { { 0xC387, 24 }, { 0xC388, 8 }, { 0x210D, 1 } };
    struct goldcard_message m =
        message_of(*state, line_of(*state, "Q5", REPAIRED));

    assert_int_equal(m.objects_n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(m.objects[i].id, want[i].id);
        assert_int_equal(m.objects[i].value.len, want[i].len);
    }
    assert_int_equal(m.unknown_n, 4);
    assert_unknown(&m.unknown[0], "C387 unknown 8-15",
                   bytes_of(*state, "40 0b 5f f3 bd 80 8f 00"));
    assert_unknown(&m.unknown[1], "C387 unknown 20-23",
                   bytes_of(*state, "00 00 00 04"));
    assert_unknown(&m.unknown[2], "C388 unknown 4-7",
                   bytes_of(*state, "00 00 00 04"));
    assert_unknown(&m.unknown[3], "210D unknown", bytes_of(*state, "01"));
}

/* A block in a frame whose check sequence is nobody's. */
static struct bytes around(struct arena *a, const char *hex)
{
    struct bytes block = bytes_of(a, hex),
                 head = bytes_of(a, "68 03 00 00 00 06 01 20 15 71 64 00 04 "
                                    "00 00 01 00 15");
    size_t n = head.len + block.len + 3;
    uint8_t *at = arena_alloc(a, n);

    memcpy(at, head.at, head.len);
    memcpy(at + head.len, block.at, block.len);
    be16_put(at + 3, (uint16_t)n);
    be16_put(at + 13, (uint16_t)block.len);
    at[n - 1] = 0x16;
    return (struct bytes){ at, n };
}

static void
the_second_object_gives_the_register_when_the_first_is_missing(void **state)
{
    struct goldcard_message m = message_of(
        *state, around(*state, "01 c3 88 08 00 07 de 92 00 00 00 04"));

    assert_false(m.has_clock || m.has_battery);
    assert_true(m.has_volume);
    assert_int_equal(m.volume_dm3, 515730);
}

static void an_object_of_another_length_is_kept_whole(void **state)
{
    struct goldcard_message m =
        message_of(*state, around(*state, "02 c3 87 02 25 05 ab cd 00"));

    assert_false(m.has_clock || m.has_battery || m.has_volume);
    assert_unknown(&m.unknown[0], "C387 unknown", bytes_of(*state, "25 05"));
    assert_unknown(&m.unknown[1], "ABCD unknown", bytes_of(*state, ""));
}

/* ---- the long one, after the model of Q4 ---- */

static struct bytes two_months(struct arena *a)
{
    char hex[1024] = "00 51 02 25 04";

    for (int day = 1; day <= 31; day++)
        strcat(hex, day == 31 ? " 00 00 00 00" : " 00 07 de 92");
    strcat(hex, " 25 05");
    for (int day = 1; day <= 31; day++)
        strcat(hex, day > 4 ? " 00 00 00 00" : " 00 07 de 93");
    return around(a, hex);
}

static void two_months_are_276_bytes_and_give_their_days(void **state)
{
    struct bytes b = two_months(*state);
    struct goldcard_message m = message_of(*state, b);

    assert_int_equal(b.len, 276);
    assert_true(m.is_days && !m.has_volume && !m.has_clock);
    assert_int_equal(m.days_n, 34);
    assert_int_equal(m.days[29].month, 4);
    assert_int_equal(m.days[29].day, 30);
    assert_int_equal(m.days[29].volume_dm3, 515730);
    assert_int_equal(m.days[33].year, 2025);
    assert_int_equal(m.days[33].month, 5);
    assert_int_equal(m.days[33].day, 4);
    assert_int_equal(m.days[33].volume_dm3, 515731);
}

/* ---- as people read it ---- */

static char *printed(struct arena *a, struct bytes b, enum err want)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    char *copy;

    assert_non_null(f);
    assert_int_equal(goldcard_print(a, b, f), want);
    fclose(f);
    copy = arena_strdup(a, text);
    free(text);
    return copy;
}

static void a_frame_is_shown_with_what_is_known_and_what_is_not(void **state)
{
    const char *tree = printed(*state, line_of(*state, "Q6", REPAIRED), ERR_OK);

    assert_non_null(strstr(tree, "number ....20157164"));
    assert_non_null(strstr(tree, "6E02, by the candidate ECA2 (which is not"));
    assert_non_null(strstr(tree, "clock: 2025-05-07 00:42:10, in the meter's"));
    assert_non_null(strstr(tree, "battery: 3.657 V"));
    assert_non_null(strstr(tree, "register: 515.730 m3"));
    assert_non_null(strstr(tree, "210D unknown: 01"));
}

static void what_is_no_frame_is_shown_as_it_came(void **state)
{
    const char *tree =
        printed(*state, line_of(*state, "R6", PRINTED), ERR_PROTOCOL);

    assert_non_null(strstr(tree, "of no frame: 68 03 00 00 11 06 05"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heads_of_the_whole_frames_are_as_printed),
        cmocka_unit_test(as_printed_only_the_frames_with_their_end_are_found),
        cmocka_unit_test(the_cut_frame_asks_for_the_rest_of_its_276_bytes),
        cmocka_unit_test(
            an_answer_is_that_of_the_log_but_for_its_check_sequence),
        cmocka_unit_test(the_counter_of_an_answer_begins_anew_after_ffff),
        cmocka_unit_test(frames_are_found_behind_what_is_none),
        cmocka_unit_test(
            a_frame_is_judged_when_its_length_is_here_and_not_before),
        cmocka_unit_test(the_real_messages_say_clock_battery_and_register),
        cmocka_unit_test(
            three_objects_fill_a_message_and_the_rest_is_named_unknown),
        cmocka_unit_test(
            the_second_object_gives_the_register_when_the_first_is_missing),
        cmocka_unit_test(an_object_of_another_length_is_kept_whole),
        cmocka_unit_test(two_months_are_276_bytes_and_give_their_days),
        cmocka_unit_test(a_frame_is_shown_with_what_is_known_and_what_is_not),
        cmocka_unit_test(what_is_no_frame_is_shown_as_it_came),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
