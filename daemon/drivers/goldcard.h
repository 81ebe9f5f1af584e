/* What of the goldCard driver can be set. */
#ifndef LAZUR_DAEMON_DRIVERS_GOLDCARD_H
#define LAZUR_DAEMON_DRIVERS_GOLDCARD_H

#include "lib/base/err.h"

/*
 * goldcard_crc_use - what is made of check sequences that the candidate of
 * lib/goldcard/frame.h does not give:
 *   off     nothing
 *   log     a line of the log
 *   strict  the message is refused (bad_checksum)
 * ERR_INVALID on another word.
 */
enum err goldcard_crc_use(const char *word) MUST_CHECK;

#endif
