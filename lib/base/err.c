/* The last reason, one for each thread. */
#include "lib/base/err.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char reason[512];

enum err err_raise(enum err code, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(reason, sizeof(reason), fmt, ap);
    va_end(ap);
    return code;
}

const char *err_reason(void)
{
    return reason;
}

const char *err_name(enum err code)
{
    switch (code) {
    case ERR_OK:
        return "ok";
    case ERR_INVALID:
        return "invalid";
    case ERR_UNSIGNED:
        return "unsigned";
    case ERR_FORBIDDEN:
        return "forbidden";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_BUSY:
        return "busy";
    case ERR_PROTOCOL:
        return "protocol";
    case ERR_DB:
        return "db";
    case ERR_IO:
        return "io";
    }
    return "unknown";
}
