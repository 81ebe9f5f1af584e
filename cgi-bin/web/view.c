/*
 * The only door to ClearSilver: templates parsed once, data fresh each time.
 *
 * A parsed template keeps the HDF it was parsed with; each rendering lends it
 * the request's own (cs->hdf) and the reader's words (cs->global_hdf, where
 * names are looked up that the request does not have), so nothing of one
 * request is left for the next and no words are copied. Escaping is baked in
 * while parsing: Config.VarEscapeMode has to be there before cs_init.
 */
#include "cgi-bin/web/inner.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ClearSilver.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

#define FILES_MAX     32 /* a template and what it includes */
#define TEMPLATES_MAX 128
#define LOOK_EVERY_US 1000000

struct view {
    HDF *data;
    /* The row view_set_at wrote last: its neighbours are set without a walk. */
    char list[48];
    size_t index;
    HDF *row;
};

struct file_seen {
    char *path;
    struct timespec changed;
};

struct page {
    char *name; /* "operator/meters.cst" */
    CSPARSE *cs;
    struct file_seen file[FILES_MAX];
    size_t n_files;
    int64_t looked_us;
};

struct language {
    const char *code;
    HDF *words; /* everything under Words */
};

static const char *dir;
static HDF *conf;
static struct page pages[TEMPLATES_MAX];
static size_t n_pages;
static struct language languages[] = { { "ru", NULL }, { "en", NULL } };

#define N_LANGUAGES (sizeof(languages) / sizeof(languages[0]))

/* Takes over a ClearSilver error: its words into ours. */
static enum err failed(NEOERR *ne, const char *what)
{
    STRING text;
    enum err e;

    string_init(&text);
    nerr_error_string(ne, &text);
    e = err_raise(ERR_IO, "%s: %s", what, text.buf ? text.buf : "failed");
    string_clear(&text);
    nerr_ignore(&ne);
    return e;
}

/* Only out of memory can make a setter fail. */
static void must(NEOERR *ne)
{
    if (ne != STATUS_OK)
        fatal("view: out of memory");
}

/* ---- templates ---- */

static struct timespec changed_at(const char *path)
{
    struct stat st;
    struct timespec never = { 0, 0 };

    return stat(path, &st) == 0 ? st.st_mtim : never;
}

/* Called by ClearSilver for the template and for each of its includes. */
static NEOERR *load(void *ctx, HDF *hdf, const char *name, char **contents)
{
    struct page *p = ctx;
    char path[PATH_MAX];

    (void)hdf;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (p->n_files < FILES_MAX) {
        p->file[p->n_files].path = strdup(path);
        p->file[p->n_files].changed = changed_at(path);
        p->n_files++;
    }
    return nerr_pass(ne_load_file(path, contents));
}

static void page_forget(struct page *p)
{
    cs_destroy(&p->cs);
    for (size_t i = 0; i < p->n_files; i++)
        free(p->file[i].path);
    p->n_files = 0;
}

static enum err page_parse(struct page *p)
{
    NEOERR *ne = cs_init(&p->cs, conf);

    p->looked_us = clock_monotonic_us();
    if (ne != STATUS_OK)
        return failed(ne, p->name);
    cs_register_fileload(p->cs, p, load);
    ne = cgi_register_strfuncs(p->cs);
    if (ne == STATUS_OK)
        ne = cs_parse_file(p->cs, p->name);
    if (ne != STATUS_OK) {
        enum err e = failed(ne, p->name);

        page_forget(p);
        return e;
    }
    return ERR_OK;
}

/* A template edited while we run is read again; asked at most once a second. */
static bool page_is_stale(struct page *p)
{
    int64_t now = clock_monotonic_us();

    if (now - p->looked_us < LOOK_EVERY_US)
        return false;
    p->looked_us = now;
    for (size_t i = 0; i < p->n_files; i++) {
        struct timespec t = changed_at(p->file[i].path);

        if (t.tv_sec != p->file[i].changed.tv_sec ||
            t.tv_nsec != p->file[i].changed.tv_nsec)
            return true;
    }
    return false;
}

static struct page *page_add(const char *name)
{
    struct page *p = &pages[n_pages];

    if (n_pages == TEMPLATES_MAX)
        fatal("more than %d templates", TEMPLATES_MAX);
    n_pages++;
    memset(p, 0, sizeof(*p));
    p->name = strdup(name);
    if (p->name == NULL)
        fatal("view");
    return p;
}

