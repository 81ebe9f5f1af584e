/*
 * Interface classes of communication: 40 Push setup, 41 TCP-UDP setup, 45 GPRS
 * modem setup, 47 GSM diagnostic (IEC 62056-6-2, 4.4.8 and 4.7 ... 4.9).
 * Readers and makers as cosem.h says.
 */
#ifndef LAZUR_LIB_DLMS_COSEM_NET_H
#define LAZUR_LIB_DLMS_COSEM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/datetime.h"

/* ---- 40: Push setup ---- */

/* clang-format off */
enum dlms_push_attribute {
    DLMS_PUSH_OBJECTS = 2, DLMS_PUSH_DESTINATION = 3, DLMS_PUSH_WINDOWS = 4,
    DLMS_PUSH_RANDOMISATION_S = 5, DLMS_PUSH_RETRIES = 6,
    DLMS_PUSH_DELAY_S = 7,
};
enum dlms_push_method { DLMS_PUSH_NOW = 1 };
/* clang-format on */

struct dlms_push_object {
    uint16_t class_id;
    struct obis name;
    int8_t attribute;    /* 0: all */
    uint16_t data_index; /* 0: the whole attribute */
};
enum err dlms_push_objects_read(struct arena *a, const struct dlms_value *v,
                                struct dlms_push_object **out,
                                size_t *n) MUST_CHECK;
void dlms_push_objects_make(struct arena *a, const struct dlms_push_object *at,
                            size_t n, struct dlms_value *out);

struct dlms_push_destination {
    uint8_t transport;        /* 0 TCP, 1 UDP, ... */
    struct bytes destination; /* "host:port" */
    uint8_t message;          /* 0 A-XDR */
};
enum err
dlms_push_destination_read(struct arena *a, const struct dlms_value *v,
                           struct dlms_push_destination *out) MUST_CHECK;
void dlms_push_destination_make(struct arena *a,
                                const struct dlms_push_destination *in,
                                struct dlms_value *out);

struct dlms_push_window {
    struct dlms_datetime from;
    struct dlms_datetime to;
};
enum err dlms_push_windows_read(struct arena *a, const struct dlms_value *v,
                                struct dlms_push_window **out,
                                size_t *n) MUST_CHECK;
void dlms_push_windows_make(struct arena *a, const struct dlms_push_window *at,
                            size_t n, struct dlms_value *out);

/* ---- 41: TCP-UDP setup; all attributes are plain numbers ---- */

/* clang-format off */
enum dlms_tcp_attribute {
    DLMS_TCP_PORT = 2, DLMS_TCP_IP_REFERENCE = 3, DLMS_TCP_MSS = 4,
    DLMS_TCP_CONNECTIONS = 5, DLMS_TCP_INACTIVITY_S = 6,
};

/* ---- 45: GPRS modem setup ---- */

enum dlms_gprs_attribute { DLMS_GPRS_APN = 2, DLMS_GPRS_PIN = 3,
                           DLMS_GPRS_QUALITY = 4 };
/* clang-format on */

struct dlms_qos_element {
    uint8_t precedence;
    uint8_t delay;
    uint8_t reliability;
    uint8_t peak;
    uint8_t mean;
};

struct dlms_gprs_quality {
    struct dlms_qos_element standard;
    struct dlms_qos_element requested;
};
enum err dlms_gprs_quality_read(struct arena *a, const struct dlms_value *v,
                                struct dlms_gprs_quality *out) MUST_CHECK;
void dlms_gprs_quality_make(struct arena *a, const struct dlms_gprs_quality *in,
                            struct dlms_value *out);

/* ---- 47: GSM diagnostic ---- */

/* clang-format off */
enum dlms_gsm_attribute {
    DLMS_GSM_OPERATOR = 2, DLMS_GSM_STATUS = 3, DLMS_GSM_CS = 4,
    DLMS_GSM_PS = 5, DLMS_GSM_CELL = 6, DLMS_GSM_NEIGHBOURS = 7,
    DLMS_GSM_CAPTURE_TIME = 8,
};
/* clang-format on */

struct dlms_gsm_cell {
    uint32_t cell_id;     /* 16 bits in version 0 */
    uint16_t location_id; /* LAC, TAC */
    uint8_t signal;       /* 0 ... 31, 99 not known: dlms_gsm_dbm */
    uint8_t error_rate;   /* 0 ... 7, 99 not known */
    uint16_t mcc;         /* from here: version 1 and above, else 0 */
    uint16_t mnc;
    uint32_t channel;
};
enum err dlms_gsm_cell_read(struct arena *a, const struct dlms_value *v,
                            struct dlms_gsm_cell *out) MUST_CHECK;
void dlms_gsm_cell_make(struct arena *a, const struct dlms_gsm_cell *in,
                        struct dlms_value *out);

struct dlms_gsm_neighbour {
    uint32_t cell_id;
    uint8_t signal;
};
enum err dlms_gsm_neighbours_read(struct arena *a, const struct dlms_value *v,
                                  struct dlms_gsm_neighbour **out,
                                  size_t *n) MUST_CHECK;
void dlms_gsm_neighbours_make(struct arena *a,
                              const struct dlms_gsm_neighbour *at, size_t n,
                              struct dlms_value *out);

/* -113 ... -51; 0 when not known. */
int dlms_gsm_dbm(uint8_t signal);

/* Attributes 3, 4 and 5 in the standard's words; "unknown". */
const char *dlms_gsm_status_name(uint8_t status);
const char *dlms_gsm_cs_name(uint8_t attachment);
const char *dlms_gsm_ps_name(uint8_t status);

#endif
