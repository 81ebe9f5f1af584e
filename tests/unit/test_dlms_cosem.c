/* Attributes of interface classes: made, sent as bytes, read back; given in
 * the other ways that meters write them; and given wrong. */
#include "tests/unit/dlms_sent.h"

#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_control.h"
#include "lib/dlms/cosem_net.h"
#include "lib/dlms/cosem_time.h"

static const struct obis table = { { 0, 0, 10, 0, 100, 255 } };
static const struct obis volume = { { 7, 0, 13, 2, 0, 255 } };

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

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static struct dlms_value of_hex(struct arena *a, const char *hex)
{
    size_t len = strlen(hex) / 2, at = 0;
    uint8_t *b = arena_alloc(a, len + 1);
    struct dlms_value v;

    for (size_t i = 0; i < len; i++) {
        const char *digits = "0123456789ABCDEF";

        b[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
                         (strchr(digits, hex[2 * i + 1]) - digits));
    }
    assert_int_equal(dlms_value_read(a, (struct bytes){ b, len }, &at, &v),
                     ERR_OK);
    assert_int_equal(at, len);
    return v;
}

static void a_scaler_and_a_unit_are_read(void **state)
{
    const struct dlms_value v = of_hex(*state, "02020FFD160D");
    const struct dlms_value wide = of_hex(*state, "020210FF80110D");
    const struct dlms_value lone = of_hex(*state, "02010FFD");
    const struct dlms_value beyond = of_hex(*state, "020210FF7F110D");
    struct dlms_scaler_unit u;

    assert_int_equal(dlms_scaler_unit_read(&v, &u), ERR_OK);
    assert_int_equal(u.scaler, -3);
    assert_int_equal(u.unit, 13);
    assert_int_equal(dlms_scaler_unit_read(&wide, &u), ERR_OK);
    assert_int_equal(u.scaler, -128);
    assert_int_equal(dlms_scaler_unit_read(&lone, &u), ERR_PROTOCOL);
    assert_int_equal(dlms_scaler_unit_read(&beyond, &u), ERR_PROTOCOL);
}

/* Two objects: a clock that may be read and set, and a valve of association
 * version 0 whose methods are said by booleans. */
static void an_object_list_says_what_there_is_and_what_may_be_done(void **state)
{
    const struct dlms_value v =
        of_hex(*state, "0102"
                       "0204120008110009060000010000FF0202"
                       "010202030F01160100"
                       "02030F02160300"
                       "010102020F061601"
                       "0204120046110009060000600309FF0202"
                       "010102030F03160101010F01"
                       "010202020F01030102020F020300");
    struct dlms_object *list, *back;
    const struct dlms_object *o;
    struct dlms_value made, again;
    size_t n;

    assert_int_equal(dlms_object_list_read(*state, &v, &list, &n), ERR_OK);
    assert_int_equal(n, 2);
    o = dlms_object_find(list, n, 8, dlms_clock_name);
    assert_non_null(o);
    assert_true(dlms_may_read(o, 1, 1));
    assert_false(dlms_may_write(o, 1, 1));
    assert_true(dlms_may_write(o, 2, 1));
    assert_false(dlms_may_read(o, 3, 1));
    assert_true(dlms_may_call(o, 6));
    assert_false(dlms_may_call(o, 5));
    o = dlms_object_find(list, n, 70, (struct obis){ { 0, 0, 96, 3, 9, 255 } });
    assert_non_null(o);
    assert_true(dlms_may_call(o, 1));
    assert_false(dlms_may_call(o, 2));
    assert_null(dlms_object_find(list, n, 3, dlms_clock_name));
    dlms_object_list_make(*state, list, n, &made);
    again = sent(*state, &made);
    assert_int_equal(dlms_object_list_read(*state, &again, &back, &n), ERR_OK);
    assert_int_equal(back[0].attributes_n, 2);
    assert_true(dlms_may_call(&back[1], 1));
}

