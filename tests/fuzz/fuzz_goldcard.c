/*
 * Foreign bytes as a goldCard stream: found, taken apart, shown. Beyond "no
 * crash":
 *   what is found does not depend on how the bytes were split
 *   an answer to any message is a frame with the message's number
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/goldcard/message.h"
#include "lib/goldcard/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine)
{
    if (!fine)
        abort();
}

/* Of fewer bytes the same frame is found, or none yet before it. */
static void split_anywhere(const uint8_t *data, size_t whole, size_t skip)
{
    size_t early;

    for (size_t n = 0; n < whole; n++) {
        must(goldcard_find(data, n, &early) == 0);
        must(early <= skip);
    }
}

static void answered(const struct goldcard_frame *f)
{
    uint8_t out[GOLDCARD_ANSWER_LEN];
    struct goldcard_frame back;
    size_t skip;

    goldcard_answer(f, out);
    must(goldcard_find(out, sizeof(out), &skip) == sizeof(out) && skip == 0);
    must(goldcard_frame_read((struct bytes){ out, sizeof(out) }, &back) ==
         ERR_OK);
    must(back.kind == GOLDCARD_ANSWER && back.crc == back.computed);
    must(strcmp(back.digits, f->digits) == 0);
    must(back.counter == (uint16_t)(f->counter + 1));
}

static void one(struct arena *a, struct bytes frame)
{
    struct goldcard_message m;
    struct goldcard_frame f;
    size_t kept = 0;

    if (goldcard_frame_read(frame, &f) != ERR_OK)
        return;
    if (f.kind != GOLDCARD_MESSAGE)
        return;
    answered(&f);
    if (goldcard_message_read(a, &f, &m) != ERR_OK)
        return;
    must(m.days_n <= frame.len / 4 && m.objects_n <= frame.len / 3);
    for (size_t i = 0; i < m.unknown_n; i++)
        kept += m.unknown[i].value.len;
    must(kept <= f.block.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    static FILE *nowhere;

    if (a == NULL) {
        a = arena_new();
        nowhere = fopen("/dev/null", "w");
        must(nowhere != NULL);
    }
    for (size_t at = 0, skip, n; at < size; at += skip + n) {
        n = goldcard_find(data + at, size - at, &skip);
        must(n <= GOLDCARD_FRAME_MAX && skip + n <= size - at);
        if (n == 0)
            break;
        if (size < 2048)
            split_anywhere(data + at, skip + n, skip);
        one(a, (struct bytes){ data + at + skip, n });
    }
    (void)!goldcard_print(a, (struct bytes){ data, size }, nowhere);
    (void)!goldcard_json(a, (struct bytes){ data, size }, nowhere);
    must(arena_size(a) < (size_t)64 << 20);
    arena_reset(a);
    return 0;
}
