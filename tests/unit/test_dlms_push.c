/* From a pushed body to observations: names, alternations, templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/push.h"

static const struct obis energy = { { 1, 0, 1, 8, 0, 255 } };
static const struct obis power = { { 1, 0, 1, 7, 0, 255 } };
static const struct obis profile = { { 0, 0, 25, 9, 0, 255 } };

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

static struct dlms_value *value_of(struct arena *a, const struct dlms_out *o)
{
    struct dlms_value *v = arena_alloc(a, sizeof(*v));
    size_t at = 0;

    assert_int_equal(dlms_value_read(a, dlms_out_bytes(o), &at, v), ERR_OK);
    return v;
}

static void put_scaler_unit(struct dlms_out *o, int8_t scaler, uint8_t unit)
{
    dlms_put_structure(o, 2);
    dlms_put_integer(o, scaler);
    dlms_put_enum(o, unit);
}

static void structures_of_name_value_and_scaler_are_named(void **state)
{
    struct dlms_out o;
    struct dlms_push p;

    dlms_out_init(&o, *state);
    dlms_put_array(&o, 2);
    dlms_put_structure(&o, 3);
    dlms_put_obis(&o, energy);
    dlms_put_double_long_unsigned(&o, 2272138);
    put_scaler_unit(&o, 1, 30);
    dlms_put_structure(&o, 2);
    dlms_put_obis(&o, power);
    dlms_put_long(&o, -5);
    dlms_push_read(*state, value_of(*state, &o), &p);

    assert_int_equal(p.n, 2);
    assert_int_equal(p.named, 2);
    assert_true(obis_same(p.at[0].name, energy));
    assert_int_equal(p.at[0].value->u, 2272138);
    assert_true(p.at[0].has_scaler);
    assert_int_equal(p.at[0].scaler, 1);
    assert_int_equal(p.at[0].unit, 30);
    assert_false(p.at[1].has_scaler);
    assert_int_equal(p.at[1].unit, DLMS_UNIT_NONE);
    assert_int_equal(p.at[1].position, 1);
}

static void a_flat_run_of_names_and_values_is_named(void **state)
{
    struct dlms_out o;
    struct dlms_push p;

    dlms_out_init(&o, *state);
    dlms_put_structure(&o, 7);
    dlms_put_visible(&o, "Kamstrup_V0001");
    dlms_put_obis(&o, energy);
    dlms_put_double_long_unsigned(&o, 1);
    dlms_put_null(&o);
    dlms_put_obis(&o, power);
    dlms_put_double_long_unsigned(&o, 2);
    put_scaler_unit(&o, -3, 27);
    dlms_push_read(*state, value_of(*state, &o), &p);

    assert_int_equal(p.named, 2);
    assert_int_equal(p.n, 4);
    assert_false(p.at[0].has_name);
    assert_int_equal(dlms_push_find(&p, energy)->value->u, 1);
    assert_int_equal(dlms_push_find(&p, energy)->position, 2);
    assert_int_equal(dlms_push_find(&p, power)->scaler, -3);
    assert_null(dlms_push_find(&p, profile));
}

static void a_body_without_names_is_positional(void **state)
{
    struct dlms_out o;
    struct dlms_push p;

    dlms_out_init(&o, *state);
    dlms_put_structure(&o, 3);
    dlms_put_octets(&o, "KFM_001", 7);
    dlms_put_double_long_unsigned(&o, 9745);
    dlms_put_structure(&o, 1);
    dlms_put_unsigned(&o, 7);
    dlms_push_read(*state, value_of(*state, &o), &p);

    assert_int_equal(p.n, 3);
    assert_int_equal(p.named, 0);
    assert_int_equal(p.at[1].position, 1);
    assert_int_equal(p.at[2].position, 2);
    assert_int_equal(p.at[2].value->u, 7);
}

static void a_body_that_is_no_list_is_one_observation(void **state)
{
    struct dlms_out o;
    struct dlms_push p;

    dlms_out_init(&o, *state);
    dlms_put_octets(&o, "\x12\x5A", 2);
    dlms_push_read(*state, value_of(*state, &o), &p);
    assert_int_equal(p.n, 1);
    assert_int_equal(p.at[0].position, 0);
}

static void a_list_of_names_names_no_values(void **state)
{
    struct dlms_out o;
    struct dlms_push p;

    dlms_out_init(&o, *state);
    dlms_put_array(&o, 3);
    dlms_put_obis(&o, energy);
    dlms_put_obis(&o, power);
    dlms_put_obis(&o, profile);
    dlms_push_read(*state, value_of(*state, &o), &p);
    assert_int_equal(p.named, 0);
    assert_int_equal(p.n, 3);
}

/* The head of the gas profile: its mark, a serial, a volume. */
static const struct dlms_value *gas(struct arena *a)
{
    struct dlms_out o;

    dlms_out_init(&o, a);
    dlms_put_structure(&o, 4);
    dlms_put_obis(&o, profile);
    dlms_put_octets(&o, "021180000018", 12);
    dlms_put_double_long_unsigned(&o, 1234567);
    dlms_put_null(&o);
    return value_of(a, &o);
}

static const struct dlms_push_item items[] = {
    { .position = 2,
      .class_id = 3,
      .name = { { 7, 0, 13, 2, 0, 255 } },
      .attribute = 2,
      .scaler = -3,
      .unit = 13,
      .meaning = 42 },
    { .position = 3, .name = { { 0, 0, 96, 3, 10, 255 } }, .unit = 255 },
    { .position = 9, .name = { { 0, 0, 96, 8, 0, 255 } } },
};

static const struct dlms_push_template gas_template = {
    .elements = 4,
    .match_position = 0,
    .match_octets = { profile.at, 6 },
    .items = items,
    .n = 3,
};

static void a_template_names_and_scales_by_position(void **state)
{
    const struct dlms_value *body = gas(*state);
    struct dlms_push p;

    assert_true(dlms_push_matches(&gas_template, body));
    assert_int_equal(dlms_push_apply(*state, body, &gas_template, &p), ERR_OK);
    assert_int_equal(p.n, 2); /* nothing stands at 9 */
    assert_int_equal(p.at[0].value->u, 1234567);
    assert_int_equal(p.at[0].scaler, -3);
    assert_int_equal(p.at[0].unit, 13);
    assert_int_equal(p.at[0].item->meaning, 42);
    assert_int_equal(p.at[1].value->type, DLMS_NULL);
}

static void another_count_or_mark_is_another_template(void **state)
{
    const struct dlms_value *body = gas(*state);
    struct dlms_push_template t = gas_template;
    struct dlms_push p;

    t.elements = 5;
    assert_false(dlms_push_matches(&t, body));
    assert_int_equal(dlms_push_apply(*state, body, &t, &p), ERR_PROTOCOL);
    t = gas_template;
    t.match_octets.at = energy.at;
    assert_false(dlms_push_matches(&t, body));
    t = gas_template;
    t.match_position = 2; /* a number has no octets */
    assert_false(dlms_push_matches(&t, body));
    t.match_position = 99;
    assert_false(dlms_push_matches(&t, body));
    t.match_position = -1; /* the count alone */
    assert_true(dlms_push_matches(&t, body));
    assert_false(dlms_push_matches(&t, &body->list.at[0]));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(structures_of_name_value_and_scaler_are_named),
        TEST(a_flat_run_of_names_and_values_is_named),
        TEST(a_body_without_names_is_positional),
        TEST(a_body_that_is_no_list_is_one_observation),
        TEST(a_list_of_names_names_no_values),
        TEST(a_template_names_and_scales_by_position),
        TEST(another_count_or_mark_is_another_template),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