static void rights_by_bits_are_those_of_version_three(void **state)
{
    struct dlms_attribute_right right = { .id = 2, .mode = 0x1D };
    const struct dlms_object o = { .attributes = &right, .attributes_n = 1 };

    (void)state;
    assert_true(dlms_may_read(&o, 2, 3));
    assert_false(dlms_may_write(&o, 2, 3));
    right.mode = 5; /* by enum: authenticated write only */
    assert_false(dlms_may_read(&o, 2, 2));
    assert_true(dlms_may_write(&o, 2, 2));
}

static void masks_of_registers_go_round(void **state)
{
    const struct dlms_value assignment =
        of_hex(*state, "0101020212000309060700030200FF");
    const struct dlms_value masks =
        of_hex(*state, "010102020903444159010211011102");
    struct dlms_object_name *names;
    struct dlms_register_mask *m;
    size_t n;

    assert_int_equal(dlms_assignment_read(*state, &assignment, &names, &n),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(names[0].class_id, 3);
    assert_int_equal(dlms_masks_read(*state, &masks, &m, &n), ERR_OK);
    assert_int_equal(m[0].n, 2);
    assert_int_equal(m[0].indexes[1].index, 2);
    assert_memory_equal(m[0].name.at, "DAY", 3);
}

static void clocks_are_set_and_shifted(void **state)
{
    struct dlms_datetime t;
    struct dlms_asked q;

    dlms_datetime_of_moment((struct moment){ 1795132800000000 }, -180, &t);
    q = dlms_clock_set(*state, &t);
    assert_int_equal(q.target.class_id, 8);
    assert_int_equal(q.target.index, 2);
    assert_int_equal(q.value.octets.len, 12);
    q = dlms_clock_shift(-300);
    assert_int_equal(q.target.index, 6);
    assert_int_equal(q.value.type, DLMS_LONG);
    assert_int_equal(q.value.i, -300);
}

static void a_calendar_goes_round(void **state)
{
    struct dlms_season season = { .name = text("WINTER"), .week = text("W1") };
    const struct dlms_week week = { text("W1"), 1, 1, 1, 1, 1, 2, 3 };
    struct dlms_day_action actions[] = { { { 7, 0, 0, 0 }, table, 1 },
                                         { { 23, 0, 0, 0 }, table, 2 } };
    const struct dlms_day_profile day = { 1, actions, 2 };
    struct dlms_season *seasons;
    struct dlms_week *weeks;
    struct dlms_day_profile *days;
    struct dlms_value v, back;
    size_t n;

    dlms_datetime_of_moment((struct moment){ 0 }, 0, &season.start);
    dlms_seasons_make(*state, &season, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_seasons_read(*state, &back, &seasons, &n), ERR_OK);
    assert_int_equal(seasons[0].start.year, 1970);
    assert_memory_equal(seasons[0].week.at, "W1", 2);
    dlms_weeks_make(*state, &week, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_weeks_read(*state, &back, &weeks, &n), ERR_OK);
    assert_int_equal(weeks[0].sunday, 3);
    dlms_days_make(*state, &day, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_days_read(*state, &back, &days, &n), ERR_OK);
    assert_int_equal(days[0].n, 2);
    assert_int_equal(days[0].actions[1].start[0], 23);
    assert_true(obis_same(days[0].actions[1].table, table));
}

static void scripts_days_and_schedules_go_round(void **state)
{
    struct dlms_script_action action = { 2, 70, volume, 1, { 0 } };
    const struct dlms_script script = { 7, &action, 1 };
    const struct dlms_special_day day = { 1, { 7, 0xEA, 1, 1, 0xFF }, 3 };
    const struct dlms_execution_time when = { { 2, 0, 0, 0 },
                                              { 7, 0xEB, 12, 31, 0xFF } };
    struct dlms_script *scripts;
    struct dlms_special_day *days;
    struct dlms_execution_time *times;
    struct dlms_value v, back;
    size_t n;

    action.parameter = dlms_of_signed(DLMS_INTEGER, 0);
    dlms_scripts_make(*state, &script, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_scripts_read(*state, &back, &scripts, &n), ERR_OK);
    assert_int_equal(scripts[0].id, 7);
    assert_int_equal(scripts[0].actions[0].parameter.type, DLMS_INTEGER);
    dlms_special_days_make(*state, &day, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_special_days_read(*state, &back, &days, &n), ERR_OK);
    assert_int_equal(days[0].day_id, 3);
    assert_memory_equal(days[0].date, day.date, 5);
    dlms_execution_times_make(*state, &when, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_execution_times_read(*state, &back, &times, &n),
                     ERR_OK);
    assert_memory_equal(times[0].date, when.date, 5);
}

static void monitors_and_limiters_go_round(void **state)
{
    const struct dlms_monitored value = { 3, volume, 2 };
    const struct dlms_action_pair pair = { { table, 1 }, { table, 2 } };
    struct dlms_emergency_profile profile = { .id = 4, .duration_s = 3600 };
    struct dlms_monitored value_back;
    struct dlms_action_pair *pairs;
    struct dlms_emergency_profile profile_back;
    struct dlms_value v, back;
    size_t n;

    dlms_monitored_make(*state, &value, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_monitored_read(*state, &back, &value_back), ERR_OK);
    assert_int_equal(value_back.attribute, 2);
    dlms_monitor_actions_make(*state, &pair, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_monitor_actions_read(*state, &back, &pairs, &n),
                     ERR_OK);
    assert_int_equal(pairs[0].down.selector, 2);
    dlms_datetime_of_moment((struct moment){ 0 }, 0, &profile.activate_at);
    dlms_emergency_profile_make(*state, &profile, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_emergency_profile_read(*state, &back, &profile_back),
                     ERR_OK);
    assert_int_equal(profile_back.duration_s, 3600);
}

static void a_valve_is_asked_by_its_methods(void **state)
{
    const struct obis valve = { { 0, 0, 96, 3, 10, 255 } };

    (void)state;
    assert_int_equal(dlms_disconnect(valve).target.index, 1);
    assert_int_equal(dlms_reconnect(valve).target.index, 2);
    assert_int_equal(dlms_reconnect(valve).target.class_id, 70);
    assert_int_equal(dlms_reconnect(valve).value.type, DLMS_INTEGER);
}

static void keys_travel_wrapped(void **state)
{
    const struct obis setup_name = { { 0, 0, 43, 0, 0, 255 } };
    const uint8_t master[] = "0123456789ABCDEF", other[] = "FEDCBA9876543210";
    struct dlms_new_key keys[2] = { { .id = DLMS_KEY_UNICAST },
                                    { .id = DLMS_KEY_AUTHENTICATION } };
    struct dlms_new_key *back;
    struct dlms_asked q;
    struct dlms_value v;
    size_t n;

    memset(keys[0].key, 0xAA, DLMS_KEY_LEN);
    memset(keys[1].key, 0xBB, DLMS_KEY_LEN);
    assert_int_equal(dlms_key_transfer(*state, setup_name, master, keys, 2, &q),
                     ERR_OK);
    assert_int_equal(q.target.class_id, 64);
    assert_int_equal(q.target.index, 2);
    v = sent(*state, &q.value);
    assert_int_equal(dlms_key_transfer_read(*state, &v, master, &back, &n),
                     ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(back[1].id, DLMS_KEY_AUTHENTICATION);
    assert_memory_equal(back[1].key, keys[1].key, DLMS_KEY_LEN);
    assert_int_equal(dlms_key_transfer_read(*state, &v, other, &back, &n),
                     ERR_PROTOCOL);
    assert_int_equal(dlms_key_transfer(*state, setup_name, master, keys, 0, &q),
                     ERR_INVALID);
}

static void a_push_setup_goes_round(void **state)
{
    const struct dlms_push_object object = { 3, volume, 2, 0 };
    const struct dlms_push_destination to = { 0, text("10.0.0.7:4059"), 0 };
    struct dlms_push_window window = { 0 }, *windows;
    struct dlms_push_object *objects;
    struct dlms_push_destination to_back;
    struct dlms_value v, back;
    size_t n;

    dlms_push_objects_make(*state, &object, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_push_objects_read(*state, &back, &objects, &n),
                     ERR_OK);
    assert_true(obis_same(objects[0].name, volume));
    dlms_push_destination_make(*state, &to, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_push_destination_read(*state, &back, &to_back),
                     ERR_OK);
    assert_int_equal(to_back.destination.len, 13);
    dlms_datetime_of_moment((struct moment){ 0 }, 0, &window.from);
    dlms_datetime_of_moment((struct moment){ 3600000000 }, 0, &window.to);
    dlms_push_windows_make(*state, &window, 1, &v);
    back = sent(*state, &v);
    assert_int_equal(dlms_push_windows_read(*state, &back, &windows, &n),
                     ERR_OK);
    assert_int_equal(windows[0].to.hour, 1);
}

static void a_cell_of_either_version_is_read(void **state)
{
    const struct dlms_value old = of_hex(*state, "0204120539121F0311151100");
    const struct dlms_value new_one =
        of_hex(*state, "020706012345671277121115110012"
                       "00FA1200010600000064");
    struct dlms_gsm_cell cell;

    assert_int_equal(dlms_gsm_cell_read(*state, &old, &cell), ERR_OK);
    assert_int_equal(cell.cell_id, 1337);
    assert_int_equal(cell.location_id, 0x1F03);
    assert_int_equal(cell.signal, 21);
    assert_int_equal(cell.mcc, 0);
    assert_int_equal(dlms_gsm_cell_read(*state, &new_one, &cell), ERR_OK);
    assert_int_equal(cell.cell_id, 0x01234567);
    assert_int_equal(cell.mcc, 250);
    assert_int_equal(cell.mnc, 1);
    assert_int_equal(cell.channel, 100);
    assert_int_equal(dlms_gsm_dbm(21), -71);
    assert_int_equal(dlms_gsm_dbm(99), 0);
    assert_string_equal(dlms_gsm_status_name(5), "registered, roaming");
    assert_string_equal(dlms_gsm_ps_name(5), "LTE");
    assert_string_equal(dlms_gsm_cs_name(200), "unknown");
}

static void quality_of_a_gprs_modem_goes_round(void **state)
{
    const struct dlms_gprs_quality q = { { 1, 2, 3, 4, 5 },
                                         { 6, 7, 8, 9, 10 } };
    struct dlms_gprs_quality back;
    struct dlms_value v, there;

    dlms_gprs_quality_make(*state, &q, &v);
    there = sent(*state, &v);
    assert_int_equal(dlms_gprs_quality_read(*state, &there, &back), ERR_OK);
    assert_memory_equal(&back, &q, sizeof(q));
}

/* Any other shape is an error, never a wrong reading. */
static void other_shapes_are_refused(void **state)
{
    static const char *const wrong[] = {
        "00", "0200", "0100", "1105", "02010903000001", "010102010900"
    };
    struct dlms_gsm_cell cell;
    struct dlms_push_destination to;
    struct dlms_day_profile *days;
    struct dlms_object *objects;
    size_t n;

    for (size_t i = 0; i < 6; i++) {
        const struct dlms_value v = of_hex(*state, wrong[i]);

        assert_int_equal(dlms_gsm_cell_read(*state, &v, &cell), ERR_PROTOCOL);
        assert_int_equal(dlms_push_destination_read(*state, &v, &to),
                         ERR_PROTOCOL);
        if (i != 0 && i != 2) { /* nothing and an empty list are lists */
            assert_int_equal(dlms_days_read(*state, &v, &days, &n),
                             ERR_PROTOCOL);
            assert_int_equal(dlms_object_list_read(*state, &v, &objects, &n),
                             ERR_PROTOCOL);
        }
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_scaler_and_a_unit_are_read),
        TEST(an_object_list_says_what_there_is_and_what_may_be_done),
        TEST(rights_by_bits_are_those_of_version_three),
        TEST(masks_of_registers_go_round),
        TEST(clocks_are_set_and_shifted),
        TEST(a_calendar_goes_round),
        TEST(scripts_days_and_schedules_go_round),
        TEST(monitors_and_limiters_go_round),
        TEST(a_valve_is_asked_by_its_methods),
        TEST(keys_travel_wrapped),
        TEST(a_push_setup_goes_round),
        TEST(a_cell_of_either_version_is_read),
        TEST(quality_of_a_gprs_modem_goes_round),
        TEST(other_shapes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
