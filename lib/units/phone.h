/* Numbers of telephones as a subscriber's card keeps them. */
#ifndef LAZUR_LIB_UNITS_PHONE_H
#define LAZUR_LIB_UNITS_PHONE_H

#include <stdbool.h>

#define PHONE_MAX 32 /* characters */

/* Digits, 5 to 15 of them (E.164), with spaces and +()- between. */
bool phone_fits(const char *text);

#endif
