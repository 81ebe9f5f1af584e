/* A firmware into a meter of this file, over sessions that break anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/image.h"

#define SIZE  1000
#define BLOCK 64
#define COUNT ((SIZE + BLOCK - 1) / BLOCK)

struct meter {
    bool enabled, no_bitmap, bad_image, slow;
    uint8_t status;
    uint32_t size;
    uint8_t image[SIZE];
    uint8_t bitmap[(COUNT + 7) / 8];
    unsigned initiated, blocks, polls;
    unsigned loses; /* the block that gets lost on its way, from 1; 0 none */
};

static uint8_t firmware[SIZE];

static bool has(const struct meter *m, uint32_t n)
{
    return (m->bitmap[n / 8] >> (7 - n % 8) & 1) != 0;
}

static uint32_t first_missing(const struct meter *m)
{
    uint32_t n = 0;

    while (n < COUNT && has(m, n))
        n++;
    return n;
}

static void read_status(struct meter *m, struct dlms_given *out)
{
    if (m->status == DLMS_IMAGE_VERIFYING && ++m->polls > 2)
        m->status =
            m->bad_image ? DLMS_IMAGE_NOT_VERIFIED : DLMS_IMAGE_VERIFIED;
    if (m->status == DLMS_IMAGE_ACTIVATING && ++m->polls > 4)
        m->status = DLMS_IMAGE_ACTIVATED;
    out->value = dlms_of_unsigned(DLMS_ENUM, m->status);
}

static void answer_get(struct meter *m, uint8_t index, struct dlms_given *out)
{
    out->has_value = true;
    if (index == DLMS_IMAGE_ENABLED)
        out->value = dlms_of_boolean(m->enabled);
    else if (index == DLMS_IMAGE_BLOCK_SIZE)
        out->value = dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, BLOCK);
    else if (index == DLMS_IMAGE_STATUS)
        read_status(m, out);
    else if (index == DLMS_IMAGE_FIRST_MISSING)
        out->value =
            dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, first_missing(m));
    else if (m->no_bitmap)
        *out = (struct dlms_given){ .result = DLMS_OBJECT_UNAVAILABLE };
    else {
        out->value.type = DLMS_BIT_STRING;
        out->value.bits.at = m->bitmap;
        out->value.bits.n = COUNT;
    }
}

static void take_block(struct meter *m, const struct dlms_value *v)
{
    struct bytes b = dlms_value_octets(dlms_value_at(v, 1));
    int64_t n = -1;

    assert_true(dlms_value_integer(dlms_value_at(v, 0), &n));
    assert_in_range(n, 0, COUNT - 1);
    if (++m->blocks == m->loses)
        return;
    memcpy(m->image + (size_t)n * BLOCK, b.at, b.len);
    m->bitmap[n / 8] |= (uint8_t)(0x80u >> (n % 8));
}

static void answer_act(struct meter *m, const struct dlms_asked *q,
                       struct dlms_given *out)
{
    int64_t size = 0;

    if (q->target.index == DLMS_IMAGE_INITIATE) {
        assert_true(dlms_value_integer(dlms_value_at(&q->value, 1), &size));
        m->size = (uint32_t)size;
        m->status = DLMS_IMAGE_INITIATED;
        m->initiated++;
        memset(m->bitmap, 0, sizeof(m->bitmap));
    } else if (q->target.index == DLMS_IMAGE_BLOCK) {
        take_block(m, &q->value);
    } else if (q->target.index == DLMS_IMAGE_VERIFY) {
        m->status = DLMS_IMAGE_VERIFYING;
        m->polls = m->slow ? 0 : 9;
        out->result = m->slow ? DLMS_TEMPORARY_FAILURE : DLMS_SUCCESS;
    } else {
        m->status = m->slow ? DLMS_IMAGE_ACTIVATING : DLMS_IMAGE_ACTIVATED;
        out->result = m->slow ? DLMS_TEMPORARY_FAILURE : DLMS_SUCCESS;
    }
}

static void answer(struct meter *m, enum dlms_service service,
                   const struct dlms_asked *q, struct dlms_given *out)
{
    *out = (struct dlms_given){ 0 };
    assert_int_equal(q->target.class_id, 18);
    if (service == DLMS_SERVICE_GET)
        answer_get(m, q->target.index, out);
    else if (service == DLMS_SERVICE_SET)
        m->enabled = q->value.boolean;
    else
        answer_act(m, q, out);
}

static struct dlms_image begin(bool resume)
{
    for (size_t i = 0; i < SIZE; i++)
        firmware[i] = (uint8_t)(i * 11 + 3);
    return (struct dlms_image){
        .name = { { 0, 0, 44, 0, 0, 255 } },
        .image = { firmware, SIZE },
        .identifier = { (const uint8_t *)"FW-2.1", 6 },
        .resume = resume,
    };
}

/* At most so many questions; how many there were. */
static unsigned run(struct arena *a, struct meter *m, struct dlms_image *i,
                    unsigned most)
{
    struct dlms_asked q;
    struct dlms_given g;
    enum dlms_service service;
    unsigned n = 0;

    while (n < most && dlms_image_next(i, a, &service, &q)) {
        answer(m, service, &q, &g);
        dlms_image_take(i, a, &g);
        n++;
    }
    return n;
}

