/*
 * Strangers' forms and cookies: every field that is taken is clean text, and
 * encoded again it parses to the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/urlform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void field_survives(struct arena *a, const char *value)
{
    const char *text = arena_printf(a, "v=%s", urlform_encode(a, value));
    struct urlform f;

    if (!text_is_clean(value, strlen(value)) ||
        urlform_parse(a, text, strlen(text), &f) != ERR_OK || f.n != 1 ||
        strcmp(urlform_get(&f, "v"), value) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct urlform f;
    const char *header;

    if (urlform_parse(a, (const char *)data, size, &f) == ERR_OK) {
        for (size_t i = 0; i < f.n; i++) {
            field_survives(a, f.field[i].name);
            field_survives(a, f.field[i].value);
        }
    }
    header = arena_strndup(a, (const char *)data, size);
    if (cookie_get(a, header, "lazur") != NULL &&
        strstr(header, "lazur=") == NULL)
        abort();
    arena_free(a);
    return 0;
}
