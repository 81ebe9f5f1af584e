/*
 * The APDUs of DLMS/COSEM, IEC 62056-5-3, 9.5, logical names only: one struct
 * for each, decoded by dlms_apdu_read and encoded by dlms_apdu_put, for
 * client and server alike.
 *
 *   ACSE             AARQ, AARE, RLRQ, RLRE with all fields of Table 6 that
 *                    a meter looks at; others are passed over by their length
 *   xDLMS Initiate   request and response, plain; ciphered ones are carried
 *   GET SET ACTION   normal, with-list, with blocks both ways, selective access
 *   general-block-transfer, general-glo- and general-ded-ciphering, glo-, ded-
 *   data-notification and its confirmation, exception-response,
 *   confirmed-service-error
 *
 * Not implemented, and refused by name: short names (read, write, information
 * report), event-notification, access-request and -response, general-ciphering
 * (DD, agreed and wrapped keys), general-signing.
 */
#ifndef LAZUR_LIB_DLMS_APDU_H
#define LAZUR_LIB_DLMS_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/datetime.h"
#include "lib/dlms/obis.h"
#include "lib/dlms/value.h"

/* clang-format off */
enum dlms_tag {
    DLMS_CONFIRMED_SERVICE_ERROR   = 0x0E,
    DLMS_DATA_NOTIFICATION         = 0x0F,
    DLMS_DATA_NOTIFICATION_CONFIRM = 0x10,
    DLMS_AARQ                      = 0x60,
    DLMS_AARE                      = 0x61,
    DLMS_RLRQ                      = 0x62,
    DLMS_RLRE                      = 0x63,
    DLMS_GET_REQUEST               = 0xC0,
    DLMS_SET_REQUEST               = 0xC1,
    DLMS_ACTION_REQUEST            = 0xC3,
    DLMS_GET_RESPONSE              = 0xC4,
    DLMS_SET_RESPONSE              = 0xC5,
    DLMS_ACTION_RESPONSE           = 0xC7,
    DLMS_EXCEPTION_RESPONSE        = 0xD8,
    DLMS_GENERAL_GLO_CIPHERING     = 0xDB,
    DLMS_GENERAL_DED_CIPHERING     = 0xDC,
    DLMS_GENERAL_BLOCK_TRANSFER    = 0xE0,
    /* glo- C8..CF and ded- D0..D7 forms of the above are kept as they are */
};

/* Data-Access-Result and Action-Result share these; 15 and 16 differ. */
enum dlms_result {
    DLMS_SUCCESS                 = 0,
    DLMS_HARDWARE_FAULT          = 1,
    DLMS_TEMPORARY_FAILURE       = 2,
    DLMS_READ_WRITE_DENIED       = 3,
    DLMS_OBJECT_UNDEFINED        = 4,
    DLMS_OBJECT_CLASS_INCONSISTENT = 9,
    DLMS_OBJECT_UNAVAILABLE      = 11,
    DLMS_TYPE_UNMATCHED          = 12,
    DLMS_SCOPE_OF_ACCESS_VIOLATED = 13,
    DLMS_DATA_BLOCK_UNAVAILABLE  = 14,
    DLMS_LONG_GET_ABORTED        = 15, /* of an action: long-action-aborted */
    DLMS_NO_LONG_GET             = 16, /* no-long-action-in-progress */
    DLMS_LONG_SET_ABORTED        = 17,
    DLMS_NO_LONG_SET             = 18,
    DLMS_DATA_BLOCK_NUMBER_INVALID = 19,
    DLMS_OTHER_REASON            = 250,
};

enum dlms_mechanism {
    DLMS_LOWEST = 0, /* no authentication */
    DLMS_LLS    = 1, /* low level security: a password */
    DLMS_HLS    = 2, /* of the manufacturer: see hls.h */
    DLMS_HLS_MD5    = 3,
    DLMS_HLS_SHA1   = 4,
    DLMS_HLS_GMAC   = 5,
    DLMS_HLS_SHA256 = 6,
    DLMS_HLS_ECDSA  = 7, /* carried, not computed */
};

