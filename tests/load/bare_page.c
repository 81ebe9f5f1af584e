/*
 * The ceiling of the main table page: FastCGI, the same statement, a parsed
 * template, and nothing else: no session, no rights, no formatting.
 *
 *   bare_page SOCKET WORKERS CONNINFO STATEMENT ROWS plain FILE BYTES
 *     FILE is a table of its own; its @FILLER@ becomes what BYTES wants more
 *   bare_page SOCKET WORKERS CONNINFO STATEMENT ROWS ours FOLDER HDF
 *     the template of the screen, operator/meters.cst of FOLDER, with as many
 *     values: HDF has those that do not come from the statement
 *
 * STATEMENT is a name of sql/queries. libpq, libfcgi and ClearSilver are
 * called here directly: a ceiling must not stand on the code whose cost it is
 * to show.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ClearSilver.h>
#include <fcgiapp.h>
#include <libpq-fe.h>

#include "lib/base/log.h"
#include "queries.h"
#include "tests/load/bare.h"

#define TEMPLATE_MAX 65536
#define BYTES_MAX    1048576

/* Columns of the statement, and the fields of a row made of them. */
enum {
    ID,
    ACCOUNT,
    SERIAL,
    MEDIUM,
    AT,
    VOLUME,
    ENERGY,
    WORKING,
    TAMPER,
    STATUS,
    SILENT,
    VALVE,
    BALANCE,
    WAITING,
    TOTAL,
    SAME
};

struct field {
    const char *name;
    int column;
    const char *same; /* of each row, where column is SAME */
};

/* clang-format off */
static const struct field plain_fields[] = {
    { "Id", ID, NULL },           { "Account", ACCOUNT, NULL },
    { "Serial", SERIAL, NULL },   { "Medium", MEDIUM, NULL },
    { "At", AT, NULL },           { "Volume", VOLUME, NULL },
    { "Energy", ENERGY, NULL },   { "Working", WORKING, NULL },
    { "Tamper", TAMPER, NULL },   { "Status", STATUS, NULL },
    { "Silent", SILENT, NULL },   { "Valve", VALVE, NULL },
    { "Balance", BALANCE, NULL }, { "Waiting", WAITING, NULL },
    { NULL, 0, NULL },
};
static const struct field our_fields[] = {
    { "Id", ID, NULL },           { "Account", ACCOUNT, NULL },
    { "Serial", SERIAL, NULL },   { "At", SAME, "19-11-2026 09:12:13" },
    { "AtIso", SAME, "2026-11-19T09:12:13+03:00" },
    { "Volume", VOLUME, NULL },   { "Working", WORKING, NULL },
    { "Tamper", TAMPER, NULL },   { "Valve", SAME, "open" },
    { "Href", SAME, "/meters?meter=1" },
    { "Toggle", SAME, "/meters?open=1" },
    { NULL, 0, NULL },
};
/* clang-format on */

static const struct field *fields = plain_fields;
static const char *rows_name = "Meters";
static HDF *constants; /* copied into each request's data */
static HDF *words;
static PGconn *pg;
static HDF *conf;
static CSPARSE *page;
static int statement_params;
static const char *rows_text;

static void must(NEOERR *e)
{
    if (e != STATUS_OK) {
        nerr_log_error(e);
        fatal("ClearSilver");
    }
}

static void db_start(const char *conninfo, const char *name)
{
    PGresult *res;
    int q = 0;

    while (q < Q_COUNT && strcmp(query_texts[q].name, name) != 0)
        q++;
    if (q == Q_COUNT)
        fatal("no statement %s", name);
    pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK)
        fatal("database: %s", PQerrorMessage(pg));
    statement_params = query_texts[q].params;
    res = PQprepare(pg, "page", query_texts[q].sql, 0, NULL);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        fatal("%s: %s", name, PQerrorMessage(pg));
    PQclear(res);
}

static void row_fill(HDF *row, const PGresult *res, int r)
{
    for (const struct field *f = fields; f->name != NULL; f++)
        must(hdf_set_value(row, f->name,
                           f->column == SAME ? f->same
                                             : PQgetvalue(res, r, f->column)));
}

