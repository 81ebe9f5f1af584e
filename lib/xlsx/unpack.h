/* A part on its way out of the ZIP; between package.c and xml.c. */
#ifndef LAZUR_LIB_XLSX_UNPACK_H
#define LAZUR_LIB_XLSX_UNPACK_H

#include "lib/xlsx/parts.h"

struct unpack {
    void *file; /* zip_file_t */
    int64_t packed, done;
};

enum err unpack_open(struct package *p, const char *part,
                     struct unpack *u) MUST_CHECK;
/* *len 0 at the end, whose checksum was right. */
enum err unpack_read(struct package *p, struct unpack *u, void *to, size_t size,
                     size_t *len) MUST_CHECK;
void unpack_close(struct unpack *u);

#endif
