/* The servers of simulated meters, asked by the library's own client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/dlms/cosem_control.h"
#include "lib/dlms/cosem_time.h"
#include "lib/dlms/profile.h"
#include "lib/dlms/session.h"
#include "tools/meter-sim/befall.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/memory.h"
#include "tools/meter-sim/server.h"
#include "tools/meter-sim/tariff.h"

#define NOW_US (INT64_C(1795175955) * 1000000)
#define GAS    "СГ-Лазурь G6-К"
#define POWER  "ЭС-Лазурь 4Т"
#define OBIS(...)                                                              \
    (struct obis)                                                              \
    {                                                                          \
        {                                                                      \
            __VA_ARGS__, 255                                                   \
        }                                                                      \
    }

/* A meter, its server, and who asks it. */
struct play {
    struct arena *a;
    struct fleet fleet;
    struct meter *m;
    struct server *server;
    struct dlms_session *client;
    struct dlms_heard heard;
    struct bytes sent; /* the client's last APDU */
    uint64_t chance;
    bool wrong_key;
    unsigned moved, written; /* times the hands were used */
};

static void play_over(struct play *p)
{
    dlms_session_free(p->client);
    server_free(p->server);
    memory_close();
    fleet_close(&p->fleet);
    p->client = NULL;
    p->server = NULL;
}

static void play_meter(struct play *p, const char *model, const char *keys)
{
    char first[] = "700000000001", none[] = "",
         path[] = "/tmp/lazur-keys-XXXXXX";
    struct settings set = { .meters = 1,
                            .first_serial = first,
                            .model = (char *)(uintptr_t)model,
                            .serials = none,
                            .state_file = none,
                            .lls_password = none };

    play_over(p);
    assert_int_equal(fleet_open(&p->fleet, &set, NOW_US), ERR_OK);
    p->m = p->fleet.meters;
    meter_live(p->m, NOW_US, 1);
    meter_tell(p->m, CAUSE_PLANNED, NOW_US);
    if (keys != NULL) {
        int fd = mkstemp(path);

        assert_true(fd >= 0);
        assert_int_equal(dprintf(fd, "700000000001 %s\n", keys),
                         (int)strlen(keys) + 14);
        close(fd);
        assert_int_equal(keys_open(&p->fleet, path, NOW_US), ERR_OK);
        unlink(path);
    }
}

static unsigned move(void *ctx, struct meter *m, bool is_open)
{
    struct play *p = ctx;

    p->moved++;
    if (is_open)
        meter_reconnect(m);
    else
        meter_disconnect(m);
    return DLMS_SUCCESS;
}

static void written(void *ctx, struct meter *m, const struct dlms_target *t,
                    unsigned result, struct bytes value)
{
    struct play *p = ctx;

    (void)m;
    (void)t;
    (void)value;
    p->written += result == DLMS_SUCCESS;
}

static void hear(struct play *p, struct bytes apdu, struct dlms_out *answer)
{
    const struct server_of of = {
        p->m, NOW_US, p->wrong_key, &p->chance, { p, move, written }
    };

    dlms_out_init(answer, p->a);
    assert_int_equal(server_hear(&p->server, &of, p->a, apdu, answer), ERR_OK);
}

static void talk(struct play *p, struct dlms_out *out)
{
    do {
        struct dlms_out answer;

        p->sent = dlms_out_bytes(out);
        hear(p, p->sent, &answer);
        assert_true(answer.len <= 1024);
        dlms_out_init(out, p->a);
        assert_int_equal(dlms_session_hear(p->client, dlms_out_bytes(&answer),
                                           &p->heard, out),
                         ERR_OK);
    } while (p->heard.event == DLMS_SESSION_GOES_ON);
}

static void let_in(struct play *p, const struct dlms_access *access)
{
    struct dlms_out out;

    dlms_session_free(p->client);
    p->client = dlms_session_new(access);
    dlms_out_init(&out, p->a);
    assert_int_equal(dlms_session_open(p->client, &out), ERR_OK);
    talk(p, &out);
}

