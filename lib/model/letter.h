/*
 * Letters and SMS, queued in the transaction of their cause; the notifier makes
 * words of them (templates/letters) and sends them once that has committed.
 */
#ifndef LAZUR_LIB_MODEL_LETTER_H
#define LAZUR_LIB_MODEL_LETTER_H

#include <stdbool.h>

#include "lib/base/db.h"
#include "lib/letter/letter.h"

/* One ASCII address without a name, as a letter can be sent to it. */
bool letter_address_fits(const char *address);

/*
 * letter_queue - one letter.
 *
 * kind      "operator_welcome" (name, login), "password_recovery" (name, at,
 *           link, email), "email_code" (name, code), "security_command",
 *           "security_cancelled" (name, branch, serial, model, command),
 *           "test_letter" (login); login_url is added by itself
 * language  "ru" or "en"
 * values    n of them; any UTF-8
 * ERR_INVALID, before the database is asked: nothing can be sent to such an
 * address. A caller who does not mind checks letter_address_fits.
 */
enum err letter_queue(struct db *db, struct arena *a, const char *kind,
                      const char *to, const char *language,
                      const struct letter_value *values, size_t n) MUST_CHECK;

#endif
