/* What lists share: the range line, the pages, the sizes, the sort links. */
#ifndef LAZUR_CGI_BIN_WEB_TABLE_H
#define LAZUR_CGI_BIN_WEB_TABLE_H

#include "cgi-bin/web/web.h"

/* A list as it is shown; names in the view begin with list. */
struct table {
    const char *list;    /* "Faults" */
    const char *address; /* "/admin/faults" */
    const char *query;   /* what else stands in its links: "q=x&sort=at" */
    const char *prefix;  /* of its own fields there: "" (also NULL), "s" */
    int64_t size, page;  /* page 1 is the first */
    int64_t total;       /* rows under the filter */
    int64_t all;         /* rows without it; 0: no filter is on */
    bool more;           /* there are more than total */
};

/* size (10, 25, 50, 100) and page of the request; 25 and 1 unless said. */
enum err table_read(struct req *r, struct table *t) MUST_CHECK;

/* Rows before the page, which is first brought within what there is. */
int64_t table_before(struct table *t);

/*
 * Range.From .To .Total .All .More, Pager.First .Previous .Next .Last
 * .Pages.N.No .Href .Current .Gap, PageSizes.N.Value .Current, Address, as
 * templates/components.cst reads them.
 */
void table_show(struct req *r, const struct table *t);

/* "5 200": thousands apart by a thin space that does not break. */
char *count_text(struct arena *a, int64_t n);

#endif
