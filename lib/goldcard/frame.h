/*
 * Frames of goldCard meters. Nobody has published the protocol: what stands
 * here was read off six frames of one meter in the log of another metering
 * platform (tests/data/goldcard-frames.tsv), which came through the reading of
 * a picture, so that single digits may be wrong. Offsets from 0, numbers
 * big-endian; A proved by the frames, B very likely, C a guess:
 *
 *   0      1  68, the start                                                A
 *   1      2  03 00: version or options, the same in all six               C
 *   3      2  bytes of the frame, from 68 to 16                            A
 *   5      1  sequence: one more each session, the same in the answer      A
 *   6      1  01 the meter's, 05 the answer to it                          A
 *   7      4  the last eight digits of the meter's number, BCD             A
 *   11     2  frame counter; the answer has that of the message and one    A
 *   of the meter's:
 *   13     2  bytes of the block at 18: those of the frame less 21         A
 *   15     3  01 00 15: what kind of message it is                         C
 *   18        the block; see message.h                                     A
 *   of the answer:
 *   13     1  00: status                                                   B
 *   then, of both:
 *          2  check sequence, see below                                    B
 *          1  16, the end                                                  A
 *
 * The check sequence is not known. No CRC of 16 bits, with any of the 65,535
 * polynomials, reflected or not, in either byte order, with whatever initial
 * and final value and over whatever bytes, gives the sequences of the three
 * answers as they were printed; 37,632 combinations of fourteen common
 * polynomials with usual values give none of the five whole frames more than
 * chance does. What comes nearest is CRC-16/XMODEM (polynomial 1021, initial
 * value 0, not reflected) over the bytes from offset 5: 8 of 12 digits of the
 * answers, the others being digits that a picture confuses, and next to nothing
 * of the messages. It is what goldcard_crc computes, a candidate and no more.
 */
#ifndef LAZUR_LIB_GOLDCARD_FRAME_H
#define LAZUR_LIB_GOLDCARD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"

#define GOLDCARD_FRAME_MAX  1024 /* the longest that was seen has 276 */
#define GOLDCARD_START_LEN  3    /* 68 03 00 */
#define GOLDCARD_ANSWER_LEN 17
#define GOLDCARD_DIGITS     8 /* of a number of twelve */

enum goldcard_kind { GOLDCARD_MESSAGE = 0x01, GOLDCARD_ANSWER = 0x05 };

struct goldcard_frame {
    uint8_t sequence;
    enum goldcard_kind kind;
    char digits[GOLDCARD_DIGITS + 1]; /* the last of the meter's number */
    uint16_t counter;
    struct bytes variety;   /* of a message: 01 00 15 */
    struct bytes block;     /* of a message, a view into the frame */
    uint8_t status;         /* of an answer */
    uint16_t crc, computed; /* as sent, and the candidate's; see above */
};

/*
 * goldcard_find - how long the first whole frame in buf is, *skip the bytes
 * before it that belong to none. A frame is found by its start, a length of
 * 17 ... GOLDCARD_FRAME_MAX and the end where the length leads. What is found
 * does not depend on how the bytes were split.
 * 0: no whole frame yet; *skip bytes will never be part of one.
 */
size_t goldcard_find(const uint8_t *buf, size_t len, size_t *skip);

/*
 * goldcard_frame_read - take apart one frame that goldcard_find found.
 * The check sequence is not judged: compare crc with computed.
 * ERR_PROTOCOL with the offset: a kind that was never seen, a number that is
 * no BCD, a length of the block that does not fit.
 */
enum err goldcard_frame_read(struct bytes frame,
                             struct goldcard_frame *out) MUST_CHECK;

/* The answer that tells the meter its message is stored: status 00. */
void goldcard_answer(const struct goldcard_frame *to,
                     uint8_t out[GOLDCARD_ANSWER_LEN]);

/* The candidate, over whatever the caller takes from offset 5 on. */
uint16_t goldcard_crc(struct bytes b);

/* One byte of BCD, 0 ... 99; -1: none. */
int goldcard_bcd(uint8_t b);

#endif