static void open_plain(struct play *p)
{
    const struct dlms_access access = { .mechanism = DLMS_LOWEST };

    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
}

static const struct dlms_given *ask(struct play *p, enum dlms_service service,
                                    struct dlms_asked what)
{
    struct dlms_out out;

    dlms_out_init(&out, p->a);
    assert_int_equal(dlms_session_ask(p->client, service, &what, 1, &out),
                     ERR_OK);
    talk(p, &out);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    return p->heard.answers;
}

static const struct dlms_given *get(struct play *p, uint16_t class_id,
                                    struct obis name, uint8_t index)
{
    return ask(p, DLMS_SERVICE_GET, dlms_ask(class_id, name, index));
}

/* As the meter would be after the value went over the line. */
static struct dlms_value kept(struct play *p, const struct dlms_given *g)
{
    struct dlms_value v;
    struct dlms_out o;
    size_t at = 0;

    assert_int_equal(g->result, DLMS_SUCCESS);
    dlms_out_init(&o, p->a);
    assert_int_equal(dlms_value_put(&o, &g->value), ERR_OK);
    assert_int_equal(dlms_value_read(p->a, dlms_out_bytes(&o), &at, &v),
                     ERR_OK);
    return v;
}

static uint8_t set(struct play *p, uint16_t class_id, struct obis name,
                   uint8_t index, struct dlms_value v)
{
    return ask(p, DLMS_SERVICE_SET, dlms_ask_with(class_id, name, index, &v))
        ->result;
}

static uint8_t act(struct play *p, uint16_t class_id, struct obis name,
                   uint8_t index, struct dlms_value v)
{
    return ask(p, DLMS_SERVICE_ACTION, dlms_ask_with(class_id, name, index, &v))
        ->result;
}

static struct dlms_value zero(void)
{
    return dlms_of_signed(DLMS_INTEGER, 0);
}

static int setup(void **state)
{
    static struct play p;

    p = (struct play){ .a = arena_new(), .chance = 5, .fleet.fd = -1 };
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct play *p = *state;

    play_over(p);
    arena_free(p->a);
    return 0;
}

/* ---- what there is ---- */

static size_t check_rights(struct play *p)
{
    struct dlms_value list =
        kept(p, get(p, 15, OBIS(0, 0, 40, 0, 0), DLMS_ASSOCIATION_OBJECT_LIST));
    struct dlms_object *o;
    size_t n;

    assert_int_equal(dlms_object_list_read(p->a, &list, &o, &n), ERR_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < o[i].attributes_n; k++) {
            int8_t id = o[i].attributes[k].id;
            uint8_t result =
                get(p, o[i].class_id, o[i].name, (uint8_t)id)->result;
            bool is_refused = result == DLMS_READ_WRITE_DENIED;
            char text[OBIS_TEXT_MAX];

            if (dlms_may_read(&o[i], id, 1) ? result != DLMS_SUCCESS
                                            : !is_refused)
                fail_msg("%u %s %d: %u", o[i].class_id,
                         obis_write(text, o[i].name), id, result);
        }
    return n;
}

static void what_the_object_list_grants_can_be_read_of_every_model(void **state)
{
    static const char *const models[] = { GAS, POWER, "СГ-Лазурь G1.6",
                                          "СГ-Бриз G2.5-К", "Aidon" };
    struct play *p = *state;

    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        play_meter(p, models[i], NULL);
        open_plain(p);
        assert_in_range(check_rights(p), 20, 64);
    }
}

