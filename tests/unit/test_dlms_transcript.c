/* Whole sessions of tests/data/dlms-transcripts.tsv, which another
 * implementation wrote: what the client says must be theirs to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_time.h"
#include "lib/dlms/session.h"

#define FILE_NAME   "tests/data/dlms-transcripts.tsv"
#define LINES_MAX   32
#define BYTES_MAX   256
#define CONFORMANCE 0x603EBDu

struct line {
    bool by_client;
    uint8_t at[BYTES_MAX];
    size_t len;
};

struct play {
    struct arena *a;
    struct dlms_session *s;
    struct line lines[LINES_MAX];
    size_t n, at;
    struct dlms_heard heard;
    struct dlms_out out;
};

static const struct obis volume = { { 7, 0, 13, 2, 0, 255 } };
static const struct obis valve = { { 0, 0, 96, 3, 10, 255 } };
static const uint8_t client_title[] = { 0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1 };
static const uint8_t server_title[] = {
    0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E
};

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static size_t read_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    unsigned b;

    while (n < BYTES_MAX && sscanf(hex + 2 * n, "%2X", &b) == 1)
        out[n++] = (uint8_t)b;
    return n;
}

static int setup(void **state)
{
    static struct play p;

    p = (struct play){ .a = arena_new() };
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct play *p = *state;

    dlms_session_free(p->s);
    arena_free(p->a);
    return 0;
}

static void load(struct play *p, const char *name)
{
    char session[32], who[2], hex[2 * BYTES_MAX + 1], row[700];
    FILE *f = fopen(FILE_NAME, "r");

    assert_non_null(f);
    while (fgets(row, sizeof(row), f) != NULL)
        if (sscanf(row, "%31[^\t]\t%1[CS]\t%512[0-9A-F]", session, who, hex) ==
                3 &&
            strcmp(session, name) == 0) {
            assert_true(p->n < LINES_MAX);
            p->lines[p->n].by_client = who[0] == 'C';
            p->lines[p->n].len = read_hex(hex, p->lines[p->n].at);
            p->n++;
        }
    (void)fclose(f);
    assert_true(p->n > 0);
}

static struct dlms_security security(uint8_t control, uint32_t counter)
{
    struct dlms_security s = { .control = control, .counter = counter };

    memcpy(s.title, client_title, sizeof(client_title));
    s.keys.has_encryption = s.keys.has_authentication = true;
    for (uint8_t i = 0; i < DLMS_KEY_LEN; i++) {
        s.keys.encryption[i] = i;
        s.keys.authentication[i] = (uint8_t)(0xD0 + i);
        s.dedicated[i] = (uint8_t)(0x11 * i);
    }
    return s;
}

/* The client has spoken, and the meter answers, until the client is to speak
 * for itself. */
static void go_on(struct play *p)
{
    do {
        const struct line *c = &p->lines[p->at++], *s = &p->lines[p->at++];

        assert_true(p->at <= p->n && c->by_client && !s->by_client);
        assert_int_equal(p->out.len, c->len);
        assert_memory_equal(p->out.at, c->at, c->len);
        dlms_out_init(&p->out, p->a);
        assert_int_equal(dlms_session_hear(p->s,
                                           (struct bytes){ s->at, s->len },
                                           &p->heard, &p->out),
                         ERR_OK);
    } while (p->heard.event == DLMS_SESSION_GOES_ON);
}

static void open_as(struct play *p, const char *name,
                    const struct dlms_access *access)
{
    load(p, name);
    p->s = dlms_session_new(access);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_open(p->s, &p->out), ERR_OK);
    go_on(p);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
}

static const struct dlms_given *ask(struct play *p, enum dlms_service service,
                                    const struct dlms_asked *q, size_t n)
{
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_ask(p->s, service, q, n, &p->out), ERR_OK);
    go_on(p);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    assert_int_equal(p->heard.n, n);
    return p->heard.answers;
}

static void leave(struct play *p)
{
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_close(p->s, &p->out), ERR_OK);
    go_on(p);
    assert_int_equal(p->heard.event, DLMS_SESSION_CLOSED);
    assert_int_equal(p->at, p->n);
}

static void the_association_of_the_green_book_is_ours(void **state)
{
    struct play *p = *state;
    struct dlms_access access = { .mechanism = DLMS_LLS,
                                  .secret = text("12345678"),
                                  .conformance = 0x007E1F,
                                  .max_pdu = 0x04B0 };

    access.security = security(0x30, 0x01234567);
    access.security.has_dedicated = true;
    access.security.has_peer = true; /* this AARE brings no title */
    memcpy(access.security.title, server_title, 8);
    memcpy(access.security.peer, server_title, 8);
    open_as(p, "book", &access);
    assert_int_equal(dlms_session_agreed(p->s).conformance, 0x007C1F);
    assert_int_equal(dlms_session_agreed(p->s).max_pdu, 0x0400);
    assert_int_equal(dlms_session_security(p->s)->heard_counter, 0x01234567);
}

