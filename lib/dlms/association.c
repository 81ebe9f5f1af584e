/* Opening and closing an association: ACSE in BER around xDLMS Initiate in
 * A-XDR (IEC 62056-5-3, 9.3 and 9.4; ISO/IEC 8650-1). */
#include "lib/dlms/parts.h"

#include <string.h>

/* Object identifiers of the DLMS UA, IEC 62056-5-3, 9.4.2: the last byte is
 * the context or the mechanism. */
static const uint8_t context_oid[] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x01 };
static const uint8_t mechanism_oid[] = { 0x60, 0x85, 0x74, 0x05, 0x08, 0x02 };
#define OID_LEN 7

/* Fields that are not kept are passed over by their length. */
/* clang-format off */
enum aarq_field { AARQ_CONTEXT = 0xA1, AARQ_TITLE = 0xA6, AARQ_MECHANISM = 0x8B,
                  AARQ_PASSWORD = 0xAC };
enum aare_field { AARE_CONTEXT = 0xA1, AARE_RESULT = 0xA2,
                  AARE_DIAGNOSTIC = 0xA3, AARE_TITLE = 0xA4,
                  AARE_MECHANISM = 0x89, AARE_CHALLENGE = 0xAA };
enum { REQUIREMENTS_AARQ = 0x8A, REQUIREMENTS_AARE = 0x88, INFORMATION = 0xBE,
       OBJECT_IDENTIFIER = 0x06, OCTETS = 0x04, INTEGER = 0x02,
       CHARSTRING = 0x80, BY_USER = 0xA1, BY_PROVIDER = 0xA2, REASON = 0x80,
       INITIATE_REQUEST = 0x01, INITIATE_RESPONSE = 0x08 };
/* clang-format on */

/* An element of the tag awaited, as a cursor over its contents. */
static enum err element(struct cursor *c, uint8_t tag, const char *what,
                        struct cursor *out)
{
    uint8_t got;
    enum err e;

    if ((e = cursor_u8(c, what, &got)) != ERR_OK)
        return e;
    if (got != tag)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: %s begins with %02X, not "
                         "%02X",
                         c->at - 1, what, got, tag);
    return cursor_inside(c, what, out);
}

static enum err element_octets(struct cursor *c, uint8_t tag, const char *what,
                               struct bytes *out)
{
    struct cursor in = { 0 };
    enum err e;

    if ((e = element(c, tag, what, &in)) != ERR_OK)
        return e;
    return cursor_take(&in, cursor_left(&in), what, out);
}

static enum err read_oid(struct cursor *c, const uint8_t *prefix,
                         const char *what, uint8_t *out)
{
    struct bytes b = { 0 };
    enum err e;

    if ((e = cursor_take(c, cursor_left(c), what, &b)) != ERR_OK)
        return e;
    if (b.len != OID_LEN || memcmp(b.at, prefix, OID_LEN - 1) != 0)
        return err_raise(ERR_PROTOCOL, "offset %zu: %s is not of DLMS",
                         c->at - b.len, what);
    *out = b.at[OID_LEN - 1];
    return ERR_OK;
}

static enum err read_context(struct cursor *c, enum dlms_context *out)
{
    struct cursor oid = { 0 };
    uint8_t id = 0;
    enum err e;

    if ((e = element(c, OBJECT_IDENTIFIER, "context name", &oid)) != ERR_OK ||
        (e = read_oid(&oid, context_oid, "context name", &id)) != ERR_OK)
        return e;
    *out = (enum dlms_context)id;
    return ERR_OK;
}

static enum err read_small(struct cursor *c, const char *what, uint8_t *out)
{
    struct bytes b = { 0 };
    enum err e;

    if ((e = element_octets(c, INTEGER, what, &b)) != ERR_OK)
        return e;
    if (b.len != 1)
        return err_raise(ERR_PROTOCOL, "offset %zu: %s of %zu bytes", c->at,
                         what, b.len);
    *out = b.at[0];
    return ERR_OK;
}

/* user-information: an octet string; inside is a cursor behind its first
 * byte, which says what it is. */
static enum err read_information(struct cursor *c, struct bytes *out,
                                 struct cursor *inside, uint8_t *first)
{
    enum err e;

    if ((e = element(c, OCTETS, "user-information", inside)) != ERR_OK)
        return e;
    *out = (struct bytes){ inside->base + inside->at, cursor_left(inside) };
    return cursor_u8(inside, "user-information", first);
}

static enum err aarq_information(struct cursor *c, struct dlms_aarq *out)
{
    struct cursor in = { 0 };
    uint8_t first = 0;
    enum err e;

    if ((e = read_information(c, &out->information, &in, &first)) != ERR_OK ||
        first != INITIATE_REQUEST) /* ciphered: kept as it is */
        return e;
    out->has_initiate = true;
    return initiate_request_read(&in, &out->initiate);
}

static enum err aarq_field(struct cursor *c, uint8_t tag, struct dlms_aarq *out)
{
    switch (tag) {
    case AARQ_CONTEXT:
        return read_context(c, &out->context);
    case AARQ_TITLE:
        return element_octets(c, OCTETS, "calling-AP-title", &out->title);
    case AARQ_MECHANISM:
        return read_oid(c, mechanism_oid, "mechanism name", &out->mechanism);
    case AARQ_PASSWORD:
        return element_octets(c, CHARSTRING, "authentication value",
                              &out->password);
    case INFORMATION:
        return aarq_information(c, out);
    default:
        return ERR_OK;
    }
}

