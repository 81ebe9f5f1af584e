/* Downloads of files that are already made. */
#include "cgi-bin/web/attachment.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/inner.h"

/* "pdf" of "Отчёт 01.pdf", for those who read no filename*. */
static const char *ending_of(const char *file_name)
{
    const char *dot = strrchr(file_name, '.');

    return dot != NULL ? dot + 1 : "bin";
}

void attachment_begin(struct req *r, const char *file_name,
                      const char *media_type, int64_t size)
{
    struct arena *a = r->arena;
    struct inner *in = inner_of(r);

    answer_header(r, "Content-Type", media_type);
    if (size >= 0)
        answer_header(r, "Content-Length", arena_printf(a, "%" PRId64, size));
    answer_header(r, "Content-Disposition",
                  arena_printf(a,
                               "attachment; filename=\"lazur.%s\"; "
                               "filename*=UTF-8''%s",
                               ending_of(file_name), url_encode(a, file_name)));
    in->answered = true;
    if (!answer_send_head(r))
        in->cut = true;
}

enum err attachment_write(struct req *r, const void *bytes, size_t len)
{
    (void)r; /* one request at a time: the wire is the process' */
    return wire_write(bytes, len)
               ? ERR_OK
               : err_raise(ERR_IO, "download: the browser hung up");
}
