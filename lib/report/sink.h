/* Where the bytes of a document go: a socket, a file, a buffer. */
#ifndef LAZUR_LIB_REPORT_SINK_H
#define LAZUR_LIB_REPORT_SINK_H

#include <stddef.h>

#include "lib/base/err.h"

struct sink {
    void *it;

    /* Takes all of the bytes, or says why not. */
    enum err (*write)(void *it, const void *bytes, size_t len);

    /*
     * The file is whole and another one begins: a document has grown to its
     * limit. NULL: there is only one file, and a longer report is refused
     * (ERR_INVALID).
     */
    enum err (*next)(void *it);
};

#endif
