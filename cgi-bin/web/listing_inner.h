/* What the page of a list and its files share. */
#ifndef LAZUR_CGI_BIN_WEB_LISTING_INNER_H
#define LAZUR_CGI_BIN_WEB_LISTING_INNER_H

#include "cgi-bin/web/listing.h"

const char *listing_word(struct req *r, const struct listing *l,
                         const char *name);

/* A field as people read it; "" where there is nothing. */
const char *listing_text(struct req *r, struct arena *a,
                         const struct listing *l, const struct rows *rows,
                         size_t row, size_t column);

#endif
