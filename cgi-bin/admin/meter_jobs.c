/* The lists of both kinds of jobs, and taking a job back. */
#include "cgi-bin/admin/meter_jobs.h"

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/web/table.h"

static const struct listing_column firmware_columns[] = {
    { .name = "name", .sorts = true, .width = 30 },
    { .name = "numbers", .kind = CELL_CODE, .sorts = true, .width = 40 },
    { .name = "version", .kind = CELL_CODE, .sorts = true, .width = 12 },
    { .name = "type", .sorts = true, .width = 24 },
    { .name = "file", .sorts = true, .width = 30 },
    { .name = "runs", .kind = CELL_COUNT, .sorts = true, .width = 12 },
    { .name = "by", .sorts = true, .width = 16 },
    { .name = "at", .kind = CELL_MOMENT, .sorts = true, .width = 20 },
};

static const struct listing firmware = {
    .root = "List",
    .words = "Firmware",
    .address = FIRMWARE_ADDRESS,
    .sort = "-at",
    .statement = { Q_FIRMWARE_JOB_PAGE, Q_FIRMWARE_JOB_COUNT },
    .columns = firmware_columns,
    .n_columns = sizeof(firmware_columns) / sizeof(firmware_columns[0]),
    .picks = true,
    .fixed = true,
};

enum { NAME, NUMBERS };
#define FIELD_FROM_FILE 7
#define FIELD_IN_FILE   8

static const struct listing_column address_columns[] = {
    [NAME] = { .name = "name", .sorts = true, .width = 30 },
    [NUMBERS] = { .name = "numbers",
                  .kind = CELL_CODE,
                  .sorts = true,
                  .width = 40 },
    { .name = "to", .kind = CELL_CODE, .sorts = true, .width = 30 },
    { .name = "runs", .kind = CELL_COUNT, .sorts = true, .width = 12 },
    { .name = "by", .sorts = true, .width = 16 },
    { .name = "at", .kind = CELL_MOMENT, .sorts = true, .width = 20 },
};

/* «из файла: 1 250» where no expression was typed. */
static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    if (column != NUMBERS || !row_bool(rows, row, FIELD_FROM_FILE))
        return NULL;
    return arena_printf(a, "%s %s", word(r, "AddressJobs.FromFile"),
                        count_text(a, row_int(rows, row, FIELD_IN_FILE)));
}

static const struct listing addresses = {
    .root = "List",
    .words = "AddressJobs",
    .address = ADDRESSES_ADDRESS,
    .sort = "-at",
    .statement = { Q_ADDRESS_JOB_PAGE, Q_ADDRESS_JOB_COUNT },
    .columns = address_columns,
    .n_columns = sizeof(address_columns) / sizeof(address_columns[0]),
    .picks = true,
    .fixed = true,
    .cell = cell,
};

enum err firmware_list(struct req *r)
{
    return directory_list(r, &firmware, "firmware");
}

enum err firmware_file(struct req *r)
{
    return directory_file(r, &firmware);
}

enum err addresses_list(struct req *r)
{
    return directory_list(r, &addresses, "addresses");
}

enum err addresses_file(struct req *r)
{
    return directory_file(r, &addresses);
}

enum err job_tabs_show(struct req *r)
{
    int64_t n[2];
    enum err e = meter_job_tally(r->db, r->arena, &n[0], &n[1]);

    if (e != ERR_OK)
        return e;
    if (n[0] > 0)
        view_set(r, "Nav.Firmware", param_int(r->arena, n[0]));
    if (n[1] > 0)
        view_set(r, "Nav.Addresses", param_int(r->arena, n[1]));
    return ERR_OK;
}

/* ---- deleting ---- */

static struct sheet question_of(struct req *r, bool of_firmware)
{
    struct sheet s =
        row_sheet(r, of_firmware ? "FirmwareJob" : "AddressJob",
                  of_firmware ? FIRMWARE_ADDRESS : ADDRESSES_ADDRESS, "delete");

    sheet_title(&s, "Delete", "");
    return s;
}

enum err meter_job_ask(struct req *r)
{
    struct meter_job_card job;
    struct sheet s;
    enum err e = meter_job_find(r->db, r->arena, r->id, &job);

    if (e != ERR_OK)
        return e;
    s = question_of(r, job.firmware);
    sheet_fact(&s, "name", job.name);
    sheet_fact(&s, "Executions", count_text(r->arena, job.executions));
    sheet_fact(&s, "Waiting", count_text(r->arena, job.waiting));
    sheet_deletes(&s);
    return sheet_render(&s, NULL);
}

enum err meter_job_remove(struct req *r)
{
    struct meter_job_card job;
    struct sheet s;
    enum err e;

    if ((e = meter_job_find(r->db, r->arena, r->id, &job)) != ERR_OK)
        return e;
    s = question_of(r, job.firmware);
    e = meter_job_delete(r->db, r->arena, r->id, r->address);
    return sheet_end(&s, e, "Deleted", job.name);
}
