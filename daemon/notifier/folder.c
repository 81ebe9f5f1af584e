/* Messages as files: what a mail gateway, or a person testing, picks up. */
#include "daemon/notifier/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool write_whole(FILE *out, const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len, out) == len && fflush(out) == 0 &&
           fsync(fileno(out)) == 0;
}

enum err deliver_to_folder(const char *folder, const char *file_name,
                           const char *bytes, size_t len)
{
    char name[512], fresh[520];
    FILE *out;
    bool good;

    if (snprintf(name, sizeof(name), "%s/%s", folder, file_name) >=
        (int)sizeof(name))
        return err_raise(ERR_IO, "the outbox folder's name is too long");
    snprintf(fresh, sizeof(fresh), "%s.new", name);
    out = fopen(fresh, "w");
    if (out == NULL)
        return err_raise(ERR_IO, "%s: %s", fresh, strerror(errno));
    good = write_whole(out, bytes, len);
    good = fclose(out) == 0 && good;
    if (!good || rename(fresh, name) != 0)
        return err_raise(ERR_IO, "%s: %s", name, strerror(errno));
    return ERR_OK;
}