static enum err page_find(const char *name, struct page **out)
{
    struct page *p = NULL;

    for (size_t i = 0; i < n_pages && p == NULL; i++) {
        if (strcmp(pages[i].name, name) == 0)
            p = &pages[i];
    }
    if (p == NULL)
        p = page_add(name);
    if (p->cs != NULL && page_is_stale(p))
        page_forget(p);
    *out = p;
    return p->cs != NULL ? ERR_OK : page_parse(p);
}

static bool is_page(const char *name)
{
    const char *dot = strrchr(name, '.');

    /* Macros are parsed where they are included. */
    return dot != NULL && strcmp(dot, ".cst") == 0 &&
           strstr(name, "_macros.") == NULL;
}

/* Asked by one process before it has threads or children. */
static struct dirent *next_entry(DIR *d)
{
    /* cppcheck-suppress readdirCalled */
    return readdir(d); /* NOLINT(concurrency-mt-unsafe) */
}

static enum err folder_parse(const char *folder)
{
    char path[PATH_MAX];
    struct dirent *entry;
    enum err e = ERR_OK;
    DIR *d;

    snprintf(path, sizeof(path), "%s/%s", dir, folder);
    d = opendir(path);
    if (d == NULL)
        return err_raise(ERR_IO, "no folder %s", path);
    while (e == ERR_OK && (entry = next_entry(d)) != NULL) {
        struct page *p;

        if (!is_page(entry->d_name))
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        e = page_find(path, &p);
    }
    closedir(d);
    return e;
}

static enum err words_read(struct language *l)
{
    char path[PATH_MAX];
    HDF *words;
    NEOERR *ne;

    must(hdf_init(&l->words));
    must(hdf_get_node(l->words, "Words", &words));
    snprintf(path, sizeof(path), "%s/lang/%s.hdf", dir, l->code);
    ne = hdf_read_file(words, path);
    if (ne != STATUS_OK)
        return failed(ne, path);
    /* Names of countries are made at build time; one without shows its code. */
    snprintf(path, sizeof(path), "%s/lang/countries.%s.hdf", dir, l->code);
    if (access(path, R_OK) != 0)
        return ERR_OK;
    ne = hdf_read_file(words, path);
    return ne == STATUS_OK ? ERR_OK : failed(ne, path);
}

enum err view_start(const char *templates_dir, const char *folder)
{
    enum err e = ERR_OK;

    dir = templates_dir;
    must(hdf_init(&conf));
    must(hdf_set_value(conf, "Config.VarEscapeMode", "html"));
    must(hdf_set_value(conf, "hdf.loadpaths.0", dir));
    for (size_t i = 0; i < N_LANGUAGES && e == ERR_OK; i++)
        e = words_read(&languages[i]);
    if (e == ERR_OK)
        e = folder_parse("web");
    if (e == ERR_OK)
        e = folder_parse(folder);
    return e;
}

void view_stop(void)
{
    for (size_t i = 0; i < n_pages; i++) {
        page_forget(&pages[i]);
        free(pages[i].name);
    }
    n_pages = 0;
    for (size_t i = 0; i < N_LANGUAGES; i++)
        hdf_destroy(&languages[i].words);
    hdf_destroy(&conf);
}

/* ---- data of one request ---- */

struct view *view_new(void)
{
    struct view *v = calloc(1, sizeof(*v));

    if (v == NULL)
        fatal("view");
    must(hdf_init(&v->data));
    return v;
}

void view_free(struct view *v)
{
    hdf_destroy(&v->data);
    free(v);
}

void view_clear(struct view *v)
{
    hdf_destroy(&v->data);
    must(hdf_init(&v->data));
    v->row = NULL;
}

bool view_has(const struct view *v, const char *name)
{
    return hdf_get_obj(v->data, name) != NULL;
}

void view_set(struct req *r, const char *name, const char *value)
{
    must(hdf_set_value(r->view->data, name, value));
}

void view_setf(struct req *r, const char *value_fmt, const char *name, ...)
{
    va_list ap;

    va_start(ap, name);
    view_set(r, name, arena_vprintf(r->arena, value_fmt, ap));
    va_end(ap);
}

void view_set_at(struct req *r, const char *list, size_t index,
                 const char *field, const char *value)
{
    struct view *v = r->view;

    if (v->row == NULL || v->index != index || strcmp(v->list, list) != 0) {
        must(hdf_get_node(
            v->data, arena_printf(r->arena, "%s.%zu", list, index), &v->row));
        v->index = index;
        snprintf(v->list, sizeof(v->list), "%s", list);
        if (strlen(list) >= sizeof(v->list)) {
            must(hdf_set_value(v->row, field, value));
            v->row = NULL; /* too long to be recognised next time */
            return;
        }
    }
    must(hdf_set_value(v->row, field, value));
}

