/*
 * A meter's telegram as bytes: the gas profile of docs/protocol.md, a list of
 * named values of electricity meters and of the smallest ones, ciphered under
 * the system title where the meter has keys.
 */
#ifndef LAZUR_TOOLS_METER_SIM_PUSH_H
#define LAZUR_TOOLS_METER_SIM_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/dlms/cosem_net.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/meter.h"

#define PORT_METER     1      /* wPort of the meter's management device */
#define PORT_SERVER    16     /* wPort pushes go to */
#define PUSH_DEVIATION (-180) /* of all their clocks: UTC+3 */

enum push_way {
    PUSH_NEW,
    PUSH_AGAIN,     /* the same bytes once more, counter included */
    PUSH_WRONG_KEY, /* ciphered by a key that nobody else knows */
};

/* The whole frame of m->told, as its protocol has it, added to out. */
enum err push_put(struct dlms_out *out, const struct meter *m,
                  enum push_way way) MUST_CHECK;

/* Whether it waits for a confirmation. */
bool push_is_confirmed(const struct meter *m);

/* long-invoke-id-and-priority of m->told */
uint32_t push_invoke(const struct meter *m);

const char *push_operator(const struct meter *m);
struct dlms_gsm_cell push_cell(const struct meter *m);

#endif