static void a_session_under_gmac_reads_a_value_in_two_blocks(void **state)
{
    struct play *p = *state;
    const struct dlms_asked q = dlms_ask(DLMS_REGISTER, volume, 2);
    struct dlms_access access = { .mechanism = DLMS_HLS_GMAC,
                                  .challenge = text("K56iVagY"),
                                  .conformance = CONFORMANCE };
    const struct dlms_given *g;

    access.security = security(0x30, 100);
    access.security.general = true;
    open_as(p, "gmac_general", &access);
    g = ask(p, DLMS_SERVICE_GET, &q, 1);
    assert_int_equal(g[0].value.type, DLMS_DOUBLE_LONG_UNSIGNED);
    assert_int_equal(g[0].value.u, 1234567);
    assert_int_equal(dlms_session_security(p->s)->counter, 105);
    assert_int_equal(dlms_session_security(p->s)->heard_counter, 5004);
    leave(p);
}

static void
a_session_of_suite_one_closes_a_valve_under_its_own_key(void **state)
{
    struct play *p = *state;
    const struct dlms_value zero = dlms_of_signed(DLMS_INTEGER, 0);
    const struct dlms_asked q =
        dlms_ask_with(DLMS_DISCONNECT_CONTROL, valve, 1, &zero);
    struct dlms_access access = { .mechanism = DLMS_HLS_SHA256,
                                  .secret = text("GasSecret1234567"),
                                  .challenge = text("K56iVagY"),
                                  .conformance = CONFORMANCE };

    access.security = security(0x31, 7);
    access.security.has_dedicated = true;
    open_as(p, "sha256_dedicated", &access);
    assert_int_equal(ask(p, DLMS_SERVICE_ACTION, &q, 1)[0].result,
                     DLMS_SUCCESS);
    leave(p);
}

static void a_session_under_md5_asks_a_list_and_hears_refusals(void **state)
{
    struct play *p = *state;
    const struct dlms_value zone = dlms_of_signed(DLMS_LONG, -180);
    const struct dlms_value zero = dlms_of_signed(DLMS_INTEGER, 0);
    const struct dlms_asked list[] = {
        dlms_ask(DLMS_REGISTER, volume, 2),
        dlms_ask(DLMS_CLOCK, dlms_clock_name, DLMS_CLOCK_TIME_ZONE),
    };
    const struct dlms_asked set =
        dlms_ask_with(DLMS_CLOCK, dlms_clock_name, DLMS_CLOCK_TIME_ZONE, &zone);
    const struct dlms_asked act =
        dlms_ask_with(DLMS_DISCONNECT_CONTROL, valve, 2, &zero);
    const struct dlms_access access = { .mechanism = DLMS_HLS_MD5,
                                        .secret = text("GasSecret1234567"),
                                        .challenge = text("K56iVagY"),
                                        .conformance = CONFORMANCE };
    const struct dlms_given *g;

    open_as(p, "md5_plain", &access);
    g = ask(p, DLMS_SERVICE_GET, list, 2);
    assert_int_equal(g[0].value.u, 1234567);
    assert_int_equal(g[1].value.i, -180);
    assert_int_equal(ask(p, DLMS_SERVICE_SET, &set, 1)[0].result,
                     DLMS_READ_WRITE_DENIED);
    (void)ask(p, DLMS_SERVICE_ACTION, &act, 1);
    assert_string_equal(p->heard.why,
                        "service-not-allowed, service-not-supported");
    leave(p);
}

/* Let in by the proof of mechanism, a session reads the volume. */
static void reads_the_volume(struct play *p, const char *name,
                             const struct dlms_access *access)
{
    const struct dlms_asked q = dlms_ask(DLMS_REGISTER, volume, 2);

    open_as(p, name, access);
    assert_int_equal(ask(p, DLMS_SERVICE_GET, &q, 1)[0].value.u, 1234567);
    leave(p);
}

static void a_session_under_aes_reads_a_value(void **state)
{
    const struct dlms_access access = { .mechanism = DLMS_HLS,
                                        .secret = text("GasSecret1234567"),
                                        .challenge = text("K56iVagY"),
                                        .conformance = CONFORMANCE };

    reads_the_volume(*state, "aes_plain", &access);
}

static void
a_session_under_sha_1_goes_in_general_envelopes_of_its_own_key(void **state)
{
    struct dlms_access access = { .mechanism = DLMS_HLS_SHA1,
                                  .secret = text("GasSecret1234567"),
                                  .challenge = text("K56iVagY"),
                                  .conformance = CONFORMANCE };

    access.security = security(0x31, 7);
    access.security.general = true;
    access.security.has_dedicated = true;
    reads_the_volume(*state, "sha1_general_dedicated", &access);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_association_of_the_green_book_is_ours),
        TEST(a_session_under_gmac_reads_a_value_in_two_blocks),
        TEST(a_session_of_suite_one_closes_a_valve_under_its_own_key),
        TEST(a_session_under_md5_asks_a_list_and_hears_refusals),
        TEST(a_session_under_aes_reads_a_value),
        TEST(a_session_under_sha_1_goes_in_general_envelopes_of_its_own_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
