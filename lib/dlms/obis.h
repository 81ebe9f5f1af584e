/*
 * OBIS codes, IEC 62056-6-1: six numbers that name an object of a meter.
 * The text form is all six in decimal with dots: "1.0.1.8.0.255". The form
 * with dashes, "1-0:1.8.0.255", is read too.
 */
#ifndef LAZUR_LIB_DLMS_OBIS_H
#define LAZUR_LIB_DLMS_OBIS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"

struct obis {
    uint8_t at[6]; /* A B C D E F */
};

#define OBIS_TEXT_MAX 24 /* "255.255.255.255.255.255" and its NUL */

/* Six bytes, exactly. ERR_PROTOCOL on another length. */
enum err obis_of_bytes(struct bytes b, struct obis *out) MUST_CHECK;

/* "0.0.96.3.10.255" or "0-0:96.3.10.255". ERR_INVALID on anything else. */
enum err obis_of_text(const char *text, struct obis *out) MUST_CHECK;

/* Writes the dotted text into buf of OBIS_TEXT_MAX and returns buf. */
char *obis_write(char buf[OBIS_TEXT_MAX], struct obis o);
char *obis_text(struct arena *a, struct obis o);

bool obis_same(struct obis a, struct obis b);

/*
 * obis_looks_like - whether an octet-string found in a push is an object's
 * name rather than data: six bytes, F = 255, A one of the media of Table 2.
 */
bool obis_looks_like(struct bytes b);

/* What a well-known code is, in English and Russian; NULL when not known. */
const char *obis_words_en(struct obis o);
const char *obis_words_ru(struct obis o);

#endif
