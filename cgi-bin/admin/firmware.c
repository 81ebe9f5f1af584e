/*
 * «Новое задание на обновление ПО» (GC-208 ... GC-210): the image, and which
 * meters get it.
 */
#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/meter_jobs.h"

#define IMAGE_MAX (4 << 20) /* bytes; a meter's memory is smaller */

static const struct sheet_field fields[] = {
    { .name = "name", .required = true, .max = 128 },
    { .name = "numbers", .kind = SHEET_SERIALS, .required = true },
    { .name = "present", .required = true, .max = 32 },
    { .name = "type", .kind = SHEET_SELECT, .required = true },
    { .name = "file", .kind = SHEET_FILE, .required = true, .max = IMAGE_MAX },
    { .name = "confirm", .kind = SHEET_NUMBER, .max = 12 },
};

static struct sheet form_of(struct req *r)
{
    return directory_form(r, "FirmwareJob", FIRMWARE_ADDRESS, fields,
                          sizeof(fields) / sizeof(fields[0]));
}

static enum err form_show(struct sheet *s)
{
    const char *const *types;
    size_t n;
    enum err e = software_types(s->r->db, s->r->arena, &types, &n);

    if (e != ERR_OK)
        return e;
    sheet_option(s, "type", "", word(s->r, "FirmwareJob.Choose"));
    for (size_t i = 0; i < n; i++)
        sheet_option(s, "type", types[i], types[i]);
    sheet_notice(s, "warn", "Warning");
    sheet_button(s, "danger", "Create");
    return sheet_render(s, NULL);
}

enum err firmware_new(struct req *r)
{
    struct sheet s = form_of(r);

    sheet_put(&s, "numbers", form_text(r, "serials"));
    return form_show(&s);
}

/* ---- the file ---- */

/* What is certainly no image of a meter's program (GC-210). */
struct look {
    unsigned char head[8];
    size_t n;
};

static enum err head_take(void *ctx, const void *bytes, size_t len)
{
    struct look *l = ctx;

    for (size_t i = 0; i < len && l->n < sizeof(l->head); i++)
        l->head[l->n++] = ((const unsigned char *)bytes)[i];
    return ERR_OK;
}

static bool is_foreign(const struct look *l)
{
    static const char *const heads[] = { "PK\x03\x04",
                                         "%PDF",
                                         "\x89PNG",
                                         "\xFF\xD8\xFF",
                                         "MZ",
                                         "\177ELF",
                                         "\xD0\xCF\x11\xE0",
                                         "<!DOC",
                                         "<html",
                                         "<?xml",
                                         "Rar!",
                                         "GIF8" };

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        size_t n = strlen(heads[i]);

        if (l->n >= n && memcmp(l->head, heads[i], n) == 0)
            return true;
    }
    return false;
}

static enum err image_check(struct sheet *s, const struct upload *file)
{
    struct look look = { .n = 0 };
    enum err e;

    if (file == NULL || file->size == 0) {
        sheet_mistake(s, "file", file == NULL ? "NoFile" : "EmptyFile");
        return ERR_OK;
    }
    if (file->size > IMAGE_MAX) {
        sheet_mistake(s, "file", "LargeFile");
        return ERR_OK;
    }
    e = upload_read(s->r->db, file, head_take, &look);
    if (e == ERR_OK && is_foreign(&look))
        sheet_mistake(s, "file", "ForeignFile");
    return e;
}

static enum err type_check(struct sheet *s, const char *type)
{
    const char *const *types;
    size_t n, i = 0;
    enum err e = software_types(s->r->db, s->r->arena, &types, &n);

    while (e == ERR_OK && i < n && strcmp(types[i], type) != 0)
        i++;
    if (e == ERR_OK && i == n)
        sheet_mistake(s, "type", "NoType");
    return e;
}

enum err firmware_create(struct req *r)
{
    struct sheet s = form_of(r);
    const struct upload *file = form_file(r, "file");
    struct meter_job job = { .firmware = true };
    struct named named = { 0 };
    enum err e;

    sheet_read(&s);
    job.name = sheet_text(&s, "name");
    job.version = sheet_text(&s, "present");
    job.software_type = sheet_text(&s, "type");
    if ((e = numbers_take(&s, &job, &named)) != ERR_OK ||
        (e = type_check(&s, job.software_type)) != ERR_OK ||
        (e = image_check(&s, file)) != ERR_OK)
        return e;
    if (s.wrong == 0 && !named.idle) {
        bool fits = false;

        e = firmware_fits(r->db, r->arena, &job, named.more, &fits);
        if (e != ERR_OK)
            return e;
        named.idle = !fits;
    }
    confirm_check(&s, &named);
    if (s.wrong == 0) {
        job.upload_id = file->id;
        e = job_put(&s, &job, &named, "Добавлено задание на обновление ПО");
    } else {
        e = form_show(&s);
    }
    /* The job has its own copy; without a job the file is for nobody. */
    if (e == ERR_OK && file != NULL)
        e = upload_drop(r->db, r->arena, file->id);
    return e;
}
