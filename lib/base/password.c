/* yescrypt, cost 7: 64 MiB and about 60 ms a guess on one core. */
#include "lib/base/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "lib/base/log.h"

#define COST 7

enum err password_hash(struct arena *a, const char *password, const char **out)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data *data;
    enum err e = ERR_OK;
    const char *made;

    if (crypt_gensalt_rn("$y$", COST, NULL, 0, setting, sizeof(setting)) ==
        NULL)
        return err_raise(ERR_IO, "password: no salt");
    data = calloc(1, sizeof(*data));
    if (data == NULL)
        fatal("password");
    made = crypt_r(password, setting, data);
    if (made == NULL || made[0] == '*')
        e = err_raise(ERR_IO, "password: crypt refused");
    else
        *out = arena_strdup(a, made);
    OPENSSL_cleanse(data, sizeof(*data));
    free(data);
    return e;
}

bool password_fits(const char *password, const char *hash)
{
    /* A setting of the cost above: the work of a real one, fits nothing. */
    static const char nobody[] = "$y$jBT$0123456789abcdefghijk.";
    struct crypt_data *data = calloc(1, sizeof(*data));
    const char *made;
    bool fits;

    if (data == NULL)
        fatal("password");
    made = crypt_r(password, hash ? hash : nobody, data);
    fits = hash != NULL && made != NULL && made[0] != '*' &&
           strlen(made) == strlen(hash) &&
           CRYPTO_memcmp(made, hash, strlen(hash)) == 0;
    OPENSSL_cleanse(data, sizeof(*data));
    free(data);
    return fits;
}
