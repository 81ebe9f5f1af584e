/* The file of deeds: one JSON object each line. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/base/clock.h"
#include "tools/meter-sim/player_inner.h"

/* A serial is text of a list: what JSON keeps for itself is left out. */
static void put_serial(char *out, size_t size, const char *serial)
{
    size_t n = 0;

    for (; *serial != '\0' && n + 1 < size; serial++)
        if (*serial != '"' && *serial != '\\' && (unsigned char)*serial >= ' ')
            out[n++] = *serial;
    out[n] = '\0';
}

static int put_argument(char *out, size_t size,
                        const struct scenario_statement *s)
{
    if (s->bytes > 0)
        return snprintf(out, size, ",\"bytes\":%" PRId64, s->bytes);
    if (s->per_ms > 0)
        return snprintf(out, size, ",\"ms\":%" PRId64 ",\"per_ms\":%" PRId64,
                        s->ms, s->per_ms);
    if (s->ms != 0)
        return snprintf(out, size, ",\"ms\":%" PRId64, s->ms);
    out[0] = '\0';
    return 0;
}

void deed_line(struct player *p, size_t no, const char *serial, uint32_t meters,
               const char *state)
{
    const struct scenario_statement *s = &p->scenario.at[no];
    char who[64], argument[96], tidy[32];

    (void)put_argument(argument, sizeof argument, s);
    if (serial != NULL) {
        put_serial(tidy, sizeof tidy, serial);
        snprintf(who, sizeof who, "\"serial\":\"%s\"", tidy);
    } else {
        snprintf(who, sizeof who, "\"meters\":%" PRIu32, meters);
    }
    truth_line(&p->deeds,
               "{\"at_ms\":%" PRId64 ",\"us\":%" PRId64
               ",\"line\":%u,\"deed\":\"%s\",%s%s%s%s%s}\n",
               p->due[no].at_ms, clock_now_us(), s->line,
               scenario_verb(s->deed), who, argument,
               state != NULL ? ",\"state\":\"" : "", state != NULL ? state : "",
               state != NULL ? "\"" : "");
}
