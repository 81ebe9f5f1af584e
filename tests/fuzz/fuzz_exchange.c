/*
 * Foreign bytes as a session of the exchange log. Beyond "no crash": whatever
 * can be read is written back and read as the same.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exchange/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine)
{
    if (!fine)
        abort();
}

static void there_and_back(const struct frames_piece *p)
{
    uint8_t *b = malloc(1 + FRAMES_HEAD_MAX + p->is.len);
    struct frames_piece back;
    struct frames f;
    size_t head;

    must(b != NULL);
    b[0] = FRAMES_VERSION;
    head = frames_head(b + 1, p);
    must(head <= FRAMES_HEAD_MAX);
    if (p->is.len > 0)
        memcpy(b + 1 + head, p->is.at, p->is.len);
    must(frames_open(&f, (struct bytes){ b, 1 + head + p->is.len }) == ERR_OK);
    must(frames_next(&f, &back) == ERR_OK);
    must(back.after_ms == p->after_ms && back.to_meter == p->to_meter &&
         back.hidden == p->hidden && back.is.len == p->is.len);
    must(!frames_more(&f));
    free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frames_piece p;
    struct frames f;

    if (frames_open(&f, (struct bytes){ data, size }) != ERR_OK)
        return 0;
    while (frames_more(&f) && frames_next(&f, &p) == ERR_OK)
        there_and_back(&p);
    return 0;
}
