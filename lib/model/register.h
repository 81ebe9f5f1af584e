/* What else a meter measures: objects beside its main register. */
#ifndef LAZUR_LIB_MODEL_REGISTER_H
#define LAZUR_LIB_MODEL_REGISTER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

struct meter_register {
    int64_t meter_id;
    const char *logical_name; /* "1.0.1.8.0.255" */
    int scaler, unit;         /* of the value, IEC 62056-6-2 */
    struct figure value;
    const char *text; /* of objects that are not numbers */
    struct moment at;
};

struct register_list {
    const struct meter_register *rows; /* by meter, in its own order */
    size_t n;
};

enum err register_list(struct db *db, struct arena *a, const int64_t *meters,
                       size_t n, struct register_list *out) MUST_CHECK;

/*
 * register_code - which well-known object this is: "active_import",
 * "voltage_l1" ... (IEC 62056-6-1), the word in Words.Register.
 *
 * tariff is the E field of an energy, 0 when it is the total. "" when the
 * object is not one of the well-known.
 */
const char *register_code(const char *logical_name, int *tariff);

#endif