static void lists_are_answered_one_by_one(void **state)
{
    const struct dlms_asked list[] = {
        dlms_ask(1, OBIS(0, 0, 96, 1, 0), 2),
        dlms_ask(3, OBIS(1, 0, 1, 8, 9), 2),
        dlms_ask(3, OBIS(7, 0, 13, 2, 0), 3),
    };
    struct play *p = *state;
    struct dlms_out out;

    play_meter(p, GAS, NULL);
    open_plain(p);
    dlms_out_init(&out, p->a);
    assert_int_equal(
        dlms_session_ask(p->client, DLMS_SERVICE_GET, list, 3, &out), ERR_OK);
    talk(p, &out);
    assert_int_equal(p->heard.n, 3);
    assert_int_equal(p->heard.answers[0].result, DLMS_SUCCESS);
    assert_int_equal(p->heard.answers[1].result, DLMS_OBJECT_UNDEFINED);
    assert_int_equal(p->heard.answers[2].value.list.n, 2);
}

/* ---- who may ---- */

static void a_password_lets_in_and_without_it_one_only_reads(void **state)
{
    struct dlms_access access = {
        .mechanism = DLMS_LLS, .secret = { (const uint8_t *)"Sesame77", 8 }
    };
    struct play *p = *state;

    play_meter(p, GAS, "lls=Sesame77");
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
    assert_int_equal(act(p, 70, OBIS(0, 0, 96, 3, 10), 1, zero()),
                     DLMS_SUCCESS);
    assert_int_equal(p->moved, 1);
    open_plain(p);
    assert_int_equal(get(p, 70, OBIS(0, 0, 96, 3, 10), 3)->value.u, 0);
    assert_int_equal(act(p, 70, OBIS(0, 0, 96, 3, 10), 2, zero()),
                     DLMS_READ_WRITE_DENIED);
    assert_int_equal(set(p, 1, OBIS(0, 0, 96, 50, 10), 2,
                         dlms_of_unsigned(DLMS_LONG_UNSIGNED, 60)),
                     DLMS_READ_WRITE_DENIED);
    access.secret = (struct bytes){ (const uint8_t *)"Sesame78", 8 };
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
    p->wrong_key = true;
    access.secret = (struct bytes){ (const uint8_t *)"Sesame77", 8 };
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
}

static struct dlms_access by_hls(uint8_t mechanism)
{
    return (struct dlms_access){
        .mechanism = mechanism,
        .secret = { (const uint8_t *)"12345678", 8 },
        .challenge = { (const uint8_t *)"0123456789abcdef", 16 },
        .security = { .title = { 'L', 'Z', 'R', 0, 0, 0, 0, 1 } },
    };
}

static void high_level_security_lets_in_whoever_proves_the_secret(void **state)
{
    struct play *p = *state;

    for (uint8_t i = DLMS_HLS_MD5; i <= DLMS_HLS_SHA256; i++) {
        struct dlms_access access = by_hls(i);

        if (i == DLMS_HLS_GMAC)
            continue;
        play_meter(p, GAS, arena_printf(p->a, "hls=12345678 mechanism=%u", i));
        let_in(p, &access);
        assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
        assert_int_equal(act(p, 70, OBIS(0, 0, 96, 3, 10), 1, zero()),
                         DLMS_SUCCESS);
        access.secret = (struct bytes){ (const uint8_t *)"12345679", 8 };
        let_in(p, &access);
        assert_int_not_equal(p->heard.event, DLMS_SESSION_OPEN);
    }
}

#define EK  "ek=000102030405060708090a0b0c0d0e0f "
#define AK  "ak=101112131415161718191a1b1c1d1e1f "
#define KEK "kek=202122232425262728292a2b2c2d2e2f"

static struct dlms_access ciphered(uint32_t counter)
{
    struct dlms_access access = by_hls(DLMS_HLS_GMAC);
    struct dlms_security *s = &access.security;

    s->control = 0x30;
    s->counter = counter;
    s->keys.has_encryption = s->keys.has_authentication = true;
    for (uint8_t i = 0; i < 16; i++) {
        s->keys.encryption[i] = i;
        s->keys.authentication[i] = (uint8_t)(i + 16);
    }
    return access;
}

