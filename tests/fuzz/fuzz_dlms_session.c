/*
 * A client's session and a server talk; the input says how they are let in,
 * what is asked, and what happens to the bytes between them: they pass, one
 * of them is changed, or others come instead. Beyond "no crash":
 *   whatever is said, a question that is answered has as many answers as parts
 *   a session that was broken stays over
 *   neither end grows beyond what it was told to take
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dlms/server.h"
#include "lib/dlms/session.h"

#define VALUE_MAX 4096
#define TURNS     64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static void must(bool fine)
{
    if (!fine)
        abort();
}

static uint8_t next(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static uint8_t get(void *ctx, struct arena *a, const struct dlms_asked *what,
                   struct dlms_value *out)
{
    (void)ctx;
    if (what->target.class_id == 9)
        return DLMS_OBJECT_UNDEFINED;
    out->type = DLMS_OCTET_STRING;
    out->octets = (struct bytes){ arena_alloc(a, 700), 700 };
    return DLMS_SUCCESS;
}

static uint8_t set(void *ctx, struct arena *a, const struct dlms_asked *what)
{
    (void)ctx;
    (void)a;
    return what->has_value ? DLMS_SUCCESS : DLMS_TYPE_UNMATCHED;
}

static uint8_t act(void *ctx, struct arena *a, const struct dlms_asked *what,
                   bool *has, struct dlms_value *out)
{
    (void)ctx;
    (void)a;
    *has = what->has_value;
    *out = what->value;
    return DLMS_SUCCESS;
}

static const struct dlms_objects objects = { get, set, act };

static struct dlms_security security(uint8_t how, bool is_client)
{
    static const uint8_t controls[] = { 0, 0x10, 0x20, 0x30, 0x31 };
    struct dlms_security s = { .control = controls[how % 5] };

    s.general = (how & 0x40) != 0;
    s.has_dedicated = (how & 0x80) != 0;
    memset(s.title, is_client ? 'C' : 'S', sizeof(s.title));
    s.keys.has_encryption = s.keys.has_authentication = true;
    s.counter = 1;
    return s;
}

struct ends {
    struct arena *a;
    struct dlms_session *client;
    struct dlms_server *server;
    struct dlms_heard heard;
    struct dlms_out out;
    size_t asked;
};

static struct bytes between(struct ends *t, struct input *in, struct bytes b)
{
    uint8_t what = next(in);
    uint8_t *copy;
    size_t n;

    if (what < 0x80 || b.len == 0)
        return b;
    if (what < 0xC0) {
        copy = arena_memdup(t->a, b.at, b.len);
        copy[next(in) % b.len] ^= (uint8_t)(1u << (what & 7));
        return (struct bytes){ copy, b.len };
    }
    n = next(in);
    n = n < in->left ? n : in->left;
    b = (struct bytes){ in->at, n };
    in->at += n;
    in->left -= n;
    return b;
}

/* False when there is nothing left to say. */
static bool talk(struct ends *t, struct input *in)
{
    for (int i = 0; i < TURNS; i++) {
        struct dlms_out answer;
        struct bytes heard;

        dlms_out_init(&answer, t->a);
        heard = between(t, in, dlms_out_bytes(&t->out));
        if (dlms_server_hear(t->server, heard, &answer) != ERR_OK)
            return false;
        dlms_out_init(&t->out, t->a);
        heard = between(t, in, dlms_out_bytes(&answer));
        if (dlms_session_hear(t->client, heard, &t->heard, &t->out) != ERR_OK) {
            must(dlms_session_is_over(t->client));
            return false;
        }
        must(dlms_session_size(t->client) < (size_t)8 << 20);
        if (t->heard.event == DLMS_SESSION_ANSWERED)
            must(t->heard.n == t->asked);
        if (t->heard.event != DLMS_SESSION_GOES_ON)
            return !dlms_session_is_over(t->client);
    }
    return false;
}

static bool ask(struct ends *t, uint8_t what)
{
    struct dlms_asked q[3] = { { .target = { 1, { { 0 } }, 2 } } };
    size_t n = 1 + (what >> 2) % 3;

    q[0].has_value = (what & 3) != DLMS_SERVICE_GET;
    q[0].value.type = DLMS_OCTET_STRING;
    q[0].value.octets =
        (struct bytes){ arena_alloc(t->a, 900), (size_t)(what >> 4) * 60 };
    q[1] = q[2] = q[0];
    q[2].target.class_id = 9;
    t->asked = n;
    dlms_out_init(&t->out, t->a);
    return dlms_session_ask(t->client, (enum dlms_service)((what & 3) % 3), q,
                            n, &t->out) == ERR_OK;
}

static void play(struct ends *t, struct input *in)
{
    uint8_t how = next(in), mechanism = next(in) % 8, pdu = next(in);
    struct dlms_access access = { .mechanism = mechanism,
                                  .secret = { (const uint8_t *)"secret", 6 },
                                  .challenge = { (const uint8_t *)"12345678",
                                                 8 },
                                  .value_max = VALUE_MAX };
    struct dlms_server_settings settings = {
        .mechanism = mechanism,
        .secret = { (const uint8_t *)"secret", 6 },
        .challenge = { (const uint8_t *)"abcdefgh", 8 },
        .value_max = VALUE_MAX,
        .max_pdu = (uint16_t)(pdu * 4),
        .answer_pdu = (uint16_t)(pdu * 4),
        .general_blocks = (how & 0x20) != 0,
        .objects = &objects,
    };

    access.security = security(how, true);
    settings.security = security(how, false);
    t->client = dlms_session_new(&access);
    t->server = dlms_server_new(&settings);
    dlms_out_init(&t->out, t->a);
    if (dlms_session_open(t->client, &t->out) == ERR_OK && talk(t, in))
        for (int i = 0; i < 8 && in->left > 0; i++)
            if (!ask(t, next(in)) || !talk(t, in))
                break;
    dlms_session_free(t->client);
    dlms_server_free(t->server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    struct input in = { data, size };
    struct ends t;

    if (a == NULL)
        a = arena_new();
    t = (struct ends){ .a = a };
    play(&t, &in);
    arena_reset(a);
    return 0;
}
