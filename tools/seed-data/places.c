/* Where the meters of the city stand: by branch, street and house. */
#include <inttypes.h>
#include <stdio.h>

#include "tools/seed-data/city.h"
#include "tools/seed-data/rows.h"

/* A town on a river, between 56 and 57 degrees north. */
#define CENTRE_LATITUDE_UDEG  INT64_C(56634000)
#define CENTRE_LONGITUDE_UDEG INT64_C(47899000)
/* Millionths of a degree a metre: of latitude anywhere, of longitude here. */
#define UDEG_PER_1000M_NORTH 8993
#define UDEG_PER_1000M_EAST  16350
#define SITES                24

struct spot {
    int64_t north_m, east_m;
};

/* Branches are districts on a grid around the centre, a few km each. */
static struct spot district(int64_t branch)
{
    static const int ring[][2] = { { 0, 0 },  { 0, 1 },  { 1, 0 },
                                   { 0, -1 }, { -1, 0 }, { 1, 1 },
                                   { 1, -1 }, { -1, 1 }, { -1, -1 } };
    const int *at = PICK(ring, (uint64_t)branch - 1);
    int64_t far = 1 + (branch - 1) / 9 * 2, north = at[0], east = at[1];

    return (struct spot){ north * 2600 * far, east * 3100 * far };
}

/* Streets of a district run north or east, houses stand along them. */
static struct spot house(int64_t subscriber)
{
    uint64_t c = chance(ABOUT_ADDRESS, subscriber, 3);
    int64_t street = (int64_t)((c >> 20) % 50),
            number = (int64_t)(c >> 8) % 140;
    struct spot s = district(branch_of(subscriber));
    int64_t across = street / 2 * 100 - 1250, along = number * 17 - 1190;
    int64_t side = number % 2 == 0 ? 18 : -18;

    if (street % 2 == 0) {
        s.north_m += across + side;
        s.east_m += along;
    } else {
        s.north_m += along;
        s.east_m += across + side;
    }
    return s;
}

static int64_t latitude(struct spot s)
{
    return CENTRE_LATITUDE_UDEG + s.north_m * UDEG_PER_1000M_NORTH / 1000;
}

static int64_t longitude(struct spot s)
{
    return CENTRE_LONGITUDE_UDEG + s.east_m * UDEG_PER_1000M_EAST / 1000;
}

/* Nine of ten stand where somebody put them on the map. */
static bool is_placed(int64_t id, const struct meter *m)
{
    return m->subscriber != 0 && chance_of(ABOUT_PLACE, id, 100) < 90;
}

void place_row(int64_t id)
{
    struct meter m;
    struct spot s;

    meter_of(id, &m);
    if (!is_placed(id, &m))
        return;
    s = house(m.subscriber);
    printf("%" PRId64 "\t%" PRId64 "\t%" PRId64 "\thand\tadmin\n", id,
           latitude(s), longitude(s));
}

/* Half of the others are known by the base station they called through. */
void cell_row(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    if (is_placed(id, &m) || chance_of(ABOUT_PLACE, id, 2) == 0)
        return;
    printf("%" PRId64 "\t250\t1\t7701\t%" PRId64 "\t%s\n", id,
           1 + chance_of(ABOUT_RADIO, id, SITES), moment_utc(m.last_at));
}

void sites_write(void)
{
    puts("copy cell_site (mcc, mnc, lac, cell_id, latitude_udeg,"
         " longitude_udeg, accuracy_m) from stdin;");
    for (int64_t id = 1; id <= SITES; id++) {
        struct spot s = { (id - 1) / 5 * 2300 - 4600, id % 5 * 2700 - 5400 };

        printf("250\t1\t7701\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64
               "\n",
               id, latitude(s), longitude(s), 800 + id % 7 * 400);
    }
    puts("\\.");
}
