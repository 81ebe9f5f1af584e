/* Proofs, key wrap and protected initiates against the worked examples of the
 * DLMS UA Green Book and RFC 3394; digests against values of another
 * implementation (node:crypto over the same parts). */
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
    static const uint8_t mechanisms[] = { DLMS_HLS, DLMS_HLS_ECDSA, 8, 10 };

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

static void suite_one_and_general_envelopes_are_those_of_another(void **state)
{
    static const uint8_t get[] = { 0xC0, 1, 0xC1, 0,    8, 0, 0,
                                   1,    0, 0,    0xFF, 2, 0 };
    struct arena *a = arena_new();
    struct dlms_security s = example(title_client, title_server, 9);
    struct dlms_out o;

    (void)state;
    s.control = 0x31;
    s.general = true;
    s.has_dedicated = true;
    memcpy(s.dedicated, key_ek, 16);
    dlms_out_init(&o, a);
    assert_int_equal(
        dlms_security_wrap(&s, (struct bytes){ get, sizeof(get) }, &o), ERR_OK);
    assert_hex(o.at, o.len,
               "dc084d4d4d00000000011e3100000009ace7b3f34b59f4dcdff2df0c3149a37"
               "07670d803e8af79c636");
    arena_free(a);
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
        cmocka_unit_test(suite_one_and_general_envelopes_are_those_of_another),
        cmocka_unit_test(a_key_is_wrapped_as_in_the_rfc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