enum err aarq_read(struct cursor *c, struct dlms_aarq *out)
{
    struct cursor all = { 0 }, field = { 0 };
    uint8_t tag;
    enum err e;

    if ((e = cursor_inside(c, "AARQ", &all)) != ERR_OK)
        return e;
    while (cursor_left(&all) > 0)
        if ((e = cursor_u8(&all, "field", &tag)) != ERR_OK ||
            (e = cursor_inside(&all, "field", &field)) != ERR_OK ||
            (e = aarq_field(&field, tag, out)) != ERR_OK)
            return e;
    if (out->context == 0)
        return err_raise(ERR_PROTOCOL, "offset 0: AARQ without a context name");
    return ERR_OK;
}

static enum err read_diagnostic(struct cursor *c, struct dlms_aare *out)
{
    struct cursor in = { 0 };
    uint8_t tag;
    enum err e;

    if ((e = cursor_u8(c, "diagnostic", &tag)) != ERR_OK)
        return e;
    if (tag != BY_USER && tag != BY_PROVIDER)
        return err_raise(ERR_PROTOCOL, "offset %zu: diagnostic of source %02X",
                         c->at - 1, tag);
    out->by_provider = tag == BY_PROVIDER;
    if ((e = cursor_inside(c, "diagnostic", &in)) != ERR_OK)
        return e;
    return read_small(&in, "diagnostic", &out->diagnostic);
}

static enum err aare_information(struct cursor *c, struct dlms_aare *out)
{
    struct cursor in = { 0 };
    uint8_t first = 0;
    enum err e;

    if ((e = read_information(c, &out->information, &in, &first)) != ERR_OK)
        return e;
    out->has_initiate = first == INITIATE_RESPONSE;
    out->has_error = first == DLMS_CONFIRMED_SERVICE_ERROR;
    if (out->has_initiate)
        return initiate_response_read(&in, &out->initiate);
    if (!out->has_error)
        return ERR_OK;
    if ((e = service_error_read(&in, &out->error)) != ERR_OK)
        return e;
    return cursor_end(&in, "confirmed-service-error");
}

static enum err aare_field(struct cursor *c, uint8_t tag, struct dlms_aare *out)
{
    switch (tag) {
    case AARE_CONTEXT:
        return read_context(c, &out->context);
    case AARE_RESULT:
        return read_small(c, "result", &out->result);
    case AARE_DIAGNOSTIC:
        return read_diagnostic(c, out);
    case AARE_TITLE:
        return element_octets(c, OCTETS, "responding-AP-title", &out->title);
    case AARE_MECHANISM:
        return read_oid(c, mechanism_oid, "mechanism name", &out->mechanism);
    case AARE_CHALLENGE:
        return element_octets(c, CHARSTRING, "authentication value",
                              &out->challenge);
    case INFORMATION:
        return aare_information(c, out);
    default:
        return ERR_OK;
    }
}

enum err aare_read(struct cursor *c, struct dlms_aare *out)
{
    struct cursor all = { 0 }, field = { 0 };
    bool result = false;
    uint8_t tag;
    enum err e;

    if ((e = cursor_inside(c, "AARE", &all)) != ERR_OK)
        return e;
    while (cursor_left(&all) > 0) {
        if ((e = cursor_u8(&all, "field", &tag)) != ERR_OK ||
            (e = cursor_inside(&all, "field", &field)) != ERR_OK ||
            (e = aare_field(&field, tag, out)) != ERR_OK)
            return e;
        result = result || tag == AARE_RESULT;
    }
    /* Without it an empty answer would read as "accepted". */
    if (!result)
        return err_raise(ERR_PROTOCOL, "offset 0: AARE without a result");
    return ERR_OK;
}

enum err release_read(struct cursor *c, struct dlms_release *out)
{
    struct cursor all = { 0 }, field = { 0 };
    struct bytes b = { 0 };
    uint8_t tag;
    enum err e;

    if ((e = cursor_inside(c, "release", &all)) != ERR_OK)
        return e;
    while (cursor_left(&all) > 0) {
        if ((e = cursor_u8(&all, "field", &tag)) != ERR_OK ||
            (e = cursor_inside(&all, "field", &field)) != ERR_OK)
            return e;
        if (tag == INFORMATION &&
            (e = element_octets(&field, OCTETS, "user-information",
                                &out->information)) != ERR_OK)
            return e;
        if (tag != REASON)
            continue;
        if ((e = cursor_take(&field, cursor_left(&field), "reason", &b)) !=
            ERR_OK)
            return e;
        if (b.len != 1)
            return err_raise(ERR_PROTOCOL, "offset %zu: a reason of %zu bytes",
                             all.at, b.len);
        out->has_reason = true;
        out->reason = b.at[0];
    }
    return ERR_OK;
}

enum err service_error_read(struct cursor *c, struct dlms_service_error *out)
{
    enum err e;

    if ((e = cursor_u8(c, "service", &out->service)) != ERR_OK ||
        (e = cursor_u8(c, "service error", &out->kind)) != ERR_OK)
        return e;
    return cursor_u8(c, "service error", &out->value);
}
