/*
 * What the site may unseal. The key is read once, before the workers are made;
 * a program that is not given it shows no secrets.
 */
#include "cgi-bin/web/inner.h"

#include "lib/base/seal.h"
#include "lib/base/secret.h"

static struct seal_key key;
static bool has_key;

enum err seals_load(const char *path)
{
    enum err e = seal_key_load(path, &key);

    has_key = e == ERR_OK;
    return e;
}

enum err secret_unseal(struct req *r, const char *about, struct bytes sealed,
                       struct bytes *out)
{
    if (!has_key)
        return err_raise(ERR_IO, "no key file was given (-k)");
    return unseal(r->arena, &key, about, sealed, out);
}

enum err secret_seal(struct req *r, const char *about, struct bytes plain,
                     struct bytes *out)
{
    if (!has_key)
        return err_raise(ERR_IO, "no key file was given (-k)");
    return seal(r->arena, &key, about, plain, out);
}

enum err secret_marked(struct req *r, const struct secret *s, bool *has,
                       int64_t *mark)
{
    (void)r;
    if (!has_key)
        return err_raise(ERR_IO, "no key file was given (-k)");
    return secret_mark(&key, s, has, mark);
}
