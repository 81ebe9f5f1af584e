/* The protocols meters may speak at our door, side by side. */
#include "daemon/drivers/driver.h"

#include <string.h>

static const struct driver *const drivers[] = { &dlms_driver,
                                                &goldcard_driver };

const struct driver *driver_find(const uint8_t *buf, size_t len, bool *perhaps)
{
    *perhaps = false;
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        enum recognised r = drivers[i]->recognise(buf, len);

        if (r == RECOGNISED)
            return drivers[i];
        *perhaps = *perhaps || r == RECOGNISED_PERHAPS;
    }
    return NULL;
}

const struct driver *driver_named(const char *name)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        if (strcmp(drivers[i]->name, name) == 0)
            return drivers[i];
    }
    return NULL;
}