static void keys_cipher_a_session_and_a_replay_is_refused(void **state)
{
    struct play *p = *state;
    struct dlms_access access = ciphered(100);
    struct dlms_out answer;

    play_meter(p, GAS, EK AK KEK);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
    assert_int_equal(act(p, 70, OBIS(0, 0, 96, 3, 10), 1, zero()),
                     DLMS_SUCCESS);
    assert_int_equal(p->sent.at[0], 0xCB); /* glo-action-request */
    hear(p, p->sent, &answer);
    assert_int_equal(answer.at[0], DLMS_EXCEPTION_RESPONSE);
    assert_int_equal(p->moved, 1);
    /* The counters are the meter's, not the session's. */
    access = ciphered(100);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
    access = ciphered(1000);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
    p->wrong_key = true;
    access = ciphered(2000);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
}

static void a_transferred_key_is_the_one_of_the_next_session(void **state)
{
    struct play *p = *state;
    struct dlms_access access = ciphered(100);
    struct dlms_new_key new = { DLMS_KEY_UNICAST, "another key of16" };
    uint8_t kek[16];
    struct dlms_asked what;

    for (uint8_t i = 0; i < 16; i++)
        kek[i] = (uint8_t)(i + 32);
    play_meter(p, GAS, EK AK KEK);
    let_in(p, &access);
    assert_int_equal(
        dlms_key_transfer(p->a, OBIS(0, 0, 43, 0, 0), kek, &new, 1, &what),
        ERR_OK);
    assert_int_equal(ask(p, DLMS_SERVICE_ACTION, what)->result, DLMS_SUCCESS);
    access = ciphered(500);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
    access = ciphered(600);
    memcpy(access.security.keys.encryption, new.key, 16);
    let_in(p, &access);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
}

/* ---- an electricity meter ---- */

static void tariffs_add_up_and_never_shrink(void **state)
{
    uint64_t was[TARIFFS + 1] = { 0 };

    (void)state;
    for (uint64_t wh = 0; wh < 5000; wh++) {
        uint64_t sum = 0;

        for (unsigned t = 1; t <= TARIFFS; t++) {
            uint64_t now = tariff_energy(wh, t);

            assert_true(now >= was[t]);
            was[t] = now;
            sum += now;
        }
        assert_int_equal(sum, wh);
        assert_int_equal(tariff_energy(wh, 0), wh);
    }
}

static void its_registers_say_energy_by_tariff_in_watt_hours(void **state)
{
    struct play *p = *state;
    uint64_t sum = 0;

    play_meter(p, POWER, NULL);
    open_plain(p);
    for (uint8_t t = 1; t <= TARIFFS; t++) {
        struct dlms_scaler_unit su;

        sum += get(p, 3, OBIS(1, 0, 1, 8, t), 2)->value.u;
        assert_int_equal(dlms_scaler_unit_read(
                             &get(p, 3, OBIS(1, 0, 1, 8, t), 3)->value, &su),
                         ERR_OK);
        assert_int_equal(su.unit, 30);
    }
    assert_int_equal(sum, get(p, 3, OBIS(1, 0, 1, 8, 0), 2)->value.u);
}

static size_t rows_of(struct play *p, struct dlms_asked what,
                      struct dlms_value *out)
{
    *out = kept(p, ask(p, DLMS_SERVICE_GET, what));
    return out->list.n;
}

