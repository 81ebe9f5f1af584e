/*
 * Browsers that cannot show these pages get a plain one instead (GC-007).
 *
 * The floor of the operators' part (GC-005) is stated in versions of 2010; only
 * what lies below it is turned away. Who does not say a name is let in.
 */
#include "cgi-bin/web/inner.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name; /* what precedes the version */
    int oldest;       /* that is let in */
} floors[] = {
    { "MSIE ", 8 },       { "Firefox/", 4 }, { "Opera/", 9 },
    { "YaBrowser/", 21 }, { "Sputnik/", 5 },
};

bool browser_is_too_old(const char *user_agent)
{
    for (size_t i = 0; i < sizeof(floors) / sizeof(floors[0]); i++) {
        const char *at = strstr(user_agent, floors[i].name);

        if (at != NULL &&
            strtol(at + strlen(floors[i].name), NULL, 10) < floors[i].oldest)
            return true;
    }
    /* Safari before 5 says "Version/4.0 Safari/"; Android's own says it too. */
    if (strstr(user_agent, "Safari/") != NULL &&
        strstr(user_agent, "Android") == NULL) {
        const char *at = strstr(user_agent, "Version/");

        return at != NULL && strtol(at + 8, NULL, 10) < 5;
    }
    return false;
}
