/* A client's session and a server that talk to each other, for tests: the
 * server has one octet-string, an array of rows and a method. */
#ifndef LAZUR_TESTS_UNIT_DLMS_ENDS_H
#define LAZUR_TESTS_UNIT_DLMS_ENDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/server.h"
#include "lib/dlms/session.h"

#define BLOB_MAX 20000

struct ends {
    struct arena *a;
    struct dlms_session *client;
    struct dlms_server *server;
    struct dlms_heard heard;
    struct dlms_out out; /* the client's last */
    unsigned turns;      /* APDUs of the client since the last question */
    uint8_t blob[BLOB_MAX];
    size_t blob_len;
    size_t rows;
    uint8_t selector; /* of the last selection the server saw */
    unsigned acts;    /* times the method was called */
};

static const struct obis blob_name = { { 0, 0, 96, 1, 0, 255 } };
static const struct obis rows_name = { { 7, 0, 99, 99, 2, 255 } };
static const struct obis valve_name = { { 0, 0, 96, 3, 10, 255 } };

static inline uint8_t ends_get(void *ctx, struct arena *a,
                               const struct dlms_asked *what,
                               struct dlms_value *out)
{
    struct ends *t = ctx;

    t->selector = what->has_selection ? what->selector : 0;
    if (what->target.class_id == 1) {
        out->type = DLMS_OCTET_STRING;
        out->octets = (struct bytes){ t->blob, t->blob_len };
        return DLMS_SUCCESS;
    }
    if (what->target.class_id != 7)
        return DLMS_OBJECT_UNDEFINED;
    out->type = DLMS_ARRAY;
    out->list.n = t->rows;
    out->list.at = arena_alloc(a, (t->rows + 1) * sizeof(*out->list.at));
    for (size_t i = 0; i < t->rows; i++) {
        out->list.at[i].type = DLMS_DOUBLE_LONG_UNSIGNED;
        out->list.at[i].u = i;
    }
    return DLMS_SUCCESS;
}

static inline uint8_t ends_set(void *ctx, struct arena *a,
                               const struct dlms_asked *what)
{
    struct ends *t = ctx;

    (void)a;
    if (what->target.class_id != 1)
        return DLMS_READ_WRITE_DENIED;
    if (what->value.type != DLMS_OCTET_STRING)
        return DLMS_TYPE_UNMATCHED;
    t->blob_len = what->value.octets.len;
    memcpy(t->blob, what->value.octets.at, t->blob_len);
    return DLMS_SUCCESS;
}

/* Gives back what it was given. */
static inline uint8_t ends_act(void *ctx, struct arena *a,
                               const struct dlms_asked *what, bool *has,
                               struct dlms_value *out)
{
    struct ends *t = ctx;

    (void)a;
    t->acts++;
    if (what->target.class_id != 70)
        return DLMS_OBJECT_UNDEFINED;
    *has = what->has_value;
    *out = what->value;
    return DLMS_SUCCESS;
}

static const struct dlms_objects ends_objects = { ends_get, ends_set,
                                                  ends_act };

static const uint8_t client_title[] = { 'L', 'Z', 'R', 0, 0, 0, 0, 1 };
static const uint8_t server_title[] = { 'G', 'A', 'Z', 0, 1, 2, 3, 4 };

static inline struct dlms_security ends_security(bool is_client,
                                                 uint8_t control)
{
    struct dlms_security s = { .control = control };

    memcpy(s.title, is_client ? client_title : server_title, 8);
    s.keys.has_encryption = s.keys.has_authentication = true;
    memcpy(s.keys.encryption, "0123456789abcdef", 16);
    memcpy(s.keys.authentication, "fedcba9876543210", 16);
    s.counter = is_client ? 100 : 5000;
    return s;
}

static inline void ends_connect(struct ends *t,
                                const struct dlms_access *access,
                                struct dlms_server_settings settings)
{
    settings.objects = &ends_objects;
    settings.ctx = settings.ctx != NULL ? settings.ctx : t;
    t->client = dlms_session_new(access);
    t->server = dlms_server_new(&settings);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_open(t->client, &t->out), ERR_OK);
}

