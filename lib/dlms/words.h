/* Values, names and times as people read them. For print.c. */
#ifndef LAZUR_LIB_DLMS_WORDS_H
#define LAZUR_LIB_DLMS_WORDS_H

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/dlms/datetime.h"
#include "lib/dlms/obis.h"
#include "lib/dlms/value.h"

/* "1.0.1.8.0.255 (active energy + · активная энергия, приём)" */
char *object_words(struct arena *a, struct obis o);

/* As sent, and in UTC when the deviation is known. */
char *moment_words(struct arena *a, const struct dlms_datetime *t);

/* A value that is not a list, without its type; "-" for nothing. */
char *scalar_words(struct arena *a, const struct dlms_value *v);

#endif
