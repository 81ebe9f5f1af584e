/*
 * How an electricity meter divides what it counts: four tariffs by an activity
 * calendar with special days, and the limit above which it cuts the supply.
 */
#ifndef LAZUR_TOOLS_METER_SIM_TARIFF_H
#define LAZUR_TOOLS_METER_SIM_TARIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/meter.h"

#define TARIFFS 4

/*
 * energy_wh by tariff, 1 ... 4; 0 is all of it. They add up, and none ever
 * shrinks while energy_wh grows: a household's habits, not its calendar.
 */
uint64_t tariff_energy(uint64_t energy_wh, unsigned tariff);

/* Import at the moment of the telegram, W. */
uint32_t tariff_power(const struct meter *m);

/* The power of the telegram is above what the limiter was told. */
bool tariff_exceeded(const struct meter *m, struct arena *a);

/* From the factory: for told.h. */
void tariff_name(const struct meter *m, struct arena *a,
                 struct dlms_value *out);
void tariff_seasons(const struct meter *m, struct arena *a,
                    struct dlms_value *out);
void tariff_weeks(const struct meter *m, struct arena *a,
                  struct dlms_value *out);
void tariff_days(const struct meter *m, struct arena *a,
                 struct dlms_value *out);
void tariff_limit(const struct meter *m, struct arena *a,
                  struct dlms_value *out);

bool tariff_seasons_fit(struct arena *a, const struct dlms_value *v);
bool tariff_weeks_fit(struct arena *a, const struct dlms_value *v);
bool tariff_days_fit(struct arena *a, const struct dlms_value *v);
bool tariff_special_fit(struct arena *a, const struct dlms_value *v);

#endif
