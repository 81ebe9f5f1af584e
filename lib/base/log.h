/*
 * One event, one line on stderr:
 *   2026-11-20T03:15:00.123Z meter-listener[812] telegram stored meter=4711
 * The moment is UTC.
 */
#ifndef LAZUR_LIB_BASE_LOG_H
#define LAZUR_LIB_BASE_LOG_H

#include <stdbool.h>

#include "lib/base/err.h"

/* name stands in every line; debug lines are printed only when verbose. */
void log_init(const char *name, bool verbose);

void log_warn(const char *fmt, ...) PRINTF(1, 2);  /* with errno's words */
void log_warnx(const char *fmt, ...) PRINTF(1, 2); /* someone should look */
void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_debug(const char *fmt, ...) PRINTF(1, 2);

/* Says why, with errno's words if it is set, and ends the process. */
_Noreturn void fatal(const char *fmt, ...) PRINTF(1, 2);

/* log_warnx of the last err_raise with what was being done. */
void log_err(enum err code, const char *doing);

#endif
