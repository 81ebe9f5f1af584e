/* From a pushed body to a reading: templates, scaling, bounds, layouts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/drivers/dlms_convert.h"
#include "daemon/drivers/dlms_layout.h"
#include "daemon/drivers/dlms_reading.h"
#include "daemon/drivers/template.h"

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

static struct dlms_value whole(int64_t v)
{
    return (struct dlms_value){ .type = DLMS_LONG64, .i = v };
}

static struct dlms_value octets(const char *s, size_t n)
{
    return (struct dlms_value){ .type = DLMS_OCTET_STRING,
                                .octets = { (const uint8_t *)s, n } };
}

static struct dlms_value list(enum dlms_type type, struct dlms_value *at,
                              size_t n)
{
    return (struct dlms_value){ .type = type, .list = { at, n } };
}

/* ---- scaling ---- */

static void numbers_are_scaled_and_rounded_half_away_from_zero(void **state)
{
    static const struct {
        int64_t v;
        int exponent;
        int64_t want;
        bool exact;
    } cases[] = {
        { 1743, -2, 17, false },   { 1750, -2, 18, false },
        { -1750, -2, -18, false }, { 1749, -2, 17, false },
        { 1700, -2, 17, true },    { 5, 3, 5000, true },
        { 0, 12, 0, true },        { 499, -3, 0, false },
    };
    int64_t got;
    bool exact;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct dlms_value v = whole(cases[i].v);

        assert_true(dlms_scaled(&v, cases[i].exponent, &got, &exact));
        assert_int_equal(got, cases[i].want);
        assert_int_equal(exact, cases[i].exact);
    }
}

static void what_does_not_fit_is_no_number(void **state)
{
    const struct dlms_value large = whole(INT64_MAX);
    const struct dlms_value real = { .type = DLMS_FLOAT64, .real = 1e30 };
    const struct dlms_value text = octets("12", 2);
    int64_t got;
    bool exact;

    (void)state;
    assert_false(dlms_scaled(&large, 1, &got, &exact));
    assert_false(dlms_scaled(&real, 0, &got, &exact));
    assert_false(dlms_scaled(&text, 0, &got, &exact));
}

/* ---- readings ---- */

static struct template_item items[] = {
    { 0, { { 0, 0, 96, 1, 0, 255 } }, 0, 255, MEANS_IDENTITY },
    { 1, { { 7, 0, 13, 2, 0, 255 } }, -3, 13, MEANS_VOLUME },
    { 2, { { 0, 0, 96, 6, 3, 255 } }, -3, 35, MEANS_BATTERY_MV },
};
static const struct template bare = {
    .type = "T", .items = 3, .match_position = -1, .item = items, .n = 3
};
static const struct dlms_reading_from from = { .title = "",
                                               .line = "10.0.0.7/w1",
                                               .received_us = 5500000 };

static enum err read_three(struct arena *a, struct dlms_value identity,
                           int64_t volume, int64_t mv, struct reading *out)
{
    struct dlms_value v[] = { identity, whole(volume), whole(mv) };
    const struct dlms_notification n = { .body = list(DLMS_STRUCTURE, v, 3) };
    const struct dlms_push none = { 0 };

    return dlms_reading(a, &n, &bare, &none, &from, out);
}

static void a_template_gives_places_their_meaning(void **state)
{
    struct reading r;

    assert_int_equal(read_three(*state, octets("4711", 4), 1234567, 3600, &r),
                     ERR_OK);
    assert_string_equal(r.identity, "4711");
    assert_false(r.by_line);
    assert_int_equal(r.volume_dm3, 1234567);
    assert_int_equal(r.battery_mv, 3600);
    assert_int_equal(r.has, HAS_VOLUME | HAS_BATTERY_MV);
    assert_int_equal(r.at_us, 5000000);
}

static void a_value_outside_its_column_is_left_out(void **state)
{
    struct reading r;

    assert_int_equal(read_three(*state, octets("4711", 4), -1, 65535, &r),
                     ERR_OK);
    assert_int_equal(r.has, 0);
}

/* cell_info of class 47 beside an identity, n of its parts. */
static uint32_t read_cell(struct arena *a, size_t n, int64_t mcc, int64_t id,
                          struct reading *out)
{
    static struct template_item told[] = {
        { 0, { { 0, 0, 96, 1, 0, 255 } }, 0, 255, MEANS_IDENTITY },
        { 1, { { 0, 0, 25, 6, 0, 255 } }, 0, 255, MEANS_CELL },
    };
    static const struct template t = {
        .type = "T", .items = 2, .match_position = -1, .item = told, .n = 2
    };
    struct dlms_value info[] = { whole(id),  whole(7701), whole(50), whole(0),
                                 whole(mcc), whole(1),    whole(0) };
    struct dlms_value v[] = { octets("4711", 4),
                              list(DLMS_STRUCTURE, info, n) };
    const struct dlms_notification note = { .body =
                                                list(DLMS_STRUCTURE, v, 2) };
    const struct dlms_push none = { 0 };

    assert_int_equal(dlms_reading(a, &note, &t, &none, &from, out), ERR_OK);
    return out->has;
}