static void assert_done(const struct meter *m, const struct dlms_image *i)
{
    assert_int_equal(i->phase, DLMS_IMAGE_P_DONE);
    assert_int_equal(m->status, DLMS_IMAGE_ACTIVATED);
    assert_int_equal(m->size, SIZE);
    assert_memory_equal(m->image, firmware, SIZE);
    assert_int_equal(dlms_image_sent(i), COUNT);
}

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void an_image_arrives_whole_and_is_activated(void **state)
{
    for (int slow = 0; slow < 2; slow++) {
        struct meter m = { .slow = slow != 0 };
        struct dlms_image i = begin(false);

        (void)run(*state, &m, &i, 1000);
        assert_done(&m, &i);
        assert_true(m.enabled);
        assert_int_equal(m.blocks, COUNT);
        assert_int_equal(m.initiated, 1);
    }
}

static void a_session_that_breaks_anywhere_goes_on_where_it_was(void **state)
{
    struct meter whole = { .slow = true };
    struct dlms_image once = begin(false);
    unsigned steps = run(*state, &whole, &once, 1000);

    for (unsigned k = 0; k <= steps; k++) {
        struct meter m = { .slow = true };
        struct dlms_image first = begin(false), second;

        (void)run(*state, &m, &first, k);
        second = begin(m.initiated > 0);
        (void)run(*state, &m, &second, 1000);
        assert_done(&m, &second);
        assert_int_equal(m.initiated, 1);
        assert_int_equal(m.blocks, COUNT); /* none is sent twice */
    }
}

static void a_meter_without_a_bitmap_starts_again(void **state)
{
    struct meter m = { .no_bitmap = true };
    struct dlms_image first = begin(false), second = begin(true);

    (void)run(*state, &m, &first, 9);
    assert_true(m.blocks > 0);
    (void)run(*state, &m, &second, 1000);
    assert_done(&m, &second);
    assert_int_equal(m.initiated, 2);
}

static void a_meter_that_holds_another_image_starts_again(void **state)
{
    struct dlms_image i = begin(true);
    struct dlms_given g = { .has_value = true };

    i.phase = DLMS_IMAGE_P_BITMAP;
    i.block_size = BLOCK;
    i.blocks = COUNT;
    g.value.type = DLMS_BIT_STRING;
    g.value.bits.at = firmware;
    g.value.bits.n = COUNT + 1;
    dlms_image_take(&i, *state, &g);
    assert_int_equal(i.phase, DLMS_IMAGE_P_INITIATE);
}

static void a_lost_block_is_sent_again(void **state)
{
    for (unsigned n = 1; n <= COUNT; n++) {
        struct meter m = { .loses = n };
        struct dlms_image i = begin(false);

        (void)run(*state, &m, &i, 1000);
        assert_done(&m, &i);
        assert_int_equal(m.blocks, COUNT + 1);
    }
}

static void an_image_the_meter_refuses_is_not_activated(void **state)
{
    struct meter m = { .bad_image = true, .slow = true };
    struct dlms_image i = begin(false);

    (void)run(*state, &m, &i, 1000);
    assert_int_equal(i.phase, DLMS_IMAGE_P_FAILED);
    assert_string_equal(i.why,
                        "the meter refuses the image: verification failed");
    assert_int_equal(m.status, DLMS_IMAGE_NOT_VERIFIED);
}

static void verification_alone_stops_before_activation(void **state)
{
    struct meter m = { 0 };
    struct dlms_image i = begin(false);

    i.verify_only = true;
    (void)run(*state, &m, &i, 1000);
    assert_int_equal(i.phase, DLMS_IMAGE_P_DONE);
    assert_int_equal(m.status, DLMS_IMAGE_VERIFIED);
}

static void a_refusal_has_the_meters_word(void **state)
{
    struct dlms_image i = begin(false);
    const struct dlms_given denied = { .result = DLMS_READ_WRITE_DENIED };

    i.phase = DLMS_IMAGE_P_INITIATE;
    dlms_image_take(&i, *state, &denied);
    assert_int_equal(i.phase, DLMS_IMAGE_P_FAILED);
    assert_string_equal(i.why, "read-write-denied");
}

static void impossible_block_sizes_are_refused(void **state)
{
    static const uint64_t sizes[] = { 0, 16385, 0xFFFFFFFF };

    for (size_t n = 0; n < 3; n++) {
        struct dlms_image i = begin(false);
        struct dlms_given g = { .has_value = true };

        i.phase = DLMS_IMAGE_P_SIZE;
        g.value = dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, sizes[n]);
        dlms_image_take(&i, *state, &g);
        assert_int_equal(i.phase, DLMS_IMAGE_P_FAILED);
    }
}

static void a_meter_that_loses_every_block_is_given_up(void **state)
{
    struct meter m = { 0 };
    struct dlms_image i = begin(false);
    struct dlms_asked q;
    struct dlms_given g;
    enum dlms_service service;
    unsigned n = 0;

    while (dlms_image_next(&i, *state, &service, &q) && n++ < 1000) {
        answer(&m, service, &q, &g);
        memset(m.bitmap, 0, sizeof(m.bitmap));
        dlms_image_take(&i, *state, &g);
    }
    assert_int_equal(i.phase, DLMS_IMAGE_P_FAILED);
    assert_string_equal(i.why, "the meter keeps losing blocks");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_image_arrives_whole_and_is_activated),
        TEST(a_session_that_breaks_anywhere_goes_on_where_it_was),
        TEST(a_meter_without_a_bitmap_starts_again),
        TEST(a_meter_that_holds_another_image_starts_again),
        TEST(a_lost_block_is_sent_again),
        TEST(an_image_the_meter_refuses_is_not_activated),
        TEST(verification_alone_stops_before_activation),
        TEST(a_refusal_has_the_meters_word),
        TEST(impossible_block_sizes_are_refused),
        TEST(a_meter_that_loses_every_block_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
