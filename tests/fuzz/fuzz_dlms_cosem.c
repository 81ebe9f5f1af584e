/*
 * Foreign values through every reader of an interface class, foreign frames
 * through both ends of an HDLC link, foreign answers through the transfer of
 * an image. Beyond "no crash": what was read can be made, sent and read again.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_control.h"
#include "lib/dlms/cosem_net.h"
#include "lib/dlms/cosem_time.h"
#include "lib/dlms/image.h"
#include "lib/dlms/link.h"
#include "lib/dlms/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine)
{
    if (!fine)
        abort();
}

static struct dlms_value sent(struct arena *a, const struct dlms_value *v)
{
    struct dlms_value back = { 0 };
    struct dlms_out o;
    size_t at = 0;

    dlms_out_init(&o, a);
    must(dlms_value_put(&o, v) == ERR_OK);
    must(dlms_value_read(a, dlms_out_bytes(&o), &at, &back) == ERR_OK);
    return back;
}

/* A list that was read is as long when it comes back. */
#define LIST(type, door)                                                       \
    do {                                                                       \
        type *list, *back;                                                     \
        size_t n, again;                                                       \
        struct dlms_value made;                                                \
                                                                               \
        if (door##_read(a, v, &list, &n) == ERR_OK) {                          \
            door##_make(a, list, n, &made);                                    \
            made = sent(a, &made);                                             \
            must(door##_read(a, &made, &back, &again) == ERR_OK);              \
            must(n == again);                                                  \
        }                                                                      \
    } while (0)

#define ONE(type, door)                                                        \
    do {                                                                       \
        type one, back;                                                        \
        struct dlms_value made;                                                \
                                                                               \
        if (door##_read(a, v, &one) == ERR_OK) {                               \
            door##_make(a, &one, &made);                                       \
            made = sent(a, &made);                                             \
            must(door##_read(a, &made, &back) == ERR_OK);                      \
        }                                                                      \
    } while (0)

static void through_readers(struct arena *a, const struct dlms_value *v)
{
    ONE(struct dlms_special_day, dlms_special_day);
    ONE(struct dlms_script_call, dlms_script_call);
    ONE(struct dlms_monitored, dlms_monitored);
    ONE(struct dlms_action_pair, dlms_action_pair);
    ONE(struct dlms_emergency_profile, dlms_emergency_profile);
    ONE(struct dlms_push_destination, dlms_push_destination);
    ONE(struct dlms_gprs_quality, dlms_gprs_quality);
    ONE(struct dlms_gsm_cell, dlms_gsm_cell);
    LIST(struct dlms_special_day, dlms_special_days);
    LIST(struct dlms_season, dlms_seasons);
    LIST(struct dlms_week, dlms_weeks);
    LIST(struct dlms_day_profile, dlms_days);
    LIST(struct dlms_execution_time, dlms_execution_times);
    LIST(struct dlms_action_pair, dlms_monitor_actions);
    LIST(struct dlms_push_object, dlms_push_objects);
    LIST(struct dlms_push_window, dlms_push_windows);
    LIST(struct dlms_gsm_neighbour, dlms_gsm_neighbours);
    LIST(struct dlms_column, dlms_columns);
}

static void through_lists(struct arena *a, const struct dlms_value *v)
{
    static const uint8_t master[DLMS_KEY_LEN];
    struct dlms_column columns[8] = { { .class_id = 8, .attribute = 2 } };
    struct dlms_scaler_unit unit;
    struct dlms_object_name *names;
    struct dlms_register_mask *masks;
    struct dlms_script *scripts;
    struct dlms_object *objects;
    struct dlms_new_key *keys;
    struct dlms_entries entries;
    struct dlms_range range;
    struct dlms_row *rows;
    size_t n;

    (void)!dlms_scaler_unit_read(v, &unit);
    (void)!dlms_assignment_read(a, v, &names, &n);
    (void)!dlms_masks_read(a, v, &masks, &n);
    (void)!dlms_scripts_read(a, v, &scripts, &n);
    (void)!dlms_key_transfer_read(a, v, master, &keys, &n);
    (void)!dlms_entries_read(v, &entries);
    (void)!dlms_range_read(a, v, &range);
    for (size_t c = 1; c <= 8; c++)
        (void)!dlms_rows_read(a, v, columns, c, 3600, &rows, &n);
    if (dlms_object_list_read(a, v, &objects, &n) == ERR_OK && n > 0)
        (void)dlms_may_write(&objects[n - 1], 2, 3);
}

static void through_image(struct arena *a, const struct dlms_value *v,
                          uint8_t seed)
{
    static const uint8_t firmware[300];
    struct dlms_image i = { .image = { firmware, sizeof(firmware) },
                            .resume = (seed & 1) != 0,
                            .phase = (enum dlms_image_phase)(seed >> 1 & 15) };

    i.block_size = 7;
    i.blocks = 43;
    for (int n = 0; n < 20; n++) {
        const struct dlms_given g = { .result = seed & 2,
                                      .has_value = (seed & 2) == 0,
                                      .value = *v };
        enum dlms_service service;
        struct dlms_asked q;

        if (!dlms_image_next(&i, a, &service, &q))
            return;
        dlms_image_take(&i, a, &g);
        must(i.phase != DLMS_IMAGE_P_BLOCKS || i.at < i.blocks);
        must(dlms_image_sent(&i) <= i.blocks);
    }
}

/* Both ends hear the same frames. */
static void through_link(struct arena *a, const uint8_t *data, size_t size)
{
    const struct dlms_address us = { 16, 0, 1 }, them = { 1, 0, 1 };
    struct dlms_link *ends[2];
    struct dlms_out out;

    ends[0] = dlms_link_new(
        &(struct dlms_link_settings){ .ours = us, .theirs = them });
    ends[1] = dlms_link_new(&(struct dlms_link_settings){
        .is_server = true, .ours = them, .theirs = us });
    dlms_out_init(&out, a);
    (void)!dlms_link_connect(ends[0], &out);
    for (size_t at = 0; at < size;) {
        ssize_t n = dlms_frame_len(data + at, size - at);
        struct dlms_link_heard heard;

        if (n <= 0)
            break;
        for (int e = 0; e < 2; e++)
            if (dlms_link_hear(ends[e], (struct bytes){ data + at, (size_t)n },
                               &heard, &out) == ERR_OK &&
                heard.event == DLMS_LINK_APDU)
                (void)!dlms_link_send(ends[e], heard.apdu, &out);
        at += (size_t)n;
    }
    for (int e = 0; e < 2; e++)
        dlms_link_free(ends[e]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    struct dlms_value v;
    size_t at = 0;

    if (a == NULL)
        a = arena_new();
    if (size < 2)
        return 0;
    if (dlms_value_read(a, (struct bytes){ data + 1, size - 1 }, &at, &v) ==
        ERR_OK) {
        struct dlms_value copy = v;

        if (v.type != DLMS_COMPACT_ARRAY)
            through_readers(a, &copy);
        through_lists(a, &copy);
        through_image(a, &copy, data[0]);
    }
    through_link(a, data, size);
    must(arena_size(a) < (size_t)128 << 20);
    arena_reset(a);
    return 0;
}
