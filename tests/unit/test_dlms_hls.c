/* Proofs, key wrap and protected initiates against the worked examples of the
 * DLMS UA Green Book and RFC 3394; digests, HLS 2 and general envelopes against
 * values of other implementations: node:crypto, the openssl program and
 * python's cryptography over the same parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/dlms/apdu.h"
#include "lib/dlms/hls.h"
#include "lib/dlms/security.h"

static const uint8_t key_ek[] = { 0, 1, 2,  3,  4,  5,  6,  7,
                                  8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t title_client[] = { 0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1 };
static const uint8_t title_server[] = {
    0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E
};

static struct dlms_security example(const uint8_t *title, const uint8_t *peer,
                                    uint32_t counter)
{
    struct dlms_security s = { .has_peer = true, .counter = counter };

    memcpy(s.title, title, 8);
    memcpy(s.peer, peer, 8);
    s.keys.has_encryption = s.keys.has_authentication = true;
    memcpy(s.keys.encryption, key_ek, 16);
    for (size_t i = 0; i < 16; i++)
        s.keys.authentication[i] = (uint8_t)(0xD0 + i);
    return s;
}

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static struct dlms_hls end(uint8_t mechanism, bool is_client)
{
    return (struct dlms_hls){
        .mechanism = mechanism,
        .is_client = is_client,
        .secret = text("GasSecret1234567"),
        .ours = text(is_client ? "K56iVagY" : "P6wRJ21F"),
        .theirs = text(is_client ? "P6wRJ21F" : "K56iVagY"),
    };
}

static void assert_hex(const uint8_t *at, size_t len, const char *wanted)
{
    char hex[256];

    assert_true(len * 2 < sizeof(hex));
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", at[i]);
    assert_string_equal(hex, wanted);
}

struct example {
    uint8_t mechanism;
    const char *client, *server;
};

static const struct example examples[] = {
    /* openssl enc -aes-128-ecb -nopad of the challenge and eight zeroes */
    { DLMS_HLS, "168a727e1887d9f2a0a21494f72142c5",
      "4161e2cbc8c8abe60c1c28ef3dc66653" },
    { DLMS_HLS_MD5, "f3b4dc6239552452f016911f39bbb4a5",
      "353c1eb8b6e4bd22b12ee9f2b4046ab4" },
    { DLMS_HLS_SHA1, "39fb0b3179f255603c4c9ee29dcd5e03098e2f6f",
      "d8284c820fb1ec3e22f97916503b246c93edb787" },
    { DLMS_HLS_GMAC, "10000000011a52fe7dd3e72748973c1e28",
      "1001234567fe1466afb3dbcd4f9389e2b7" },
    { DLMS_HLS_SHA256,
      "2d2d6c89c6f0efdbd098f6d8b4df1b9b5578684dcec0d6dbc01a3473789f5323",
      "655ce98d96413b0db91a37c1356863ab93792e21f764af8c35c9aaaeedc811a6" },
};
#define EXAMPLES (sizeof(examples) / sizeof(examples[0]))

static void every_proof_is_that_of_the_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct dlms_hls c = end(examples[i].mechanism, true);
        const struct dlms_hls s = end(examples[i].mechanism, false);
        struct dlms_security sc = example(title_client, title_server, 1);
        struct dlms_security ss =
            example(title_server, title_client, 0x01234567);
        struct dlms_proof by_client, by_server;

        assert_int_equal(dlms_hls_prove(&c, &sc, &by_client), ERR_OK);
        assert_int_equal(dlms_hls_prove(&s, &ss, &by_server), ERR_OK);
        assert_hex(by_client.at, by_client.len, examples[i].client);
        assert_hex(by_server.at, by_server.len, examples[i].server);
        assert_int_equal(
            dlms_hls_check(&s, &ss,
                           (struct bytes){ by_client.at, by_client.len }),
            ERR_OK);
        assert_int_equal(
            dlms_hls_check(&c, &sc,
                           (struct bytes){ by_server.at, by_server.len }),
            ERR_OK);
    }
}

static void a_proof_with_any_bit_changed_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct dlms_hls c = end(examples[i].mechanism, true);
        const struct dlms_hls s = end(examples[i].mechanism, false);
        struct dlms_security sc = example(title_client, title_server, 1);
        struct dlms_security ss = example(title_server, title_client, 7);
        struct dlms_proof p;

        assert_int_equal(dlms_hls_prove(&c, &sc, &p), ERR_OK);
        for (size_t b = 0; b < p.len; b++) {
            p.at[b] ^= 1;
            assert_int_equal(
                dlms_hls_check(&s, &ss, (struct bytes){ p.at, p.len }),
                ERR_PROTOCOL);
            p.at[b] ^= 1;
        }
        assert_int_equal(
            dlms_hls_check(&s, &ss, (struct bytes){ p.at, p.len - 1 }),
            ERR_PROTOCOL);
    }
}

