/* Verdicts of ingest_batch, and what is said of them. */
#include "daemon/listener/verdict.h"

#include <stdio.h>
#include <string.h>

#define KEY_EXPECTED "key_expected"
#define REPLAYED     "replayed"
#define FOREIGN      "foreign_identity"

const char *verdict_read(const char *word)
{
    static const char *const reasons[] = { KEY_EXPECTED, REPLAYED, FOREIGN };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strcmp(word, reasons[i]) == 0)
            return reasons[i];
    }
    return NULL;
}

void verdict_why(const struct entry *e, const char *reason, char *out,
                 size_t size)
{
    const char *who = e->reading.identity;

    if (strcmp(reason, KEY_EXPECTED) == 0)
        snprintf(out, size, "%s pushed unciphered, and has keys", who);
    else if (strcmp(reason, REPLAYED) == 0)
        snprintf(out, size, "%s: counter %u of %s was heard before", who,
                 e->proof.counter, e->proof.title);
    else
        snprintf(out, size, "%s is not who ciphers as %s", who, e->proof.title);
}
