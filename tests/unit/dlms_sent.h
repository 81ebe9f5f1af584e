/* A value as the other end of a line decodes it, for tests. */
#ifndef LAZUR_TESTS_UNIT_DLMS_SENT_H
#define LAZUR_TESTS_UNIT_DLMS_SENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/dlms/value.h"

static inline struct dlms_value sent(struct arena *a,
                                     const struct dlms_value *v)
{
    struct dlms_value back;
    struct dlms_out o;
    size_t at = 0;

    dlms_out_init(&o, a);
    assert_int_equal(dlms_value_put(&o, v), ERR_OK);
    assert_int_equal(dlms_value_read(a, dlms_out_bytes(&o), &at, &back),
                     ERR_OK);
    assert_int_equal(at, o.len);
    return back;
}

#endif