static void a_load_profile_is_read_by_range_by_entry_and_by_column(void **state)
{
    const struct obis load = OBIS(1, 0, 99, 1, 0);
    struct dlms_datetime from, to;
    struct dlms_value f, t, rows;
    struct dlms_column *columns;
    struct play *p = *state;
    size_t n;

    play_meter(p, POWER, NULL);
    open_plain(p);
    rows = kept(p, get(p, 7, load, DLMS_PROFILE_CAPTURE_OBJECTS));
    assert_int_equal(dlms_columns_read(p->a, &rows, &columns, &n), ERR_OK);
    assert_int_equal(n, 3);
    dlms_datetime_of_moment((struct moment){ NOW_US - 86400000000 }, -180,
                            &from);
    dlms_datetime_of_moment((struct moment){ NOW_US }, -180, &to);
    assert_int_equal(
        rows_of(p, dlms_profile_between(p->a, load, &columns[0], &from, &to),
                &rows),
        48);
    for (size_t i = 1; i < 48; i++)
        assert_true(rows.list.at[i].list.at[1].u >=
                    rows.list.at[i - 1].list.at[1].u);
    f = dlms_of_datetime(p->a, &from);
    t = dlms_of_datetime(p->a, &to);
    assert_int_equal(rows_of(p,
                             dlms_profile_range(p->a, load, &columns[0], &f, &t,
                                                &columns[1], 1),
                             &rows),
                     48);
    assert_int_equal(rows.list.at[0].list.n, 1);
    assert_int_equal(
        rows_of(p, dlms_profile_entries(p->a, load, 1, 500, 1, 2), &rows), 500);
    assert_int_equal(rows.list.at[0].list.n, 2);
    assert_int_equal(
        rows_of(p, dlms_profile_entries(p->a, OBIS(1, 0, 98, 1, 0), 1, 0, 1, 0),
                &rows),
        36);
    assert_int_equal(rows.list.at[0].list.n, TARIFFS + 2u);
}

static void a_passive_calendar_holds_once_it_is_activated(void **state)
{
    const struct obis name = OBIS(0, 0, 13, 0, 0);
    const struct dlms_week week = {
        { (const uint8_t *)"w", 1 }, 1, 1, 1, 1, 1, 1, 9
    };
    struct play *p = *state;
    struct dlms_value v;
    struct dlms_week *now;
    size_t n;

    play_meter(p, POWER, NULL);
    open_plain(p);
    dlms_weeks_make(p->a, &week, 1, &v);
    assert_int_equal(set(p, 20, name, DLMS_CALENDAR_WEEKS, v),
                     DLMS_READ_WRITE_DENIED);
    assert_int_equal(
        set(p, 20, name, DLMS_CALENDAR_WEEKS + DLMS_CALENDAR_PASSIVE, zero()),
        DLMS_TYPE_UNMATCHED);
    assert_int_equal(
        set(p, 20, name, DLMS_CALENDAR_WEEKS + DLMS_CALENDAR_PASSIVE, v),
        DLMS_SUCCESS);
    v = kept(p, get(p, 20, name, DLMS_CALENDAR_WEEKS));
    assert_int_equal(dlms_weeks_read(p->a, &v, &now, &n), ERR_OK);
    assert_int_equal(now[0].sunday, 2);
    assert_int_equal(act(p, 20, name, DLMS_CALENDAR_ACTIVATE_PASSIVE, zero()),
                     DLMS_SUCCESS);
    v = kept(p, get(p, 20, name, DLMS_CALENDAR_WEEKS));
    assert_int_equal(dlms_weeks_read(p->a, &v, &now, &n), ERR_OK);
    assert_int_equal(now[0].sunday, 9);
}

static size_t special_days(struct play *p, struct dlms_special_day **out)
{
    struct dlms_value v = kept(p, get(p, 11, OBIS(0, 0, 11, 0, 0), 2));
    size_t n;

    assert_int_equal(dlms_special_days_read(p->a, &v, out, &n), ERR_OK);
    return n;
}