static void fill(HDF *data, const PGresult *res)
{
    HDF *list, *row;
    char number[16];

    if (constants != NULL)
        must(hdf_copy(data, "", constants));
    must(hdf_get_node(data, rows_name, &list));
    for (int r = 0; r < PQntuples(res); r++) {
        snprintf(number, sizeof number, "%d", r);
        must(hdf_get_node(list, number, &row));
        row_fill(row, res, r);
    }
    if (PQntuples(res) > 0)
        must(hdf_set_value(data, "Total", PQgetvalue(res, 0, TOTAL)));
}

static void render(void *ctx, CSOUTFUNC out)
{
    const char *const params[] = { rows_text, "0" };
    PGresult *res =
        PQexecPrepared(pg, "page", statement_params, params, NULL, NULL, 0);
    HDF *data;

    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fatal("database: %s", PQerrorMessage(pg));
    must(hdf_init(&data));
    fill(data, res);
    page->hdf = data;
    page->global_hdf = words;
    must(cs_render(page, ctx, out));
    page->hdf = conf;
    page->global_hdf = NULL;
    hdf_destroy(&data);
    PQclear(res);
}

/* The template with filler in place of its mark. */
static void page_parse(const char *text, size_t filler)
{
    static char more[BYTES_MAX], whole[TEMPLATE_MAX + BYTES_MAX];
    size_t before = strcspn(text, "@");

    if (strncmp(text + before, "@FILLER@", 8) != 0)
        fatal("the template has no @FILLER@");
    memset(more, 'x', filler);
    for (size_t i = 79; i < filler; i += 80)
        more[i] = '\n';
    snprintf(whole, sizeof whole, "%.*s%.*s%s", (int)before, text, (int)filler,
             more, text + before + 8);
    must(cs_init(&page, conf));
    must(cs_parse_string(page, strdup(whole), strlen(whole)));
}

static NEOERR *count(void *ctx, char *text)
{
    *(size_t *)ctx += strlen(text);
    return STATUS_OK;
}

static void page_plain(const char *file, size_t bytes)
{
    static char text[TEMPLATE_MAX];
    size_t own = 0;

    file_read(file, text, sizeof text);
    page_parse(text, 0);
    render(&own, count);
    if (bytes > own && bytes < BYTES_MAX) {
        cs_destroy(&page);
        page_parse(text, bytes - own);
    }
}

static void page_ours(const char *folder, const char *hdf)
{
    HDF *node;
    char path[512];

    fields = our_fields;
    rows_name = "Meters.Rows";
    must(hdf_set_value(conf, "hdf.loadpaths.0", folder));
    must(hdf_init(&constants));
    must(hdf_read_file(constants, hdf));
    must(hdf_init(&words));
    must(hdf_get_node(words, "Words", &node));
    snprintf(path, sizeof path, "%s/lang/ru.hdf", folder);
    must(hdf_read_file(node, path));
    must(cs_init(&page, conf));
    must(cgi_register_strfuncs(page));
    must(cs_parse_file(page, "operator/meters.cst"));
}

static void page_start(const char *kind, const char *from, const char *more)
{
    must(hdf_init(&conf));
    must(hdf_set_value(conf, "Config.VarEscapeMode", "html"));
    if (strcmp(kind, "ours") == 0)
        page_ours(from, more);
    else
        page_plain(from, strtoul(more, NULL, 10));
}

static NEOERR *put(void *ctx, char *text)
{
    FCGX_PutS(text, ctx);
    return STATUS_OK;
}

static void worker(int fd, char **argv)
{
    FCGX_Request r;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    db_start(argv[3], argv[4]);
    page_start(argv[6], argv[7], argv[8]);
    FCGX_InitRequest(&r, fd, 0);
    while (FCGX_Accept_r(&r) == 0) {
        FCGX_PutS("Content-Type: text/html; charset=utf-8\r\n\r\n", r.out);
        render(r.out, put);
        FCGX_Finish_r(&r);
    }
    _exit(1);
}

int main(int argc, char **argv)
{
    int fd;

    if (argc != 9) {
        fprintf(stderr, "usage: bare_page SOCKET WORKERS CONNINFO STATEMENT "
                        "ROWS plain|ours FROM MORE\n");
        return 2;
    }
    log_init("bare_page", false);
    rows_text = argv[5];
    unlink(argv[1]);
    FCGX_Init();
    fd = FCGX_OpenSocket(argv[1], 1024);
    if (fd < 0 || chmod(argv[1], 0666) != 0)
        fatal("%s", argv[1]);
    for (int i = 0; i < number_of(argv[2]); i++)
        if (fork() == 0)
            worker(fd, argv);
    wait(NULL);
    return 1;
}
