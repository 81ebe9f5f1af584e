/*
 * Countries of addresses. The file is opened once, before the workers are
 * made; without it there are no flags, and nothing else is missing.
 */
#include "cgi-bin/web/inner.h"

#include "lib/base/country.h"
#include "lib/base/log.h"

static struct countries *countries;

void countries_load(const char *path)
{
    enum err e = countries_open(path, &countries);

    if (e != ERR_OK)
        log_err(e, "no flags of countries");
}

const char *address_country(struct req *r, const char *address)
{
    char code[COUNTRY_CODE];

    country_of(countries, address, code);
    return arena_strdup(r->arena, code);
}