static void what_is_not_implemented_is_said(void **state)
{
    static const uint8_t mechanisms[] = { DLMS_HLS_ECDSA, 8, 10 };

    (void)state;
    for (size_t i = 0; i < sizeof(mechanisms); i++) {
        const struct dlms_hls h = end(mechanisms[i], true);
        struct dlms_security s = example(title_client, title_server, 1);
        struct dlms_proof p;

        assert_int_equal(dlms_hls_prove(&h, &s, &p), ERR_INVALID);
        assert_non_null(strstr(err_reason(), "is not possible"));
    }
}

/* Green Book, the AARQ with a ciphered InitiateRequest and a dedicated key. */
static void the_initiate_of_the_example_is_written_and_opened(void **state)
{
    static const uint8_t dedicated[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
                                         0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB,
                                         0xCC, 0xDD, 0xEE, 0xFF };
    const struct dlms_initiate i = { { dedicated, 16 }, 6, 0x007E1F, 0x04B0 };
    struct arena *a = arena_new();
    struct dlms_security s = example(title_server, title_client, 0x01234567);
    struct dlms_security peer = example(title_client, title_server, 1);
    struct dlms_initiate back = { 0 };
    struct dlms_out plain, o;
    struct bytes opened;

    (void)state;
    s.control = peer.control = 0x30;
    dlms_out_init(&plain, a);
    dlms_out_init(&o, a);
    dlms_initiate_request_put(&plain, &i);
    assert_int_equal(dlms_security_wrap(&s, dlms_out_bytes(&plain), &o),
                     ERR_OK);
    assert_hex(o.at, o.len,
               "21303001234567801302ff8a7874133d414ced25b42534d28db0047720606b"
               "175bd52211be6841db204d39ee6fdb8e356855");
    assert_int_equal(
        dlms_security_unwrap(&peer, a, dlms_out_bytes(&o), &opened), ERR_OK);
    assert_int_equal(dlms_initiate_request_read(opened, &back), ERR_OK);
    assert_int_equal(back.max_pdu, 0x04B0);
    assert_int_equal(back.dedicated_key.len, 16);
    arena_free(a);
}

/* HLS 2 as meters of СПОДЭС have it: a password of sixteen characters, or
 * fewer; a challenge of whole blocks is not filled up. */
static void
a_short_secret_and_a_long_challenge_are_filled_with_zeroes(void **state)
{
    struct dlms_hls h = end(DLMS_HLS, true);
    struct dlms_security s = example(title_client, title_server, 1);
    struct dlms_proof p;

    (void)state;
    h.secret = text("12345678");
    h.theirs = text("client-challenge");
    assert_int_equal(dlms_hls_prove(&h, &s, &p), ERR_OK);
    assert_hex(p.at, p.len, "16fd7dafac4369edd1b306f6f0e16682");
    h.secret = text("GasSecret1234567");
    h.theirs = text("0123456789abcdef0123456789abcdefQ");
    assert_int_equal(dlms_hls_prove(&h, &s, &p), ERR_OK);
    assert_hex(
        p.at, p.len,
        "760aec4c30438ac432c145477455dc44760aec4c30438ac432c145477455dc44"
        "133cb650ee5bda685308402cc2ebd24c");
    h.secret = text("GasSecret12345678");
    assert_int_equal(dlms_hls_prove(&h, &s, &p), ERR_INVALID);
    h.secret.len = 0;
    assert_int_equal(dlms_hls_prove(&h, &s, &p), ERR_INVALID);
}

struct envelope {
    uint8_t control;
    bool dedicated;
    const char *get, *answer;
};

/* GET of the clock by the client under counter 9, the answer 1337 of the
 * server under 77; key 00 01 ... 0F, dedicated key 00 11 ... FF. */
static const struct envelope envelopes[] = {
    { 0x10, false,
      "db084d4d4d00000000011e1000000009c001c100080000010000ff0200441b0c917e669f"
      "f8b93ec065",
      "db084d4d4d0000bc614e1a100000004dc401c1000600000539ef20962ee10062c9534cda"
      "f7" },
    { 0x20, false, "db084d4d4d0000000001122000000009ace7b3f34b59f4dcdff2df0c31",
      "db084d4d4d0000bc614e0e200000004d6f15c7fdc815659af3" },
    { 0x30, false,
      "db084d4d4d00000000011e3000000009ace7b3f34b59f4dcdff2df0c31dc4830d4dc347f"
      "6527ecf8e8",
      "db084d4d4d0000bc614e1a300000004d6f15c7fdc815659af31d54abe129459ce75be488"
      "41" },
    { 0x31, false,
      "db084d4d4d00000000011e3100000009ace7b3f34b59f4dcdff2df0c3149a3707670d803"
      "e8af79c636",
      "db084d4d4d0000bc614e1a310000004d6f15c7fdc815659af388bfeb4385a9e06ad371b6"
      "9f" },
    { 0x10, true,
      "dc084d4d4d00000000011e1000000009c001c100080000010000ff0200ee5e038ce257aa"
      "469d1945db",
      "dc084d4d4d0000bc614e1a100000004dc401c1000600000539af602bae6d27af3bb25dcd"
      "1b" },
    { 0x20, true, "dc084d4d4d0000000001122000000009bf81b320629e6293ae5dad94a6",
      "dc084d4d4d0000bc614e0e200000004d28f11ca3f9b617bd9a" },
    { 0x30, true,
      "dc084d4d4d00000000011e3000000009bf81b320629e6293ae5dad94a6ea23697a0dcd9f"
      "634f21a40b",
      "dc084d4d4d0000bc614e1a300000004d28f11ca3f9b617bd9a7fe1a97dabc8915842a465"
      "83" },
    { 0x11, true,
      "dc084d4d4d00000000011e1100000009c001c100080000010000ff0200561024204a1b03"
      "146649c254",
      "dc084d4d4d0000bc614e1a110000004dc401c1000600000539172e0c02c56b0669490d4a"
      "94" },
    { 0x31, true,
      "dc084d4d4d00000000011e3100000009bf81b320629e6293ae5dad94a6e79328ef16c7c0"
      "68e3699886",
      "dc084d4d4d0000bc614e1a310000004d28f11ca3f9b617bd9a7251e8e8b0c2ce53eeec59"
      "0e" },
};