enum dlms_context {
    DLMS_LN          = 1,
    DLMS_SN          = 2,
    DLMS_LN_CIPHERED = 3,
    DLMS_SN_CIPHERED = 4,
};
/* clang-format on */

/* DataNotification (0F). */
struct dlms_notification {
    uint32_t invoke; /* long-invoke-id-and-priority */
    bool has_datetime;
    struct dlms_datetime datetime;
    struct dlms_value body;
};

/* Bit 30 of long-invoke-id-and-priority: service class, confirmed. */
#define DLMS_INVOKE_CONFIRMED 0x40000000u
#define DLMS_INVOKE_PRIORITY  0x80000000u

/* DataNotificationConfirm (10); date-time is sent empty. */
struct dlms_confirm {
    uint32_t invoke;
    bool has_datetime;
    struct dlms_datetime datetime;
};

/* Conformance bits, IEC 62056-5-3, 9.4.6.1: bit 0 is the first of 24. */
#define DLMS_CONFORMANCE(bit)               (0x800000u >> (bit))
#define DLMS_CONFORMANCE_GENERAL_PROTECTION DLMS_CONFORMANCE(1)
#define DLMS_CONFORMANCE_GENERAL_BLOCKS     DLMS_CONFORMANCE(2)
#define DLMS_CONFORMANCE_GET_BLOCKS         DLMS_CONFORMANCE(11)
#define DLMS_CONFORMANCE_SET_BLOCKS         DLMS_CONFORMANCE(12)
#define DLMS_CONFORMANCE_ACTION_BLOCKS      DLMS_CONFORMANCE(13)
#define DLMS_CONFORMANCE_LISTS              DLMS_CONFORMANCE(14)
#define DLMS_CONFORMANCE_NOTIFICATION       DLMS_CONFORMANCE(16)
#define DLMS_CONFORMANCE_GET                DLMS_CONFORMANCE(19)
#define DLMS_CONFORMANCE_SET                DLMS_CONFORMANCE(20)
#define DLMS_CONFORMANCE_SELECTIVE          DLMS_CONFORMANCE(21)
#define DLMS_CONFORMANCE_ACTION             DLMS_CONFORMANCE(23)

/* xDLMS InitiateRequest and InitiateResponse of the user-information. */
struct dlms_initiate {
    struct bytes dedicated_key; /* request only; usually empty */
    uint8_t version;            /* 6 */
    uint32_t conformance;       /* 24 bits */
    uint16_t max_pdu;           /* the most the sender can receive */
};

struct dlms_aarq {
    enum dlms_context context;
    struct bytes title;    /* calling-AP-title, 8 or empty */
    uint8_t mechanism;     /* enum dlms_mechanism */
    struct bytes password; /* calling-authentication-value */
    bool has_initiate;     /* false when the information is ciphered */
    struct dlms_initiate initiate;
    struct bytes information; /* user-information as it is */
};

/* clang-format off */
enum dlms_association { DLMS_ACCEPTED = 0, DLMS_REJECTED_PERMANENT = 1,
                        DLMS_REJECTED_TRANSIENT = 2 };
enum dlms_diagnostic { /* acse-service-user */
    DLMS_DIAGNOSTIC_NULL                     = 0,
    DLMS_DIAGNOSTIC_NO_REASON                = 1,
    DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED    = 2,
    DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED = 11,
    DLMS_DIAGNOSTIC_MECHANISM_REQUIRED       = 12,
    DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE   = 13,
    DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED  = 14,
};
/* clang-format on */

struct dlms_service_error {
    uint8_t service; /* 1 initiateError, 5 read, 6 write ... */
    uint8_t kind;    /* choice of ServiceError: 0 application-reference ... */
    uint8_t value;
};

struct dlms_aare {
    enum dlms_context context;
    uint8_t result;     /* enum dlms_association */
    bool by_provider;   /* diagnostic is of acse-service-provider */
    uint8_t diagnostic; /* enum dlms_diagnostic */
    struct bytes title; /* responding-AP-title */
    uint8_t mechanism;
    struct bytes challenge; /* responding-authentication-value */
    bool has_initiate;
    struct dlms_initiate initiate;
    bool has_error;
    struct dlms_service_error error;
    struct bytes information;
};

