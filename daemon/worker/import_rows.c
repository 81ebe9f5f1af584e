/* Two thousand rows a statement, an array for each column. */
#include "daemon/worker/import_rows.h"

#include <inttypes.h>

#include "daemon/arrays.h"

#define BATCH 2000

enum {
    NO,
    ACCOUNT,
    SERIAL,
    ADDRESS,
    BRANCH,
    PRICE,
    TARIFF,
    NOTE,
    LAST_NAME,
    FIRST_NAME,
    PHONE,
    BAD_NO,
    BAD_CODE,
    BAD_DETAIL,
    ARRAYS
};

/* One import at a time in a process; the memory is kept for the next. */
static struct array arrays[ARRAYS];
static size_t gathered;

static void batch_begin(void)
{
    static const enum array_of types[ARRAYS] = {
        [NO] = ARRAY_INT4,        [ACCOUNT] = ARRAY_TEXT,
        [SERIAL] = ARRAY_TEXT,    [ADDRESS] = ARRAY_TEXT,
        [BRANCH] = ARRAY_TEXT,    [PRICE] = ARRAY_INT8,
        [TARIFF] = ARRAY_TEXT,    [NOTE] = ARRAY_TEXT,
        [LAST_NAME] = ARRAY_TEXT, [FIRST_NAME] = ARRAY_TEXT,
        [PHONE] = ARRAY_TEXT,     [BAD_NO] = ARRAY_INT4,
        [BAD_CODE] = ARRAY_TEXT,  [BAD_DETAIL] = ARRAY_TEXT,
    };

    for (int i = 0; i < ARRAYS; i++)
        array_begin(&arrays[i], types[i]);
    gathered = 0;
}

static enum err batch_send(struct import_rows *r)
{
    struct db_param params[ARRAYS];
    struct rows rows;
    enum err e;

    for (int i = 0; i < ARRAYS; i++)
        params[i] = array_param(&arrays[i]);
    e = db_query_params(r->db, r->statement, Q_IMPORT_ROWS_ADD, params, ARRAYS,
                        &rows);
    arena_reset(r->statement);
    batch_begin();
    return e;
}

void import_rows_begin(struct import_rows *r, struct db *db)
{
    *r = (struct import_rows){
        .db = db, .row = arena_new(), .statement = arena_new(), .why = ""
    };
    batch_begin();
}

void import_rows_leave(struct import_rows *r)
{
    arena_free(r->row);
    arena_free(r->statement);
}

static void put_line(int64_t no, const struct import_line *line)
{
    array_int4(&arrays[NO], (int32_t)no);
    array_text(&arrays[ACCOUNT], line->account);
    array_text(&arrays[SERIAL], line->serial);
    array_text(&arrays[ADDRESS], line->address);
    array_text(&arrays[BRANCH], line->branch);
    array_int8(&arrays[PRICE], line->price_kopecks_per_1000_m3);
    array_text(&arrays[TARIFF], line->tariff);
    array_text(&arrays[NOTE], line->note);
    array_text(&arrays[LAST_NAME], line->last_name);
    array_text(&arrays[FIRST_NAME], line->first_name);
    array_text(&arrays[PHONE], line->phone);
}

static void put_bad(int64_t no, const struct import_bad *bad)
{
    array_int4(&arrays[BAD_NO], (int32_t)no);
    array_text(&arrays[BAD_CODE], bad->code);
    array_text(&arrays[BAD_DETAIL], bad->column);
}

static enum err head_take(struct import_rows *r, const struct xlsx_row *row)
{
    enum err e = import_heading_read(row, &r->columns, &r->why, &r->fault);

    /* The cell goes with its row. */
    if (e != ERR_OK && r->fault.found != NULL)
        r->fault.found = arena_strdup(r->row, r->fault.found);
    return e;
}

enum err import_rows_take(struct import_rows *r, const struct xlsx_row *row)
{
    struct import_line line;
    struct import_bad bad;

    if (r->columns == 0)
        return head_take(r, row);
    if (row->used > r->columns) {
        r->why = "wide";
        r->at = row->no;
        return err_raise(ERR_INVALID, "import: row %" PRId64 " is wider",
                         row->no);
    }
    switch (import_row_read(r->row, row, &line, &bad)) {
    case IMPORT_ROW_GOOD:
        put_line(row->no, &line);
        break;
    case IMPORT_ROW_BAD:
        put_bad(row->no, &bad);
        break;
    case IMPORT_ROW_EMPTY:
        arena_reset(r->row);
        return ERR_OK;
    }
    arena_reset(r->row);
    r->n++;
    return ++gathered == BATCH ? batch_send(r) : ERR_OK;
}

enum err import_rows_end(struct import_rows *r)
{
    if (r->columns == 0) {
        r->why = "columns";
        return err_raise(ERR_INVALID, "import: an empty sheet");
    }
    return gathered > 0 ? batch_send(r) : ERR_OK;
}
