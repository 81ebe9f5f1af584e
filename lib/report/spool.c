/* Files that a library must seek in, so they cannot go out as they grow. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/report/parts.h"

enum err spool_make(const struct report *r, const char *ending,
                    struct spool *out)
{
    const char *dir = r->head->tmpdir != NULL ? r->head->tmpdir : "/tmp";
    int n = snprintf(out->path, sizeof(out->path), "%s/lazur-XXXXXX%s", dir,
                     ending);
    int fd;

    if (n < 0 || (size_t)n >= sizeof(out->path))
        return err_raise(ERR_IO, "report: tmpdir is too long");
    fd = mkstemps(out->path, (int)strlen(ending));
    if (fd < 0) {
        int why = errno;

        out->path[0] = '\0';
        return err_raise(ERR_IO, "report: a file in %s: %s", dir,
                         strerror(why));
    }
    (void)close(fd);
    return ERR_OK;
}

enum err spool_send(const struct report *r, const struct spool *s)
{
    char chunk[32768];
    FILE *f = fopen(s->path, "rb");
    enum err e = ERR_OK;
    size_t n;

    if (f == NULL)
        return err_raise(ERR_IO, "report: %s: %s", s->path, strerror(errno));
    while (e == ERR_OK && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        e = r->to.write(r->to.it, chunk, n);
    if (e == ERR_OK && ferror(f))
        e = err_raise(ERR_IO, "report: %s: cannot be read", s->path);
    (void)fclose(f);
    return e;
}

void spool_remove(struct spool *s)
{
    if (s->path[0] != '\0')
        (void)unlink(s->path);
    s->path[0] = '\0';
}