const char *view_text(struct req *r, const char *name)
{
    return hdf_get_value(r->view->data, name, "");
}

bool view_has_text(struct req *r, const char *name)
{
    return view_text(r, name)[0] != '\0';
}

size_t view_count(struct req *r, const char *list)
{
    size_t n = 0;

    for (HDF *at = hdf_get_child(r->view->data, list); at != NULL;
         at = hdf_obj_next(at))
        n++;
    return n;
}

void view_set_int(struct req *r, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)value);
    view_set(r, name, text);
}

/* ---- rendering ---- */

static HDF *words_of(const char *language)
{
    for (size_t i = 0; i < N_LANGUAGES; i++) {
        if (strcmp(languages[i].code, language) == 0)
            return languages[i].words;
    }
    return languages[0].words;
}

const char *word(struct req *r, const char *key)
{
    char name[128]; /* no arena: a download asks for words row by row */
    const char *found;

    snprintf(name, sizeof(name), "Words.%s", key);
    found = hdf_get_value(words_of(r->language), name, NULL);

    return found ? found : hdf_get_value(languages[0].words, name, key);
}

bool word_known(struct req *r, const char *key)
{
    return word(r, key) != key;
}

const char *word_for(struct req *r, const char *group, const char *text)
{
    char key[128];
    HDF *of = words_of(r->language), *it;

    if (of == languages[0].words)
        return text;
    snprintf(key, sizeof(key), "Words.%s", group);
    it = hdf_get_child(languages[0].words, key);
    while (it != NULL && strcmp(hdf_obj_value(it), text) != 0)
        it = hdf_obj_next(it);
    if (it == NULL)
        return text;
    snprintf(key, sizeof(key), "Words.%s.%s", group, hdf_obj_name(it));
    return hdf_get_value(of, key, text);
}

static NEOERR *collect(void *ctx, char *text)
{
    buf_puts(ctx, text);
    return STATUS_OK;
}

static void set_if_missing(struct req *r, const char *name, const char *value)
{
    if (!view_has(r->view, name))
        view_set(r, name, value);
}

/* The names of layout.cst; its head lists them. */
static void layout_set(struct req *r)
{
    const struct inner *in = inner_of(r);
    const struct operator_who *who = &r->who;

    view_set(r, "Lang", r->language);
    view_set(r, "Theme", in->theme);
    set_if_missing(r, "Section", in->program->name);
    set_if_missing(r, "Screen", in->program->name);
    view_set(r, "Path", in->uri);
    view_set(r, "Csrf", csrf_token(r));
    if (sessions_of(r)->layout != NULL)
        sessions_of(r)->layout(r);
    if (who->id == 0)
        return;
    view_set(r, "Who.Login", who->login);
    view_set(r, "Who.Role", role_name(who->role));
    view_set(r, "Who.Name",
             arena_printf(r->arena, "%s%s%s", who->first_name,
                          who->first_name[0] && who->last_name[0] ? " " : "",
                          who->last_name));
    view_set(r, "Idle.Seconds", "1200");
}

/* What only read has its data by now: the database ends while we render. */
static enum err read_is_over(struct db *db)
{
    return db_in_transaction(db) ? db_commit_start(db) : ERR_OK;
}

enum err view_render(struct req *r, const char *template_name)
{
    struct inner *in = inner_of(r);
    struct page *p;
    NEOERR *ne;
    enum err e = page_find(template_name, &p);

    if (e != ERR_OK)
        return e;
    if (in->route != NULL && in->route->effect == READS && r->db != NULL &&
        (e = read_is_over(r->db)) != ERR_OK)
        return e;
    layout_set(r);
    p->cs->hdf = r->view->data;
    p->cs->global_hdf = words_of(r->language);
    ne = cs_render(p->cs, in->out, collect);
    p->cs->hdf = conf;
    p->cs->global_hdf = NULL;
    if (ne != STATUS_OK) {
        e = failed(ne, template_name);
        page_forget(p); /* a failed rendering may leave it in mid-air */
        buf_clear(in->out);
        return e;
    }
    answer_header(r, "Content-Type", "text/html; charset=utf-8");
    in->answered = true;
    return ERR_OK;
}
