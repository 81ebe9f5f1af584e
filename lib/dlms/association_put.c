/* Writing AARQ, AARE, RLRQ and RLRE: see association.c for the clauses. */
#include "lib/dlms/parts.h"

/* An element: its tag, its length, its bytes. */
static void put(struct dlms_out *o, unsigned tag, const void *at, size_t len)
{
    dlms_out_u8(o, tag);
    dlms_out_length(o, len);
    dlms_out_raw(o, at, len);
}

/* An element inside an element, as ACSE likes them. */
static void put_nested(struct dlms_out *o, unsigned outer, unsigned tag,
                       const void *at, size_t len)
{
    struct dlms_out in;

    dlms_out_init(&in, o->a);
    put(&in, tag, at, len);
    put(o, outer, in.at, in.len);
}

static void put_context(struct dlms_out *o, enum dlms_context context)
{
    const uint8_t oid[] = {
        0x60, 0x85, 0x74, 0x05, 0x08, 0x01, (uint8_t)context
    };

    put_nested(o, 0xA1, 0x06, oid, sizeof(oid));
}

static void put_mechanism(struct dlms_out *o, unsigned requirements,
                          unsigned tag, uint8_t mechanism)
{
    static const uint8_t authentication[] = { 0x07, 0x80 };
    const uint8_t oid[] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x02, mechanism };

    put(o, requirements, authentication, sizeof(authentication));
    put(o, tag, oid, sizeof(oid));
}

void aarq_put(struct dlms_out *o, const struct dlms_aarq *q)
{
    struct dlms_out in, info;

    dlms_out_init(&in, o->a);
    dlms_out_init(&info, o->a);
    put_context(&in, q->context);
    if (q->title.len > 0)
        put_nested(&in, 0xA6, 0x04, q->title.at, q->title.len);
    if (q->mechanism != DLMS_LOWEST)
        put_mechanism(&in, 0x8A, 0x8B, q->mechanism);
    if (q->password.len > 0)
        put_nested(&in, 0xAC, 0x80, q->password.at, q->password.len);
    if (q->has_initiate)
        dlms_initiate_request_put(&info, &q->initiate);
    else
        dlms_out_raw(&info, q->information.at, q->information.len);
    if (info.len > 0)
        put_nested(&in, 0xBE, 0x04, info.at, info.len);
    put(o, DLMS_AARQ, in.at, in.len);
}

static void put_aare_information(struct dlms_out *o, const struct dlms_aare *r)
{
    struct dlms_out info;

    dlms_out_init(&info, o->a);
    if (r->has_initiate)
        dlms_initiate_response_put(&info, &r->initiate);
    else if (r->has_error)
        service_error_put(&info, &r->error);
    else
        dlms_out_raw(&info, r->information.at, r->information.len);
    if (info.len > 0)
        put_nested(o, 0xBE, 0x04, info.at, info.len);
}

void aare_put(struct dlms_out *o, const struct dlms_aare *r)
{
    const uint8_t diagnostic[] = { 0x02, 0x01, r->diagnostic };
    struct dlms_out in;

    dlms_out_init(&in, o->a);
    put_context(&in, r->context);
    put_nested(&in, 0xA2, 0x02, &r->result, 1);
    put_nested(&in, 0xA3, r->by_provider ? 0xA2 : 0xA1, diagnostic,
               sizeof(diagnostic));
    if (r->title.len > 0)
        put_nested(&in, 0xA4, 0x04, r->title.at, r->title.len);
    if (r->mechanism != DLMS_LOWEST)
        put_mechanism(&in, 0x88, 0x89, r->mechanism);
    if (r->challenge.len > 0)
        put_nested(&in, 0xAA, 0x80, r->challenge.at, r->challenge.len);
    put_aare_information(&in, r);
    put(o, DLMS_AARE, in.at, in.len);
}

void release_put(struct dlms_out *o, uint8_t tag, const struct dlms_release *r)
{
    struct dlms_out in;

    dlms_out_init(&in, o->a);
    if (r->has_reason)
        put(&in, 0x80, &r->reason, 1);
    if (r->information.len > 0)
        put_nested(&in, 0xBE, 0x04, r->information.at, r->information.len);
    put(o, tag, in.at, in.len);
}

void service_error_put(struct dlms_out *o, const struct dlms_service_error *e)
{
    dlms_out_u8(o, DLMS_CONFIRMED_SERVICE_ERROR);
    dlms_out_u8(o, e->service);
    dlms_out_u8(o, e->kind);
    dlms_out_u8(o, e->value);
}
