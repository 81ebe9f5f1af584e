/* Names of types, APDUs, results and diagnostics (IEC 62056-5-3, 9.5). */
#include "lib/dlms/apdu.h"

#include <stddef.h>

struct name {
    uint8_t code;
    const char *text;
};

/* clang-format off */
static const struct name tags[] = {
    { 0x0E, "confirmed-service-error" },
    { 0x0F, "data-notification" },
    { 0x10, "data-notification-confirm" },
    { 0x21, "glo-initiate-request" },
    { 0x28, "glo-initiate-response" },
    { 0x2E, "glo-confirmed-service-error" },
    { 0x60, "aarq" },
    { 0x61, "aare" },
    { 0x62, "rlrq" },
    { 0x63, "rlre" },
    { 0xC0, "get-request" },
    { 0xC1, "set-request" },
    { 0xC2, "event-notification-request" },
    { 0xC3, "action-request" },
    { 0xC4, "get-response" },
    { 0xC5, "set-response" },
    { 0xC7, "action-response" },
    { 0xC8, "glo-get-request" },
    { 0xC9, "glo-set-request" },
    { 0xCA, "glo-event-notification-request" },
    { 0xCB, "glo-action-request" },
    { 0xCC, "glo-get-response" },
    { 0xCD, "glo-set-response" },
    { 0xCF, "glo-action-response" },
    { 0xD0, "ded-get-request" },
    { 0xD1, "ded-set-request" },
    { 0xD2, "ded-event-notification-request" },
    { 0xD3, "ded-action-request" },
    { 0xD4, "ded-get-response" },
    { 0xD5, "ded-set-response" },
    { 0xD7, "ded-action-response" },
    { 0xD8, "exception-response" },
    { 0xDB, "general-glo-ciphering" },
    { 0xDC, "general-ded-ciphering" },
    { 0xDD, "general-ciphering" },
    { 0xDF, "general-signing" },
    { 0xE0, "general-block-transfer" },
};

static const struct name results[] = {
    { 0,   "success" },
    { 1,   "hardware-fault" },
    { 2,   "temporary-failure" },
    { 3,   "read-write-denied" },
    { 4,   "object-undefined" },
    { 9,   "object-class-inconsistent" },
    { 11,  "object-unavailable" },
    { 12,  "type-unmatched" },
    { 13,  "scope-of-access-violated" },
    { 14,  "data-block-unavailable" },
    { 15,  "long-get-aborted" },
    { 16,  "no-long-get-in-progress" },
    { 17,  "long-set-aborted" },
    { 18,  "no-long-set-in-progress" },
    { 19,  "data-block-number-invalid" },
    { 250, "other-reason" },
};
/* clang-format on */

static const char *find(const struct name *names, size_t n, uint8_t code)
{
    for (size_t i = 0; i < n; i++)
        if (names[i].code == code)
            return names[i].text;
    return NULL;
}

const char *dlms_action_result_name(uint8_t result)
{
    if (result == 15)
        return "long-action-aborted";
    if (result == 16)
        return "no-long-action-in-progress";
    return result > 16 && result < 250 ? "unknown" : dlms_result_name(result);
}

const char *dlms_tag_name(uint8_t tag)
{
    return find(tags, sizeof(tags) / sizeof(tags[0]), tag);
}

bool dlms_tag_ciphered(uint8_t tag)
{
    return dlms_tag_name(tag) != NULL &&
           ((tag >= 0xC8 && tag <= 0xD7) || (tag >= 0x21 && tag <= 0x2E) ||
            tag == DLMS_GENERAL_GLO_CIPHERING ||
            tag == DLMS_GENERAL_DED_CIPHERING);
}

const char *dlms_result_name(uint8_t result)
{
    const char *name =
        find(results, sizeof(results) / sizeof(results[0]), result);

    return name != NULL ? name : "unknown";
}

const char *dlms_type_name(enum dlms_type type)
{
    switch (type) {
    case DLMS_NULL:
        return "null-data";
    case DLMS_ARRAY:
        return "array";
    case DLMS_STRUCTURE:
        return "structure";
    case DLMS_BOOLEAN:
        return "boolean";
    case DLMS_BIT_STRING:
        return "bit-string";
    case DLMS_DOUBLE_LONG:
        return "double-long";
    case DLMS_DOUBLE_LONG_UNSIGNED:
        return "double-long-unsigned";
    case DLMS_OCTET_STRING:
        return "octet-string";
    case DLMS_VISIBLE_STRING:
        return "visible-string";
    case DLMS_UTF8_STRING:
        return "utf8-string";
    case DLMS_BCD:
        return "bcd";
    case DLMS_INTEGER:
        return "integer";
    case DLMS_LONG:
        return "long";
    case DLMS_UNSIGNED:
        return "unsigned";
    case DLMS_LONG_UNSIGNED:
        return "long-unsigned";
    case DLMS_COMPACT_ARRAY:
        return "compact-array";
    case DLMS_LONG64:
        return "long64";
    case DLMS_LONG64_UNSIGNED:
        return "long64-unsigned";
    case DLMS_ENUM:
        return "enum";
    case DLMS_FLOAT32:
        return "float32";
    case DLMS_FLOAT64:
        return "float64";
    case DLMS_DATE_TIME:
        return "date-time";
    case DLMS_DATE:
        return "date";
    case DLMS_TIME:
        return "time";
    case DLMS_DONT_CARE:
        return "dont-care";
    }
    return "?";
}
