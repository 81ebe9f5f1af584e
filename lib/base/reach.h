/* Whether somebody answers at an address: «Проверить адрес». */
#ifndef LAZUR_LIB_BASE_REACH_H
#define LAZUR_LIB_BASE_REACH_H

#include <stdbool.h>

#include "lib/base/err.h"

/*
 * reach - connect to host (a name or an address) and port over TCP, and hang
 * up; all of its addresses share timeout_ms, beside what the resolver takes.
 *
 * ERR_IO: nobody answers; err_reason() says why.
 */
enum err reach(const char *host, int port, int timeout_ms) MUST_CHECK;

#endif
