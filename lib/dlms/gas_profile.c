/* The gas profile of docs/protocol.md as a template. */
#include "lib/dlms/gas_profile.h"

/* clang-format off */
static const struct dlms_push_item items[] = {
    /* position, class, object, attribute, scaler, unit, meaning */
    {  0, 40, { { 0, 0, 25,  9,  0, 255 } }, 1,  0, DLMS_UNIT_NONE, 0 },
    {  1,  1, { { 0, 0, 96,  1,  0, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    {  2,  1, { { 0, 0, 96,  1,  1, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    {  3,  1, { { 1, 0,  0,  2,  0, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    {  4,  8, { { 0, 0,  1,  0,  0, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    {  5,  3, { { 7, 0, 13,  2,  0, 255 } }, 2, -3, 13 /* m3 */,    0 },
    {  6,  3, { { 7, 0, 41,  0,  0, 255 } }, 2, -1,  9 /* °C */,    0 },
    {  7,  3, { { 7, 0, 42,  0,  0, 255 } }, 2,  0, 23 /* Pa */,    0 },
    {  8,  3, { { 0, 0, 96,  6,  3, 255 } }, 2, -3, 35 /* V */,     0 },
    {  9,  3, { { 0, 0, 96,  6,  1, 255 } }, 2, -1, 56 /* % */,     0 },
    { 10, 70, { { 0, 0, 96,  3, 10, 255 } }, 3,  0, DLMS_UNIT_NONE, 0 },
    { 11,  1, { { 7, 0, 96,  5,  0, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    { 12,  3, { { 0, 0, 96,  8,  0, 255 } }, 2,  0,  5 /* h */,     0 },
    { 13,  3, { { 0, 0, 96, 50,  1, 255 } }, 2,  0,  5 /* h */,     0 },
    { 14, 47, { { 0, 0, 25,  6,  0, 255 } }, 6,  0, 56 /* % */,     0 },
    { 15, 47, { { 0, 0, 25,  6,  0, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    { 16,  1, { { 0, 0, 96, 50,  2, 255 } }, 2,  0, DLMS_UNIT_NONE, 0 },
    { 17, 47, { { 0, 0, 25,  6,  0, 255 } }, 6,  0, DLMS_UNIT_NONE, 0 },
};
/* clang-format on */

static const uint8_t mark[] = { 0, 0, 25, 9, 0, 255 };

#define ITEMS (sizeof(items) / sizeof(items[0]))

const struct dlms_push_template dlms_gas_profile = {
    .elements = ITEMS - 1,
    .match_position = 0,
    .match_octets = { mark, sizeof(mark) },
    .items = items,
    .n = ITEMS - 1,
};

const struct dlms_push_template dlms_gas_profile_cell = {
    .elements = ITEMS,
    .match_position = 0,
    .match_octets = { mark, sizeof(mark) },
    .items = items,
    .n = ITEMS,
};
