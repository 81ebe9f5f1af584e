/*
 * «Мои загрузки»: documents that the worker makes or has made for the operator
 * who asks. Each second the page asks for the list with the version it shows.
 */
#include "cgi-bin/operator/documents.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi-bin/operator/version.h"
#include "cgi-bin/web/attachment.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

#define LIST "Jobs"

struct page {
    struct req *r;
    uint64_t version;
};

static void put(struct page *p, size_t i, const char *field, const char *value)
{
    p->version = version_add(p->version, value);
    if (value[0] != '\0')
        view_set_at(p->r, LIST, i, field, value);
}

static void put_moment(struct page *p, size_t i, const char *field,
                       struct moment m)
{
    struct arena *a = p->r->arena;

    put(p, i, field, moment_text(a, m));
    if (m.us != 0)
        view_set_at(p->r, LIST, i, arena_printf(a, "%sIso", field),
                    moment_iso(a, m));
}

/* "1,4 МБ" */
static char *size_text(struct req *r, int64_t bytes)
{
    struct arena *a = r->arena;
    bool mega = bytes >= 1000000;
    int64_t tenths = (bytes + (mega ? 50000 : 50)) / (mega ? 100000 : 100);
    char *number = decimal_text(a, tenths, -1);

    if (strcmp(r->language, "ru") == 0)
        number = comma_text(a, number);
    return arena_printf(a, "%s %s", number,
                        word(r, mega ? "Unit.megabyte" : "Unit.kilobyte"));
}

/* A percentage, and minutes that are left; "0" is less than one. */
static void progress_put(struct page *p, size_t i, const struct job *j)
{
    struct arena *a = p->r->arena;

    if (j->total > 0) {
        int64_t done = j->done < j->total ? j->done : j->total;

        put(p, i, "Percent", param_int(a, done * 100 / j->total));
        put(p, i, "Done", grouped_int(a, done));
        put(p, i, "Total", grouped_int(a, j->total));
    }
    if (j->left_s.known)
        put(p, i, "LeftMinutes", param_int(a, (j->left_s.n + 20) / 60));
}

static void job_put(struct page *p, size_t i, const struct job *j)
{
    struct arena *a = p->r->arena;

    put(p, i, "Id", param_int(a, j->id));
    put(p, i, "Title", j->title);
    put(p, i, "State", j->state);
    put_moment(p, i, "Created", j->created_at);
    put_moment(p, i, "Finished", j->finished_at);
    put(p, i, "Note", j->note);
    put(p, i, "Error", j->error);
    if (strcmp(j->state, "running") == 0)
        progress_put(p, i, j);
    if (strcmp(j->state, "done") == 0) {
        put(p, i, "FileName", j->file_name);
        put(p, i, "Size", size_text(p->r, j->size));
    }
    if (!j->seen && strcmp(j->state, "done") == 0)
        view_set_at(p->r, LIST, i, "Fresh", "1");
}

static enum err fill(struct page *p)
{
    struct req *r = p->r;
    struct job_list list;
    enum err e;

    p->version = VERSION_START;
    if ((e = job_list(r->db, r->arena, &list)) != ERR_OK)
        return e;
    for (size_t i = 0; i < list.n; i++)
        job_put(p, i, &list.rows[i]);
    view_setf(r, "/downloads/live?v=%016" PRIx64 "&new=%s", "Live.Href",
              p->version, url_encode(r->arena, form_text(r, "new")));
    view_set(r, "New", form_text(r, "new"));
    return job_seen(r->db, r->arena);
}

enum err downloads_list(struct req *r)
{
    struct page p = { .r = r };
    enum err e = fill(&p);

    if (e != ERR_OK)
        return e;
    view_set(r, "Screen", "downloads");
    return view_render(r, "operator/jobs.cst");
}

enum err downloads_live(struct req *r)
{
    struct page p = { .r = r };
    char version[20];
    enum err e = fill(&p);

    if (e != ERR_OK)
        return e;
    snprintf(version, sizeof(version), "%016" PRIx64, p.version);
    if (strcmp(version, form_text(r, "v")) == 0)
        return answer_unchanged(r);
    return view_render(r, "operator/jobs_part.cst");
}

enum err downloads_bell(struct req *r)
{
    int64_t active, ready;
    enum err e = job_bell(r->db, r->arena, &active, &ready);

    if (e != ERR_OK)
        return e;
    if (active > 0)
        view_set_int(r, "Bell.Active", active);
    if (ready > 0)
        view_set_int(r, "Bell.Ready", ready);
    return view_render(r, "operator/bell_part.cst");
}

/* One piece after another: memory is that of one. */
static enum err pieces_send(struct req *r, const struct job_file *file)
{
    struct arena *a = arena_new();
    const unsigned char *bytes;
    size_t len;
    enum err e = ERR_OK;

    for (int64_t no = 0; no < file->chunks && e == ERR_OK; no++) {
        e = job_chunk_read(r->db, a, r->id, no, &bytes, &len);
        if (e == ERR_OK)
            e = attachment_write(r, bytes, len);
        arena_reset(a);
    }
    arena_free(a);
    return e;
}

enum err downloads_file(struct req *r)
{
    struct job_file file;
    enum err e = job_file(r->db, r->arena, r->id, &file);

    if (e != ERR_OK)
        return e;
    attachment_begin(r, file.name, file.media_type, file.size);
    return pieces_send(r, &file);
}

enum err downloads_cancel(struct req *r)
{
    enum err e = job_cancel(r->db, r->arena, r->id, r->address);

    return e == ERR_OK ? answer_redirect(r, "/downloads") : e;
}

enum err downloads_delete(struct req *r)
{
    enum err e = job_delete(r->db, r->arena, r->id, r->address);

    return e == ERR_OK ? answer_redirect(r, "/downloads") : e;
}
