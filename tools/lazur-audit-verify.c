/*
 * Looks whether «Протокол работы» is what was written to it:
 *
 *   lazur-audit-verify -d conninfo [--head FILE] [--export-head FILE]
 *
 * Every record is hashed anew and compared with the chain, and the first fault
 * is told. Whoever can rewrite the whole database can rewrite the chain with
 * it: therefore --export-head writes where the chain ends now (only when it is
 * whole), to be kept elsewhere, and --head compares with what was kept.
 *
 * Exit code 0: whole. 1: broken. 2: could not look.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/db.h"
#include "lib/base/log.h"
#include "lib/model/audit_chain.h"

enum outcome { WHOLE = 0, BROKEN = 1, COULD_NOT_LOOK = 2 };

struct job {
    const char *conninfo, *head_file, *export_file;
};

static _Noreturn void usage(void)
{
    fprintf(stderr,
            "usage: lazur-audit-verify -d conninfo [--head FILE]"
            " [--export-head FILE]\n"
            "  --head FILE         also compare with a head exported before\n"
            "  --export-head FILE  write the head of a whole chain\n"
            "exit code 0: whole, 1: broken, 2: could not look\n");
    exit(COULD_NOT_LOOK); /* NOLINT(concurrency-mt-unsafe): the only thread */
}

/* ---- the file of a head ---- */

#define HEAD_TITLE "lazur audit head 1"

static enum err head_read(const char *path, struct audit_head *out)
{
    char title[32] = "", hash[AUDIT_HASH_TEXT] = "";
    FILE *f = fopen(path, "re");
    int n;

    if (f == NULL)
        return err_raise(ERR_IO, "%s: %s", path, strerror(errno));
    if (fgets(title, sizeof(title), f) == NULL)
        title[0] = '\0';
    /* NOLINTNEXTLINE(cert-err34-c): a number too large is no place */
    n = fscanf(f, "seq %" SCNd64 "\nhash %64s\n", &out->seq, hash);
    fclose(f);
    if (strcmp(title, HEAD_TITLE "\n") != 0 || n != 2 || out->seq < 0)
        return err_raise(ERR_INVALID, "%s is not an exported head", path);
    return audit_hash_read(hash, &out->hash);
}

static enum err head_write(const char *path, const struct audit_head *head,
                           const char *at)
{
    char hash[AUDIT_HASH_TEXT];
    FILE *f = fopen(path, "we");
    bool written;

    if (f == NULL)
        return err_raise(ERR_IO, "%s: %s", path, strerror(errno));
    audit_hash_write(head->hash, hash);
    written = fprintf(f, HEAD_TITLE "\nseq %" PRId64 "\nhash %s\nat %s\n",
                      head->seq, hash, at) > 0;
    if (fclose(f) != 0 || !written)
        return err_raise(ERR_IO, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

/* ---- what is said ---- */

static void tell_fault(const struct audit_verdict *v, int64_t exported_seq)
{
    static const char *const words[] = {
        [AUDIT_WHOLE] = "whole",
        [AUDIT_CHANGED] = "changed: it is not what was linked here, or a"
                          " record before it was removed",
        [AUDIT_REMOVED] = "removed",
        [AUDIT_MOVED] = "re-ordered",
        [AUDIT_OTHER] = "rewritten: the chain is not the one of the exported"
                        " head",
        [AUDIT_CUT] = "cut: the chain ends here",
        [AUDIT_FORGED] = "forged: it was written past the log",
    };

    printf("broken: record %" PRId64 " (line %" PRId64 "): %s", v->seq, v->id,
           words[v->fault]);
    if (v->fault == AUDIT_MOVED)
        printf(", it stands at %" PRId64, v->moved_to);
    if (v->fault == AUDIT_CUT)
        printf(", the exported head is record %" PRId64, exported_seq);
    printf("\n");
}

static void tell_whole(const struct audit_verdict *v)
{
    char hash[AUDIT_HASH_TEXT];

    audit_hash_write(v->head.hash, hash);
    printf("whole: %" PRId64 " records, head %" PRId64 " %s\n", v->records,
           v->head.seq, hash);
    if (v->waiting > 0)
        printf("not certified yet: %" PRId64 " lines\n", v->waiting);
    if (v->late > 0)
        printf("warning: %" PRId64 " lines wait for more than a minute;"
               " does the worker run?\n",
               v->late);
}

/* ---- the work ---- */

static enum err look(struct db *db, struct arena *a, const struct job *j,
                     bool *whole)
{
    struct audit_head head = { 0 };
    const struct audit_head *known = NULL;
    struct audit_verdict v = { 0 };
    struct rows now;
    enum err e;

    if (j->head_file != NULL) {
        if ((e = head_read(j->head_file, &head)) != ERR_OK)
            return e;
        known = &head;
    }
    if ((e = db_begin(db)) != ERR_OK ||
        (e = db_query(db, a, Q_AUDIT_CLOCK, NULL, &now)) != ERR_OK ||
        (e = audit_verify(db, a, known, &v)) != ERR_OK)
        return e;
    db_rollback(db);
    *whole = v.fault == AUDIT_WHOLE;
    if (!*whole) {
        tell_fault(&v, head.seq);
        return ERR_OK;
    }
    tell_whole(&v);
    return j->export_file == NULL
               ? ERR_OK
               : head_write(j->export_file, &v.head, row_text(&now, 0, 0));
}

static void arguments_read(int argc, char **argv, struct job *j)
{
    static const struct option options[] = {
        { "head", required_argument, NULL, 'h' },
        { "export-head", required_argument, NULL, 'e' },
        { NULL, 0, NULL, 0 },
    };
    int c;

    /* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((c = getopt_long(argc, argv, "d:", options, NULL)) != -1) {
        if (c == 'd')
            j->conninfo = optarg;
        else if (c == 'h')
            j->head_file = optarg;
        else if (c == 'e')
            j->export_file = optarg;
        else
            usage();
    }
    if (j->conninfo == NULL || optind != argc)
        usage();
}

/* One moment for every statement, whatever its length, and nothing written. */
static void session_settings(void)
{
    static const char settings[] =
        "-c default_transaction_isolation=repeatable\\ read"
        " -c default_transaction_read_only=on -c statement_timeout=0";

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread */
    if (setenv("PGOPTIONS", settings, 1) != 0)
        fatal("setenv");
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct job j = { 0 };
    struct db *db = NULL;
    bool whole = false;
    enum err e;

    log_init("lazur-audit-verify", false);
    arguments_read(argc, argv, &j);
    session_settings();
    e = db_open(j.conninfo, &db);
    if (e == ERR_OK)
        e = look(db, a, &j, &whole);
    if (e != ERR_OK)
        log_err(e, "could not look");
    arena_free(a); /* results before their connection */
    db_close(db);
    return e != ERR_OK ? COULD_NOT_LOOK : whole ? WHOLE : BROKEN;
}