static size_t of_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    unsigned b;

    while (sscanf(hex + 2 * n, "%2x", &b) == 1)
        out[n++] = (uint8_t)b;
    return n;
}

/* What one end writes is the example, and the other opens it. */
static void one_way(const struct envelope *e, bool by_client,
                    struct bytes plain, const char *hex)
{
    struct arena *a = arena_new();
    struct dlms_security from =
        example(by_client ? title_client : title_server,
                by_client ? title_server : title_client, by_client ? 9 : 77);
    struct dlms_security to =
        example(by_client ? title_server : title_client,
                by_client ? title_client : title_server, 1);
    uint8_t bytes[128];
    struct bytes opened = { NULL, 0 };
    struct dlms_out o;

    from.control = to.control = e->control;
    from.general = to.general = true;
    from.has_dedicated = to.has_dedicated = e->dedicated;
    for (uint8_t i = 0; i < DLMS_KEY_LEN; i++)
        from.dedicated[i] = to.dedicated[i] = (uint8_t)(0x11 * i);
    dlms_out_init(&o, a);
    assert_int_equal(dlms_security_wrap(&from, plain, &o), ERR_OK);
    assert_hex(o.at, o.len, hex);
    assert_int_equal(
        dlms_security_unwrap(
            &to, a, (struct bytes){ bytes, of_hex(hex, bytes) }, &opened),
        ERR_OK);
    assert_int_equal(opened.len, plain.len);
    assert_memory_equal(opened.at, plain.at, plain.len);
    assert_int_equal(
        dlms_security_unwrap(&to, a, (struct bytes){ bytes, o.len }, &opened),
        ERR_PROTOCOL); /* the same counter again */
    arena_free(a);
}

static void general_envelopes_of_both_suites_are_those_of_another(void **state)
{
    static const uint8_t get[] = { 0xC0, 1, 0xC1, 0,    8, 0, 0,
                                   1,    0, 0,    0xFF, 2, 0 };
    static const uint8_t answer[] = { 0xC4, 1, 0xC1, 0, 6, 0, 0, 5, 0x39 };

    (void)state;
    for (size_t i = 0; i < sizeof(envelopes) / sizeof(envelopes[0]); i++) {
        one_way(&envelopes[i], true, (struct bytes){ get, sizeof(get) },
                envelopes[i].get);
        one_way(&envelopes[i], false, (struct bytes){ answer, sizeof(answer) },
                envelopes[i].answer);
    }
}

/* RFC 3394, 4.1: 128 bits of key data with a 128-bit KEK. */
static void a_key_is_wrapped_as_in_the_rfc(void **state)
{
    static const uint8_t key[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
                                   0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB,
                                   0xCC, 0xDD, 0xEE, 0xFF };
    uint8_t wrapped[DLMS_WRAPPED_LEN], back[DLMS_KEY_LEN];

    (void)state;
    assert_int_equal(dlms_key_wrap(key_ek, key, wrapped), ERR_OK);
    assert_hex(wrapped, sizeof(wrapped),
               "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    assert_int_equal(dlms_key_unwrap(key_ek, wrapped, back), ERR_OK);
    assert_memory_equal(back, key, sizeof(key));
    wrapped[3] ^= 1;
    assert_int_equal(dlms_key_unwrap(key_ek, wrapped, back), ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_proof_is_that_of_the_example),
        cmocka_unit_test(a_proof_with_any_bit_changed_is_none),
        cmocka_unit_test(what_is_not_implemented_is_said),
        cmocka_unit_test(the_initiate_of_the_example_is_written_and_opened),
        cmocka_unit_test(
            a_short_secret_and_a_long_challenge_are_filled_with_zeroes),
        cmocka_unit_test(general_envelopes_of_both_suites_are_those_of_another),
        cmocka_unit_test(a_key_is_wrapped_as_in_the_rfc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