static void a_base_station_is_packed_whole_or_not_known(void **state)
{
    struct reading r;

    assert_int_equal(read_cell(*state, 7, 250, 12345, &r), HAS_CELL);
    assert_int_equal(r.cell, (int64_t)250 << 54 | (int64_t)1 << 44 |
                                 (int64_t)7701 << 28 | 12345);
    assert_int_equal(read_cell(*state, 4, 250, 12345, &r), 0);
    assert_int_equal(read_cell(*state, 7, 1000, 12345, &r), 0);
    assert_int_equal(read_cell(*state, 7, 250, 0x10000000, &r), 0);
    assert_int_equal(read_cell(*state, 7, 250, -1, &r), 0);
}

static void an_identity_is_never_cut(void **state)
{
    static const char text[65] = "1234567890123456789012345678901234567890"
                                 "123456789012345678901234";
    struct reading r;

    assert_int_equal(read_three(*state, octets(text, 63), 1, 1, &r), ERR_OK);
    assert_int_equal(strlen(r.identity), 63);
    assert_int_equal(read_three(*state, octets(text, 64), 1, 1, &r),
                     ERR_PROTOCOL);
}

static void a_meter_without_identity_is_known_by_its_line(void **state)
{
    struct reading r;
    struct dlms_value nothing = { .type = DLMS_NULL };

    assert_int_equal(read_three(*state, nothing, 1, 1, &r), ERR_OK);
    assert_string_equal(r.identity, "10.0.0.7/w1");
    assert_true(r.by_line);
    assert_true(strncmp(r.layout, "0 objects ", 10) == 0);
}

/* ---- which template ---- */

static void the_first_template_that_fits_is_taken(void **state)
{
    static const uint8_t tags[] = { DLMS_LONG64, DLMS_OCTET_STRING };
    struct template t[] = {
        { .items = 3, .match_position = -1 },
        { .items = -1, .match_position = -1, .shape = { tags, 2 } },
        { .items = 2,
          .match_position = 1,
          .match = { (const uint8_t *)"Kam", 3 } },
        { .items = -1, .match_position = -1, .named = true },
    };
    const struct template_list l = { t, 4 };
    struct dlms_value a[] = { whole(1), octets("Kamstrup", 8) };
    struct dlms_value b[] = { octets("", 0), octets("Kamstrup", 8) };
    struct dlms_value c[] = { octets("", 0), octets("Ka", 2) };
    struct dlms_value body;

    (void)state;
    body = list(DLMS_STRUCTURE, a, 2);
    assert_ptr_equal(template_find(&l, &body, 0), &t[1]);
    body = list(DLMS_STRUCTURE, b, 2);
    assert_ptr_equal(template_find(&l, &body, 0), &t[2]);
    body = list(DLMS_STRUCTURE, c, 2);
    assert_null(template_find(&l, &body, 0));
    assert_ptr_equal(template_find(&l, &body, 1), &t[3]);
    assert_true(template_is_general(&t[3]));
    assert_false(template_is_general(&t[2]));
}

static void a_word_that_is_no_meaning_is_refused(void **state)
{
    enum meaning m;

    (void)state;
    assert_int_equal(meaning_of_word("scaler_unit", &m), ERR_OK);
    assert_int_equal(m, MEANS_SCALER_UNIT);
    assert_int_equal(meaning_of_word("Volume", &m), ERR_INVALID);
}

/* ---- layouts ---- */

static const char *layout_of(struct dlms_value body, const char *version,
                             char out[64])
{
    dlms_layout(&body, version, out, 64);
    return out;
}

static void values_do_not_change_a_layout_names_and_versions_do(void **state)
{
    static const char power[] = { 1, 0, 1, 7, 0, (char)255 };
    static const char energy[] = { 1, 0, 1, 8, 0, (char)255 };
    struct dlms_value a[] = { octets(power, 6), whole(1) };
    struct dlms_value b[] = { octets(power, 6), { .type = DLMS_NULL } };
    struct dlms_value c[] = { octets(energy, 6), whole(1) };
    struct dlms_value twice[] = { list(DLMS_STRUCTURE, a, 2),
                                  list(DLMS_STRUCTURE, b, 2) };
    char one[64], other[64];

    (void)state;
    layout_of(list(DLMS_STRUCTURE, a, 2), "", one);
    assert_true(strncmp(one, "1 objects ", 10) == 0);
    assert_string_equal(one, layout_of(list(DLMS_STRUCTURE, b, 2), "", other));
    assert_string_not_equal(one,
                            layout_of(list(DLMS_STRUCTURE, c, 2), "", other));
    assert_string_not_equal(one,
                            layout_of(list(DLMS_STRUCTURE, a, 2), "V2", other));
    assert_string_not_equal(one,
                            layout_of(list(DLMS_STRUCTURE, a, 1), "", other));
    layout_of(list(DLMS_ARRAY, twice, 1), "", one);
    layout_of(list(DLMS_ARRAY, twice, 2), "", other);
    assert_string_equal(strchr(one, 's'), strchr(other, 's'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_scaled_and_rounded_half_away_from_zero),
        cmocka_unit_test(what_does_not_fit_is_no_number),
        cmocka_unit_test_setup_teardown(a_template_gives_places_their_meaning,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_outside_its_column_is_left_out,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_identity_is_never_cut, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            a_base_station_is_packed_whole_or_not_known, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_meter_without_identity_is_known_by_its_line, setup, teardown),
        cmocka_unit_test(the_first_template_that_fits_is_taken),
        cmocka_unit_test(a_word_that_is_no_meaning_is_refused),
        cmocka_unit_test(values_do_not_change_a_layout_names_and_versions_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
