/*
 * «Новое задание смены IP сервера» (GC-216 ... GC-226): where meters call from
 * then on. The meters are typed or come in a file, never both.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/meter_jobs.h"
#include "cgi-bin/web/serials.h"
#include "lib/base/reach.h"
#include "lib/model/serials.h"

#define REACH_MS 5000

static const struct sheet_field fields[] = {
    { .name = "name", .required = true, .max = 128 },
    { .name = "numbers", .kind = SHEET_SERIALS },
    { .name = "file", .kind = SHEET_FILE },
    { .name = "address", .required = true, .max = 253 },
    { .name = "port", .kind = SHEET_NUMBER, .required = true, .max = 5 },
    { .name = "check", .kind = SHEET_CHECK },
    { .name = "password", .kind = SHEET_PASSWORD, .required = true, .max = 64 },
    { .name = "confirm", .kind = SHEET_NUMBER, .max = 12 },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "AddressJob", ADDRESSES_ADDRESS, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

static enum err form_show(struct sheet *s)
{
    sheet_notice(s, "warn", "Warning");
    sheet_button(s, "danger", "Create");
    return sheet_render(s, NULL);
}

enum err address_new(struct req *r)
{
    struct sheet s = form_of(r);

    sheet_put(&s, "numbers", form_text(r, "serials"));
    sheet_put(&s, "check", "1");
    return form_show(&s);
}

/* ---- the file ---- */

struct feeding {
    struct serials_csv *csv;
    struct serials_csv_fault fault;
    bool refused;
};

static enum err feed(void *ctx, const void *bytes, size_t len)
{
    struct feeding *f = ctx;

    if (!f->refused &&
        serials_csv_feed(f->csv, bytes, len, &f->fault) != ERR_OK)
        f->refused = true;
    return ERR_OK;
}

static void csv_drop(void *csv)
{
    serials_csv_free(csv);
}

static const char *number_at(const void *csv, size_t i)
{
    return serials_csv_number(csv, i);
}

/* GC-219 ... GC-223: the reason with its line, and no job. */
static enum err file_take(struct sheet *s, const struct upload *file,
                          struct meter_job *job, struct named *named)
{
    struct req *r = s->r;
    struct feeding f = { .csv = serials_csv_new() };
    size_t n, at;
    enum err e;

    arena_defer(r->arena, csv_drop, f.csv);
    if ((e = upload_read(r->db, file, feed, &f)) != ERR_OK)
        return e;
    if (f.refused || serials_csv_end(f.csv, &f.fault) != ERR_OK) {
        sheet_mistake_text(s, "file", serials_csv_sentence(r, &f.fault));
        return ERR_OK;
    }
    n = serials_csv_count(f.csv);
    e = serials_unknown(r->db, r->arena, n, number_at, f.csv, &at);
    if (e == ERR_OK && at < n)
        sheet_mistake_text(s, "file",
                           serials_csv_unknown(r, serials_csv_line(f.csv, at),
                                               serials_csv_number(f.csv, at)));
    job->file = f.csv;
    named->n = (int64_t)n;
    return e;
}

/* Exactly one of the field and the file (GC-217). */
static enum err meters_take(struct sheet *s, const struct upload *file,
                            struct meter_job *job, struct named *named)
{
    bool typed = sheet_on(s, "numbers");

    if (typed == (file != NULL)) {
        sheet_mistake(s, "numbers", typed ? "BothGiven" : "NoneGiven");
        return ERR_OK;
    }
    return typed ? numbers_take(s, job, named) : file_take(s, file, job, named);
}

/* ---- the address ---- */

/* A name by RFC 1123, or an address with dots or colons. */
static bool is_host(const char *text)
{
    size_t n = strlen(text);

    if (n == 0 || n > 253 || text[0] == '-' || text[0] == '.' ||
        text[n - 1] == '-' || strstr(text, "..") != NULL)
        return false;
    for (; *text != '\0'; text++) {
        if (!isalnum((unsigned char)*text) && strchr(".-:", *text) == NULL)
            return false;
    }
    return true;
}

/* «Проверить адрес» (GC-225): somebody answers there now. */
static void address_check(struct sheet *s, const struct meter_job *job)
{
    if (s->wrong == 0 && sheet_on(s, "check") &&
        reach(job->address, (int)job->port, REACH_MS) != ERR_OK)
        sheet_mistake(s, "address", "Silent");
}

static enum err password_take(struct sheet *s, struct meter_job *job)
{
    const char *line =
        arena_printf(s->r->arena, "password=%s\n", sheet_text(s, "password"));

    return secret_seal(s->r, "server_address",
                       (struct bytes){ (const uint8_t *)line, strlen(line) },
                       &job->sealed);
}

enum err address_create(struct req *r)
{
    struct sheet s = form_of(r);
    const struct upload *file = form_file(r, "file");
    struct meter_job job = { .firmware = false };
    struct named named = { 0 };
    enum err e;

    sheet_read(&s);
    job.name = sheet_text(&s, "name");
    job.address = sheet_text(&s, "address");
    job.port = sheet_int(&s, "port", 1, 65535, 0);
    if (sheet_on(&s, "address") && !is_host(job.address))
        sheet_mistake(&s, "address", "NotHost");
    if ((e = meters_take(&s, file, &job, &named)) != ERR_OK)
        return e;
    confirm_check(&s, &named);
    address_check(&s, &job);
    if (s.wrong > 0)
        e = form_show(&s);
    else if ((e = password_take(&s, &job)) == ERR_OK)
        e = job_put(&s, &job, &named,
                    "Добавлено задание на смену адреса сервера");
    if (e == ERR_OK && file != NULL)
        e = upload_drop(r->db, r->arena, file->id);
    return e;
}