/* RLRQ and RLRE. */
struct dlms_release {
    bool has_reason;
    uint8_t reason;           /* 0 normal */
    struct bytes information; /* user-information as it is; usually empty */
};

/* An attribute, or a method of an object. */
struct dlms_target {
    uint16_t class_id;
    struct obis name;
    uint8_t index;
};

enum dlms_service {
    DLMS_SERVICE_GET,
    DLMS_SERVICE_SET,
    DLMS_SERVICE_ACTION,
};

/* clang-format off */
enum dlms_form { /* the choice behind the tag; 0 is written as 1 */
    DLMS_NORMAL                  = 1,
    /* requests */
    DLMS_GET_NEXT                = 2,
    DLMS_GET_LIST                = 3,
    DLMS_SET_FIRST_BLOCK         = 2,
    DLMS_SET_BLOCK               = 3,
    DLMS_SET_LIST                = 4,
    DLMS_SET_LIST_FIRST_BLOCK    = 5,
    DLMS_ACTION_NEXT             = 2,
    DLMS_ACTION_LIST             = 3,
    DLMS_ACTION_FIRST_BLOCK      = 4,
    DLMS_ACTION_LIST_FIRST_BLOCK = 5,
    DLMS_ACTION_BLOCK            = 6,
    /* responses */
    DLMS_GOT_BLOCK               = 2,
    DLMS_GOT_LIST                = 3,
    DLMS_SET_BLOCK_TAKEN         = 2,
    DLMS_SET_LAST_BLOCK          = 3,
    DLMS_SET_LAST_BLOCK_LIST     = 4,
    DLMS_SET_LIST_DONE           = 5,
    DLMS_ACTED_BLOCK             = 2,
    DLMS_ACTED_LIST              = 3,
    DLMS_ACTED_NEXT              = 4,
};
/* clang-format on */

#define DLMS_LIST_MAX 128 /* things asked for in one request */

/* A part of an encoding; number alone where the form has no more. */
struct dlms_block {
    bool last;
    uint32_t number;
    struct bytes raw;
};

/* One thing asked for: an attribute with or without a selection, a method. */
struct dlms_asked {
    struct dlms_target target;
    bool has_selection; /* GET and SET: selective access */
    uint8_t selector;
    struct dlms_value selection;
    bool has_value; /* SET: always; ACTION: when it has a parameter */
    struct dlms_value value;
};

/* GET, SET and ACTION request. list and block by form, else target. */
struct dlms_request {
    uint8_t form;   /* enum dlms_form */
    uint8_t invoke; /* invoke-id-and-priority */
    struct dlms_target target;
    bool has_value; /* SET: always; ACTION: when it has a parameter */
    struct dlms_value value;
    bool has_selection;
    uint8_t selector;
    struct dlms_value selection;
    struct dlms_asked *list;
    size_t n;
    struct dlms_block block;
};

/* What one thing asked for gave. */
struct dlms_given {
    uint8_t result; /* enum dlms_result */
    bool has_value; /* GET: result is success; ACTION: it returned data */
    struct dlms_value value;
};

/* GET, SET and ACTION response. list and block by form, else the result. */
struct dlms_response {
    uint8_t form; /* enum dlms_form */
    uint8_t invoke;
    uint8_t result; /* enum dlms_result; of GOT_BLOCK too */
    bool has_value; /* GET: result is success; ACTION: it returned data */
    struct dlms_value value;
    struct dlms_given *list;
    size_t n;
    struct dlms_block block;
};

struct dlms_exception {
    uint8_t state_error;   /* 1 service not allowed, 2 service unknown */
    uint8_t service_error; /* 1 not possible, 2 not supported, 3 other, ... */
    bool has_counter;      /* service_error 6, invocation-counter-error */
    uint32_t counter;      /* the one the server awaits */
};

/* general-block-transfer (E0): a part of another APDU. */
struct dlms_general_block {
    bool last, streaming;
    uint8_t window; /* blocks its sender can take without a confirmation */
    uint16_t number, confirmed;
    struct bytes raw;
};

