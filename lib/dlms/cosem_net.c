/* Pushes, addresses and cells: see cosem_net.h. */
#include "lib/dlms/cosem_net.h"

#include "lib/dlms/shape.h"

static const struct shape_field push_object_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_push_object, class_id),
    SHAPE_AT(SHAPE_OBIS, struct dlms_push_object, name),
    SHAPE_AT(SHAPE_I8, struct dlms_push_object, attribute),
    SHAPE_AT(SHAPE_U16, struct dlms_push_object, data_index),
};
static const struct shape push_object = { "push_object_list element",
                                          sizeof(struct dlms_push_object),
                                          SHAPE_FIELDS(push_object_fields) };
SHAPE_LIST_DOOR(dlms_push_objects, struct dlms_push_object, &push_object)

static const struct shape_field push_destination_fields[] = {
    SHAPE_AT(SHAPE_ENUM, struct dlms_push_destination, transport),
    SHAPE_AT(SHAPE_OCTETS, struct dlms_push_destination, destination),
    SHAPE_AT(SHAPE_ENUM, struct dlms_push_destination, message),
};
static const struct shape push_destination = {
    "send_destination_and_method", sizeof(struct dlms_push_destination),
    SHAPE_FIELDS(push_destination_fields)
};
SHAPE_DOOR(dlms_push_destination, struct dlms_push_destination,
           &push_destination)

static const struct shape_field push_window_fields[] = {
    SHAPE_AT(SHAPE_DATETIME, struct dlms_push_window, from),
    SHAPE_AT(SHAPE_DATETIME, struct dlms_push_window, to),
};
static const struct shape push_window = { "communication_window element",
                                          sizeof(struct dlms_push_window),
                                          SHAPE_FIELDS(push_window_fields) };
SHAPE_LIST_DOOR(dlms_push_windows, struct dlms_push_window, &push_window)

static const struct shape_field qos_element_fields[] = {
    SHAPE_AT(SHAPE_U8, struct dlms_qos_element, precedence),
    SHAPE_AT(SHAPE_U8, struct dlms_qos_element, delay),
    SHAPE_AT(SHAPE_U8, struct dlms_qos_element, reliability),
    SHAPE_AT(SHAPE_U8, struct dlms_qos_element, peak),
    SHAPE_AT(SHAPE_U8, struct dlms_qos_element, mean),
};
static const struct shape qos_element = { "qos_element",
                                          sizeof(struct dlms_qos_element),
                                          SHAPE_FIELDS(qos_element_fields) };

static const struct shape_field gprs_quality_fields[] = {
    SHAPE_IN(struct dlms_gprs_quality, standard, &qos_element),
    SHAPE_IN(struct dlms_gprs_quality, requested, &qos_element),
};
static const struct shape gprs_quality = { "quality_of_service",
                                           sizeof(struct dlms_gprs_quality),
                                           SHAPE_FIELDS(gprs_quality_fields) };
SHAPE_DOOR(dlms_gprs_quality, struct dlms_gprs_quality, &gprs_quality)

static const struct shape_field gsm_cell_fields[] = {
    SHAPE_AT(SHAPE_U32, struct dlms_gsm_cell, cell_id),
    SHAPE_AT(SHAPE_U16, struct dlms_gsm_cell, location_id),
    SHAPE_AT(SHAPE_U8, struct dlms_gsm_cell, signal),
    SHAPE_AT(SHAPE_U8, struct dlms_gsm_cell, error_rate),
    SHAPE_AT(SHAPE_U16, struct dlms_gsm_cell, mcc),
    SHAPE_AT(SHAPE_U16, struct dlms_gsm_cell, mnc),
    SHAPE_AT(SHAPE_U32, struct dlms_gsm_cell, channel),
};
static const struct shape gsm_cell = { "cell_info_type",
                                       sizeof(struct dlms_gsm_cell),
                                       SHAPE_FIELDS(gsm_cell_fields),
                                       .least = 4 };
SHAPE_DOOR(dlms_gsm_cell, struct dlms_gsm_cell, &gsm_cell)

static const struct shape_field gsm_neighbour_fields[] = {
    SHAPE_AT(SHAPE_U32, struct dlms_gsm_neighbour, cell_id),
    SHAPE_AT(SHAPE_U8, struct dlms_gsm_neighbour, signal),
};
static const struct shape gsm_neighbour = {
    "adjacent_cell_info", sizeof(struct dlms_gsm_neighbour),
    SHAPE_FIELDS(gsm_neighbour_fields)
};
SHAPE_LIST_DOOR(dlms_gsm_neighbours, struct dlms_gsm_neighbour, &gsm_neighbour)

#define SIGNAL_MAX 31

int dlms_gsm_dbm(uint8_t signal)
{
    return signal <= SIGNAL_MAX ? -113 + 2 * signal : 0;
}

static const char *pick(const char *const *names, size_t n, uint8_t code)
{
    return code < n ? names[code] : "unknown";
}

const char *dlms_gsm_status_name(uint8_t status)
{
    static const char *const names[] = {
        "not registered", "registered, home network",
        "searching",      "registration denied",
        "unknown",        "registered, roaming",
    };

    return pick(names, sizeof(names) / sizeof(names[0]), status);
}

const char *dlms_gsm_cs_name(uint8_t attachment)
{
    static const char *const names[] = { "inactive", "incoming call",
                                         "active" };

    return pick(names, sizeof(names) / sizeof(names[0]), attachment);
}

const char *dlms_gsm_ps_name(uint8_t status)
{
    static const char *const names[] = {
        "inactive", "GPRS", "EDGE",       "UMTS",        "HSDPA",
        "LTE",      "CDMA", "LTE Cat M1", "LTE Cat NB1", "LTE Cat NB2",
    };

    return pick(names, sizeof(names) / sizeof(names[0]), status);
}
