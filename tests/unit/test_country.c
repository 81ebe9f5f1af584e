/* The country of an address, by the file that comes with npm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/country.h"

#define FILE_OF_NPM                                                            \
    "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/"                 \
    "geo-whois-asn-country.mmdb"

static struct countries *opened(void)
{
    struct countries *c = NULL;

    assert_int_equal(countries_open(FILE_OF_NPM, &c), ERR_OK);
    return c;
}

static void assert_country(const struct countries *c, const char *address,
                           const char *expected)
{
    char code[COUNTRY_CODE];

    country_of(c, address, code);
    assert_string_equal(code, expected);
}

/* Blocks that belong to registries and root servers of those countries. */
static void an_address_of_the_world_has_its_country(void **state)
{
    struct countries *c = opened();

    (void)state;
    assert_country(c, "193.0.6.139", "NL");
    assert_country(c, "77.88.8.8", "RU");
    assert_country(c, "8.8.8.8", "US");
    assert_country(c, "::ffff:8.8.8.8", "US");
    assert_country(c, "2001:67c:2e8:22::c100:68b", "NL");
    countries_close(c);
}

static void private_and_impossible_addresses_have_none(void **state)
{
    static const char *const nowhere[] = {
        "127.0.0.1",
        "10.4.250.82",
        "192.168.1.1",
        "172.16.0.1",
        "172.31.255.1",
        "100.64.0.1",
        "169.254.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:192.168.1.1",
        "",
        "unknown",
        "1.2.3",
        "1.2.3.4/8",
        "999.1.1.1",
    };
    struct countries *c = opened();

    (void)state;
    for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
        assert_country(c, nowhere[i], "");
    countries_close(c);
}

static void without_a_file_nobody_has_a_country(void **state)
{
    struct countries *c = NULL;

    (void)state;
    assert_int_equal(countries_open("/nowhere/x.mmdb", &c), ERR_IO);
    assert_null(c);
    assert_country(c, "8.8.8.8", "");
    countries_close(c);
}

static void a_file_of_another_kind_is_refused(void **state)
{
    struct countries *c = NULL;

    (void)state;
    assert_int_equal(countries_open("Makefile", &c), ERR_INVALID);
    assert_null(c);
}

/* Half a file: what its tree points to is not there. */
static void a_broken_file_gives_no_country_and_no_crash(void **state)
{
    static unsigned char bytes[1 << 20];
    char path[] = "/tmp/lazur-country-XXXXXX";
    int fd = mkstemp(path);
    FILE *from = fopen(FILE_OF_NPM, "rb");
    FILE *to = fdopen(fd, "wb");
    struct countries *c = NULL;
    size_t n;

    (void)state;
    assert_non_null(from);
    assert_non_null(to);
    n = fread(bytes, 1, sizeof(bytes), from);
    fwrite(bytes, 1, n, to);
    /* The metadata, which stands at the end. */
    fseek(from, -(long)4096, SEEK_END);
    n = fread(bytes, 1, 4096, from);
    fwrite(bytes, 1, n, to);
    fclose(from);
    fclose(to);
    if (countries_open(path, &c) == ERR_OK)
        assert_country(c, "223.255.254.1", "");
    countries_close(c);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_of_the_world_has_its_country),
        cmocka_unit_test(private_and_impossible_addresses_have_none),
        cmocka_unit_test(without_a_file_nobody_has_a_country),
        cmocka_unit_test(a_file_of_another_kind_is_refused),
        cmocka_unit_test(a_broken_file_gives_no_country_and_no_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