static void special_days_are_put_in_and_taken_out(void **state)
{
    const struct obis name = OBIS(0, 0, 11, 0, 0);
    struct dlms_special_day day = { 1, { 0xFF, 0xFF, 1, 1, 0xFF }, 2 }, *now;
    struct play *p = *state;
    struct dlms_value v;

    play_meter(p, POWER, NULL);
    open_plain(p);
    assert_int_equal(special_days(p, &now), 0);
    for (uint16_t i = 1; i <= 3; i++) {
        day.index = i == 3 ? 2 : i; /* the third replaces the second */
        day.day_id = (uint8_t)i;
        dlms_special_day_make(p->a, &day, &v);
        assert_int_equal(act(p, 11, name, DLMS_SPECIAL_DAYS_INSERT, v),
                         DLMS_SUCCESS);
    }
    assert_int_equal(special_days(p, &now), 2);
    assert_int_equal(now[1].day_id, 3);
    v = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 1);
    assert_int_equal(act(p, 11, name, DLMS_SPECIAL_DAYS_DELETE, v),
                     DLMS_SUCCESS);
    assert_int_equal(act(p, 11, name, DLMS_SPECIAL_DAYS_DELETE, v),
                     DLMS_OTHER_REASON);
    assert_int_equal(special_days(p, &now), 1);
    assert_int_equal(p->written, 4);
}

static void a_power_above_the_limit_is_seen(void **state)
{
    struct play *p = *state;
    uint32_t power;

    play_meter(p, POWER, NULL);
    open_plain(p);
    power = tariff_power(p->m);
    assert_false(tariff_exceeded(p->m, p->a));
    assert_int_equal(
        set(p, 71, OBIS(0, 0, 17, 0, 0), DLMS_LIMITER_NORMAL,
            dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, power - 1)),
        DLMS_SUCCESS);
    assert_true(tariff_exceeded(p->m, p->a));
    assert_int_equal(
        get(p, 71, OBIS(0, 0, 17, 0, 0), DLMS_LIMITER_ACTIVE)->value.u,
        power - 1);
    assert_int_equal(act(p, 70, OBIS(0, 0, 96, 3, 10), 1, zero()),
                     DLMS_SUCCESS);
    assert_int_equal(p->moved, 1);
    assert_int_equal(tariff_power(p->m), 0);
}

/* ---- who is meant by a scenario ---- */

static void a_share_is_about_that_many_and_the_same_ones_each_time(void **state)
{
    static const char text[] = "group a = share 30%\ngroup b = not a\n"
                               "at 1s magnet a\n";
    char first[] = "700000000001", none[] = "";
    struct settings set = { .meters = 3000,
                            .first_serial = first,
                            .model = none,
                            .serials = none,
                            .state_file = none,
                            .lls_password = none };
    struct play *p = *state;
    struct scenario_fault fault;
    struct scenario s;
    unsigned n = 0, both = 0, other = 0;

    assert_int_equal(fleet_open(&p->fleet, &set, NOW_US), ERR_OK);
    assert_int_equal(scenario_read(p->a, text, sizeof text - 1, &s, &fault),
                     ERR_OK);
    for (uint32_t i = 0; i < p->fleet.n; i++) {
        const struct meter *m = &p->fleet.meters[i];
        bool in = befall_set_has(&s, 0, 7, m);

        n += in;
        both += in == befall_set_has(&s, 1, 7, m);
        assert_true(in == befall_set_has(&s, 2, 7, m));
        other += in != befall_set_has(&s, 0, 8, m);
    }
    assert_in_range(n, 800, 1000);
    assert_int_equal(both, 0);
    assert_true(other > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_the_object_list_grants_can_be_read_of_every_model, setup,
            teardown),
        cmocka_unit_test_setup_teardown(lists_are_answered_one_by_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            a_password_lets_in_and_without_it_one_only_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(
            high_level_security_lets_in_whoever_proves_the_secret, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            keys_cipher_a_session_and_a_replay_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_transferred_key_is_the_one_of_the_next_session, setup, teardown),
        cmocka_unit_test_setup_teardown(tariffs_add_up_and_never_shrink, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            its_registers_say_energy_by_tariff_in_watt_hours, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_load_profile_is_read_by_range_by_entry_and_by_column, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            a_passive_calendar_holds_once_it_is_activated, setup, teardown),
        cmocka_unit_test_setup_teardown(special_days_are_put_in_and_taken_out,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_power_above_the_limit_is_seen, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            a_share_is_about_that_many_and_the_same_ones_each_time, setup,
            teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
