/* Branches and subscribers, and how a row is written. */
#include "tools/seed-data/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "tools/seed-data/city.h"
#include "tools/seed-data/names.h"

/* Triggers keep the rows of a statement until it ends. */
#define CHUNK 50000

const char *moment_utc(int64_t moment)
{
    static char text[4][32];
    static unsigned turn;
    char *out = text[turn++ % 4];
    time_t t = (time_t)moment;
    struct tm utc;

    gmtime_r(&t, &utc);
    strftime(out, sizeof text[0], "%Y-%m-%d %H:%M:%S+00", &utc);
    return out;
}

void number_or_null(bool there, int64_t n)
{
    if (there)
        printf("\t%" PRId64, n);
    else
        fputs("\t\\N", stdout);
}

void copy_all(const char *into, const char *after, int64_t things,
              void (*rows)(int64_t id))
{
    for (int64_t id = 1; id <= things; id++) {
        if ((id - 1) % CHUNK == 0)
            printf("copy %s from stdin;\n", into);
        rows(id);
        if (id % CHUNK == 0 || id == things)
            printf("\\.\n%s", after);
    }
}

void branch_row(int64_t id)
{
    const char *name = PICK(branch_names, (uint64_t)id - 1);
    char number[24] = "";

    if (id > (int64_t)(sizeof branch_names / sizeof *branch_names))
        snprintf(number, sizeof number, " %" PRId64, id);
    printf("%" PRId64 "\t%s%s\tФилиал «%s%s», " CITY "\n", id, name, number,
           name, number);
}

int64_t branch_of(int64_t subscriber)
{
    /* The first ones are larger: the smaller of two throws. */
    uint64_t n = (uint64_t)city.branches;
    int64_t a = (int64_t)(chance(ABOUT_ADDRESS, subscriber, 1) % n);
    int64_t b =
        (int64_t)(chance(ABOUT_ADDRESS, subscriber, 2) % (n + n / 2 + 1));

    return 1 + (a < b ? a : b);
}

static void address_write(int64_t id, int64_t branch)
{
    uint64_t c = chance(ABOUT_ADDRESS, id, 3);
    unsigned house = 1 + (unsigned)(c >> 8) % 140;

    if (branch % 3 == 0 && c % 4 == 0) {
        printf("%s, %s, д. %u",
               PICK(villages, (uint64_t)branch / 3 + c / 4 % 3),
               PICK(streets, c >> 20), house);
        return;
    }
    printf(CITY ", %s, д. %u", PICK(streets, (c >> 20) + (uint64_t)branch * 7),
           house);
    if (c % 11 == 0)
        fputs("А", stdout);
    if (c % 5 != 0)
        printf(", кв. %u", 1 + (unsigned)(c >> 40) % 120);
}

/* Four in five left a telephone, one in four an e-mail; of those, most use the
 * cabinet. Nobody has these: the operator code is not given, .example is
 * nobody's.
 */
static void contacts_write(int64_t id)
{
    uint64_t c = chance(ABOUT_PERSON, id, 1);

    if (c % 5 < 4)
        printf("\t+7 (000) %03u-%02u-%02u", (unsigned)(c >> 8) % 1000,
               (unsigned)(c >> 20) % 100, (unsigned)(c >> 32) % 100);
    else
        putchar('\t');
    if (c % 4 == 0)
        printf("\tsubscriber%" PRId64 "@city.example", id);
    else
        putchar('\t');
    printf("\t%s\t%s", c % 3 == 0 ? "t" : "f",
           c % 4 == 0 && c % 7 < 6 ? "t" : "f");
}

void subscriber_row(int64_t id)
{
    uint64_t c = chance(ABOUT_PERSON, id, 0);
    unsigned woman = c % 100 < 54;
    int64_t branch = branch_of(id);
    uint64_t money = chance(ABOUT_MONEY, id, 0);

    printf("%" PRId64 "\t%" PRId64 "\t%d\t", id, branch,
           1 + (int)((money >> 32) % 4));
    if (c % 199 == 7)
        fputs("\\N", stdout);
    else
        printf("%02" PRId64 "%08" PRId64, branch % 100,
               id * 10 + (int64_t)(c % 10));
    printf("\t%s %s %s\t", PICK(surnames, c >> 8)[woman],
           woman ? PICK(women, c >> 20) : PICK(men, c >> 20),
           PICK(patronymics, c >> 32)[woman]);
    address_write(id, branch);
    printf("\t%" PRId64 "\t%s", (int64_t)(money % 900000) - 550000,
           money % 10 < 7 ? "t" : "f");
    contacts_write(id);
    putchar('\n');
}