/* An APDU that cipher.h can open: general (DB, DC) or glo-, ded-. */
struct dlms_ciphered {
    struct bytes title;   /* system title, general only */
    uint8_t control;      /* security control: 10 authenticated, 20 encrypted */
    uint32_t counter;     /* invocation counter */
    struct bytes content; /* ciphertext, and the 12 bytes of tag when 10 */
};

struct dlms_apdu {
    uint8_t tag; /* enum dlms_tag; says which member is meant */
    union {
        struct dlms_notification notification;
        struct dlms_confirm confirm;
        struct dlms_aarq aarq;
        struct dlms_aare aare;
        struct dlms_release release;
        struct dlms_request request;
        struct dlms_response response;
        struct dlms_exception exception;
        struct dlms_service_error service_error;
        struct dlms_ciphered ciphered;
        struct dlms_general_block general_block;
    };
};

/*
 * dlms_apdu_read - decode b whole. Views point into b, lists into a.
 * ERR_PROTOCOL "offset n: why"; bytes left over are an error too.
 */
enum err dlms_apdu_read(struct arena *a, struct bytes b,
                        struct dlms_apdu *out) MUST_CHECK;

/*
 * dlms_apdu_put - encode. Ciphered ones are written by dlms_encipher.
 * An AARQ or AARE without has_initiate carries information as it is, if any.
 * ERR_INVALID when apdu says what has no encoding.
 */
enum err dlms_apdu_put(struct dlms_out *o,
                       const struct dlms_apdu *apdu) MUST_CHECK;

/*
 * xDLMS Initiate by itself, its tag (01, 08) included: what is ciphered
 * before it becomes the information of an AARQ or AARE.
 */
void dlms_initiate_request_put(struct dlms_out *o,
                               const struct dlms_initiate *i);
void dlms_initiate_response_put(struct dlms_out *o,
                                const struct dlms_initiate *i);
enum err dlms_initiate_request_read(struct bytes b,
                                    struct dlms_initiate *out) MUST_CHECK;
enum err dlms_initiate_response_read(struct bytes b,
                                     struct dlms_initiate *out) MUST_CHECK;

/*
 * What the blocks of a long service add up to: a list of asked values (SET and
 * ACTION requests with-list), of what GET gave, of what ACTION gave. The count
 * comes first.
 */
enum err dlms_values_read(struct arena *a, struct bytes b,
                          struct dlms_asked *list, size_t n) MUST_CHECK;
enum err dlms_values_put(struct dlms_out *o, const struct dlms_asked *list,
                         size_t n) MUST_CHECK;
enum err dlms_given_read(struct arena *a, struct bytes b, uint8_t tag,
                         struct dlms_given **list, size_t *n) MUST_CHECK;
enum err dlms_given_put(struct dlms_out *o, uint8_t tag,
                        const struct dlms_given *list, size_t n) MUST_CHECK;

/* True for tags that dlms_apdu_read fills apdu.ciphered for. */
bool dlms_tag_ciphered(uint8_t tag);

/* "data-notification", "get-request" ...; NULL when unknown. */
const char *dlms_tag_name(uint8_t tag);
const char *dlms_result_name(uint8_t result);
const char *dlms_action_result_name(uint8_t result);
const char *dlms_diagnostic_name(uint8_t diagnostic); /* acse-service-user */
const char *dlms_provider_diagnostic_name(uint8_t diagnostic);
const char *dlms_mechanism_name(uint8_t mechanism);
const char *dlms_state_error_name(uint8_t error);   /* exception-response */
const char *dlms_service_error_name(uint8_t error); /* exception-response */

/* "initiate: pdu-size-too-short": kind and value of a service error. */
char *dlms_service_error_text(struct arena *a,
                              const struct dlms_service_error *e);

/* ---- the ones everybody sends ---- */

void dlms_confirm_put(struct dlms_out *o, uint32_t invoke);

/* Head of a DataNotification; put the body's values after it. t may be NULL. */
void dlms_notification_put(struct dlms_out *o, uint32_t invoke,
                           const struct dlms_datetime *t);

#endif
