/* yescrypt, cost 7: 64 MiB and about 60 ms a guess on one core. */
#include "lib/base/password.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/base/log.h"

#define COST 7

#define TRY_EVERY_MS 10

/* Its bytes are the turns; a lock on one is freed even by a process' death. */
static int gate = -1;

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

enum err password_gate_make(void)
{
    FILE *file = tmpfile();

    if (file == NULL)
        return err_raise(ERR_IO, "password: %s", strerror(errno));
    gate = dup(fileno(file));
    fclose(file);
    return gate >= 0 ? ERR_OK
                     : err_raise(ERR_IO, "password: %s", strerror(errno));
}

static bool turn_set(int turn, short type)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = turn, .l_len = 1
    };

    return fcntl(gate, F_SETLK, &lock) == 0;
}

enum err password_turn_take(int *turn)
{
    static const struct timespec pause = { 0, TRY_EVERY_MS * 1000000L };

    *turn = -1;
    if (gate < 0)
        return ERR_OK;
    for (int waited = 0; waited < PASSWORD_WAIT_MS; waited += TRY_EVERY_MS) {
        for (int t = 0; t < PASSWORD_AT_ONCE; t++) {
            if (turn_set(t, F_WRLCK)) {
                *turn = t;
                return ERR_OK;
            }
        }
        nanosleep(&pause, NULL);
    }
    return err_raise(ERR_BUSY, "password: too many sign-ins at once");
}

void password_turn_give(int turn)
{
    if (turn >= 0 && !turn_set(turn, F_UNLCK))
        log_warn("password gate");
}