/* Until the client has something to say to its caller. */
static inline enum err ends_talk(struct ends *t)
{
    enum err e;

    for (t->turns = 0; t->turns < 5000; t->turns++) {
        struct dlms_out answer;

        dlms_out_init(&answer, t->a);
        if ((e = dlms_server_hear(t->server, dlms_out_bytes(&t->out),
                                  &answer)) != ERR_OK)
            return e;
        if (answer.len == 0)
            return err_raise(ERR_PROTOCOL, "the server waits");
        dlms_out_init(&t->out, t->a);
        if ((e = dlms_session_hear(t->client, dlms_out_bytes(&answer),
                                   &t->heard, &t->out)) != ERR_OK)
            return e;
        if (t->heard.event != DLMS_SESSION_GOES_ON)
            return ERR_OK;
    }
    return err_raise(ERR_PROTOCOL, "no end");
}

static inline enum err ends_ask(struct ends *t, enum dlms_service service,
                                const struct dlms_asked *asked, size_t n)
{
    enum err e;

    dlms_out_init(&t->out, t->a);
    e = dlms_session_ask(t->client, service, asked, n, &t->out);
    return e != ERR_OK ? e : ends_talk(t);
}

static inline int ends_setup(void **state)
{
    static struct ends t;

    t = (struct ends){ .a = arena_new() };
    *state = &t;
    return 0;
}

static inline int ends_teardown(void **state)
{
    struct ends *t = *state;

    dlms_session_free(t->client);
    dlms_server_free(t->server);
    arena_free(t->a);
    return 0;
}

#define OCTETS(s)                                                              \
    {                                                                          \
        (const uint8_t *)(s), sizeof(s) - 1                                    \
    }

static inline struct dlms_asked ask_blob(void)
{
    return (struct dlms_asked){ .target = { 1, blob_name, 2 } };
}

static inline struct dlms_asked set_blob(const uint8_t *at, size_t len)
{
    struct dlms_asked q = ask_blob();

    q.has_value = true;
    q.value.type = DLMS_OCTET_STRING;
    q.value.octets = (struct bytes){ at, len };
    return q;
}

static inline bool by_maker(void *ctx, bool by_client, struct bytes secret,
                            struct bytes challenge, struct dlms_proof *out)
{
    (void)ctx;
    out->len = 1 + secret.len;
    out->at[0] = (uint8_t)(challenge.at[0] ^ (by_client ? 0x55 : 0xAA));
    memcpy(out->at + 1, secret.at, secret.len);
    return true;
}

struct way {
    uint8_t mechanism, control;
    bool general, dedicated;
};

static inline void open_by(struct ends *t, struct way w, uint16_t pdu, bool gbt)
{
    struct dlms_access access = { .mechanism = w.mechanism,
                                  .secret = OCTETS("12345678"),
                                  .challenge = OCTETS("client-challenge"),
                                  .hls = by_maker };
    struct dlms_server_settings settings = { .mechanism = w.mechanism,
                                             .secret = OCTETS("12345678"),
                                             .challenge =
                                                 OCTETS("server-challenge!"),
                                             .general_blocks = gbt,
                                             .max_pdu = pdu,
                                             .answer_pdu = pdu,
                                             .hls = by_maker };

    if (w.mechanism == DLMS_LOWEST)
        access.secret = settings.secret = (struct bytes){ 0 };
    access.security = ends_security(true, w.control);
    access.security.general = w.general;
    access.security.has_dedicated = w.dedicated;
    memcpy(access.security.dedicated, "dedicated-key-16", 16);
    settings.security = ends_security(false, w.control);
    settings.security.general = w.general;
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_OPEN);
    assert_true(dlms_server_associated(t->server));
}

static inline void close_ends(struct ends *t)
{
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_close(t->client, &t->out), ERR_OK);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_CLOSED);
    assert_true(dlms_session_is_over(t->client));
    assert_true(dlms_server_released(t->server));
    dlms_session_free(t->client);
    dlms_server_free(t->server);
    t->client = NULL;
    t->server = NULL;
}

static const struct way way_plain = { 0, 0, false, false };
static const struct way way_ciphered = { DLMS_HLS_GMAC, 0x30, true, true };

#endif
