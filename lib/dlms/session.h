/*
 * The client's side of an association, whole, as a state machine without
 * socket, clock, database or chance: bytes of APDUs in, bytes of APDUs out.
 * What it may not make itself (challenges, dedicated keys, counters) the
 * caller gives; what travels around the APDU (frame.h, link.h) is the
 * caller's too.
 *
 *   s = dlms_session_new(&access)
 *   dlms_session_open     AARQ           -> out
 *   dlms_session_hear     AARE, the proof of HLS -> OPEN
 *   dlms_session_ask      GET, SET, ACTION, one or a list -> out
 *   dlms_session_hear     ... blocks ... -> ANSWERED
 *   dlms_session_close    RLRQ           -> out
 *   dlms_session_hear     RLRE           -> CLOSED
 *   dlms_session_free
 *
 * out gets one APDU, or nothing when the other end speaks next. One question
 * is out at a time; ask the next when ANSWERED has come.
 *
 * Implemented, by IEC 62056-5-3:
 *   9.3.2  association: none, LLS, HLS 2 ... 6 (2 as СПОДЭС does, or by the
 *          caller's function), contexts LN and LN with ciphering, conformance
 *          and PDU size negotiated, release, plain or protected
 *   9.3.3  GET normal, next, with-list; blocks checked by number, up to
 *          value_max bytes
 *   9.3.4  SET normal, with-list, in blocks with and without list
 *   9.3.5  ACTION normal, with-list, in blocks both ways
 *   9.3.1  lists the meter did not agree to are asked one by one
 *   9.4.6.13 general-block-transfer: sent with a window of one, received with
 *          streaming and lost blocks asked for again
 *   9.2    ciphering as security.h says; a plain answer in a ciphered
 *          association is refused, but for an exception
 *   exception-response and confirmed-service-error by name
 *   data-notification in between: handed out, answered by nobody here
 * Not implemented: short names, ACCESS, event-notification, unconfirmed
 * services, several questions at once.
 */
#ifndef LAZUR_LIB_DLMS_SESSION_H
#define LAZUR_LIB_DLMS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/hls.h"
#include "lib/dlms/security.h"

/* Clients by their SAP (the wPort of the wrapper, the address of HDLC). */
#define DLMS_CLIENT_PUBLIC       16 /* no authentication */
#define DLMS_CLIENT_READER       32 /* low level security */
#define DLMS_CLIENT_CONFIGURATOR 48 /* high level security */

#define DLMS_PDU_DEFAULT 0x1000u
#define DLMS_VALUE_MAX   ((size_t)256 * 1024) /* of one answer, as sent */
#define DLMS_WINDOW      8u /* general blocks without an answer */
#define DLMS_CONFORMANCE_CLIENT                                                \
    (DLMS_CONFORMANCE_GENERAL_BLOCKS | DLMS_CONFORMANCE_GET_BLOCKS |           \
     DLMS_CONFORMANCE_SET_BLOCKS | DLMS_CONFORMANCE_ACTION_BLOCKS |            \
     DLMS_CONFORMANCE_LISTS | DLMS_CONFORMANCE_NOTIFICATION |                  \
     DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET |                             \
     DLMS_CONFORMANCE_SELECTIVE | DLMS_CONFORMANCE_ACTION)

/* How to be let in. Bytes are copied; zeroes are the defaults said beside. */
struct dlms_access {
    uint8_t mechanism;      /* enum dlms_mechanism */
    struct bytes secret;    /* password of LLS, secret of HLS 2, 3, 4, 6 */
    struct bytes challenge; /* HLS: 8 ... 64 random bytes */
    struct dlms_security security;
    uint32_t conformance;   /* 0: DLMS_CONFORMANCE_CLIENT */
    uint16_t max_pdu;       /* we can receive; 0: DLMS_PDU_DEFAULT */
    size_t value_max;       /* 0: DLMS_VALUE_MAX */
    uint8_t window;         /* 1 ... 63; 0: DLMS_WINDOW */
    bool protected_release; /* RLRQ carries a ciphered InitiateRequest */
    dlms_hls_fn *hls;       /* mechanism 2; NULL: as hls.h says */
    void *hls_ctx;
};

enum dlms_session_event {
    DLMS_SESSION_GOES_ON,  /* send what is in out, or wait */
    DLMS_SESSION_OPEN,     /* let in: ask */
    DLMS_SESSION_REFUSED,  /* not let in; why says the meter's reason; over */
    DLMS_SESSION_ANSWERED, /* answers[0 ... n) of the question */
    DLMS_SESSION_CLOSED,   /* released; over */
    DLMS_SESSION_PUSH,     /* a DataNotification came between: push */
};

struct dlms_heard {
    enum dlms_session_event event;
    const struct dlms_given *answers; /* valid until the next call */
    size_t n;
    bool has_exception; /* the meter refused the question, or to let us in, as a
                           whole; with invocation-counter-error (6) it says the
                           counter it awaits */
    struct dlms_exception exception;
    const char *why;   /* REFUSED and refused answers, in the standard's words;
                          "" otherwise */
    struct bytes push; /* plain, valid until the next call */
};

struct dlms_session;

struct dlms_session *dlms_session_new(const struct dlms_access *access);
void dlms_session_free(struct dlms_session *s); /* s may be NULL */

/* Write the AARQ. ERR_INVALID when access cannot work: no title, no key ... */
enum err dlms_session_open(struct dlms_session *s,
                           struct dlms_out *out) MUST_CHECK;

/*
 * dlms_session_ask - n things, all of one service.
 *
 * GET: target and selection. SET: target, selection, value. ACTION: target,
 * value if it has a parameter. What is asked is copied.
 * ERR_INVALID when not OPEN, a question is out, or it is longer than the meter
 * can take in any way agreed on.
 */
enum err dlms_session_ask(struct dlms_session *s, enum dlms_service service,
                          const struct dlms_asked *asked, size_t n,
                          struct dlms_out *out) MUST_CHECK;

/*
 * dlms_session_hear - an APDU that came.
 * ERR_PROTOCOL when it is broken, of another kind or number than awaited, or
 * not protected as agreed: close the connection; s is over.
 */
enum err dlms_session_hear(struct dlms_session *s, struct bytes apdu,
                           struct dlms_heard *heard,
                           struct dlms_out *out) MUST_CHECK;

/* Write the RLRQ. ERR_INVALID when not open or a question is out. */
enum err dlms_session_close(struct dlms_session *s,
                            struct dlms_out *out) MUST_CHECK;

bool dlms_session_is_open(const struct dlms_session *s);
bool dlms_session_is_over(const struct dlms_session *s);

/* Counters and the peer's title, to keep. */
const struct dlms_security *dlms_session_security(const struct dlms_session *s);

/* What the meter agreed to; zeroes before OPEN. */
struct dlms_initiate dlms_session_agreed(const struct dlms_session *s);

/* Bytes of memory a session holds. */
size_t dlms_session_size(const struct dlms_session *s);

#endif
