/*
 * The lists of the administration: one component from the statement to the
 * page, the CSV and the XLSX. A screen says which columns there are and which
 * statements answer (lib/model/directory.h); sorting, search, page size,
 * selection and their place in the address are the same everywhere.
 *
 * Words of a list stand under Words.<words>: Title, one of each column's name
 * and, where there is something to say, About, FilterHint, Empty, EmptyHelp.
 */
#ifndef LAZUR_CGI_BIN_WEB_LISTING_H
#define LAZUR_CGI_BIN_WEB_LISTING_H

#include "cgi-bin/web/web.h"
#include "lib/model/directory.h"

enum cell_kind {
    CELL_TEXT,
    CELL_CODE,   /* text of equal width: serials, addresses */
    CELL_NUMBER, /* as the statement writes it, to the right */
    CELL_COUNT,  /* a whole number, thousands apart */
    CELL_MOMENT, /* microseconds since 1970 */
    CELL_FLAG,   /* t, f: a mark with a word, or nothing */
    CELL_WORD,   /* a key of Words.<group> */
};

struct listing_column {
    const char *name; /* sort=name, Words.<words>.<name> */
    enum cell_kind kind;
    bool sorts;        /* the statement has its two variants, in this order */
    const char *group; /* of CELL_WORD */
    int width;         /* in characters, of the XLSX */
    /* A heading over this column and its neighbours of the same one; a word
     * as name is; or NULL. */
    const char *over;
};

#define LISTING_COLUMNS_MAX 16

struct listing {
    const char *root;    /* where it stands in the view: "List", "Sub" */
    const char *words;   /* "Branches" */
    const char *address; /* "/admin/branches" */
    const char *keep;    /* further fields of its address: "group=7"; or NULL */
    const char *prefix;  /* of its fields in the address: "", or "s" for Sub */
    const char *sort;    /* unless the address says: "name", "-at" */
    struct directory statement;
    const struct listing_column *columns;
    size_t n_columns;
    bool bulk;   /* rows can be ticked */
    bool picks;  /* a row can be selected: id=17 */
    bool fixed;  /* rows are added and deleted, never changed */
    bool hidden; /* rows are not to be looked up: no search box */
    /*
     * Rewrites a field before it is shown or downloaded; NULL, or an answer
     * of NULL: as it is. column is its number, row the statement's row.
     */
    const char *(*cell)(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column);
};

/* What the address says about a list, read once. */
struct listing_state {
    struct directory_filter filter;
    int64_t picked; /* id of the selected row, 0: none */
};

/*
 * listing_read - sort, q and id of the request. The caller may set
 * filter.extra before showing. ERR_INVALID: no such order.
 */
enum err listing_read(struct req *r, const struct listing *l,
                      struct listing_state *s) MUST_CHECK;

/*
 * The same of a list of what one row has: its id is the first of the
 * statement's further parameters.
 */
enum err listing_read_of(struct req *r, const struct listing *l, int64_t id,
                         struct listing_state *s) MUST_CHECK;

/*
 * listing_show - the page of the list under its root.
 *
 * Columns.N .Word .Href .Dir .Class; Rows.N .Id .Href .Current
 * .Cells.M .Text .Iso .Class .Flag .Word; Filter, Sort, Csv, Xlsx, Bulk, Keep;
 * Misread (the screen sets it: why the filter finds nothing); Words .Title
 * .FilterHint .Empty .EmptyHelp; and those of table_show. All
 * (the whole, without a filter) is asked only under a filter; total >= 0 is
 * the exact number of rows where the caller knows it, -1: count.
 */
enum err listing_show(struct req *r, const struct listing *l,
                      const struct listing_state *s, int64_t total) MUST_CHECK;

/*
 * listing_keep - the fields of List.Here with id: the keep of a second list
 * under it, whose links leave the first where it stands.
 */
const char *listing_keep(struct req *r, int64_t id);

/* KeepFields.N .Name .Value: fields of the request that stay when something is
 * searched for; what is empty is left out. */
void listing_keep_fields(struct req *r, const struct listing *l,
                         const char *const *names, size_t n);

/* The whole list as a file: field format csv (unless said) or xlsx. */
enum err listing_download(struct req *r, const struct listing *l,
                          const struct listing_state *s) MUST_CHECK;

#endif
