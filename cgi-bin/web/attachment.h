/* Files that go out as they are: their size is known, their bytes are not ours.
 */
#ifndef LAZUR_CGI_BIN_WEB_ATTACHMENT_H
#define LAZUR_CGI_BIN_WEB_ATTACHMENT_H

#include <stddef.h>
#include <stdint.h>

#include "cgi-bin/web/web.h"

/*
 * attachment_begin - the head of a download of size bytes (-1: not known yet,
 * it is over when it ends); after it nothing
 * else can be answered, and an error cuts the download, which the browser
 * notices by the size.
 */
void attachment_begin(struct req *r, const char *file_name,
                      const char *media_type, int64_t size);

/* ERR_IO when the browser hung up. */
enum err attachment_write(struct req *r, const void *bytes,
                          size_t len) MUST_CHECK;

#endif
