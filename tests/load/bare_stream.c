/*
 * PostgreSQL alone: streams the rows of a statement and forgets them.
 *
 *   bare_stream CONNINFO SETUP STATEMENT copy|rows
 *
 * copy: as COPY hands them out; rows: one result for each, as a program that
 * reads its fields must have them. Prints {"rows": n, "bytes": n, "ms": n}.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

struct count {
    long long rows, bytes;
};

static void die(PGconn *c, const char *doing)
{
    fprintf(stderr, "%s: %s", doing, PQerrorMessage(c));
    exit(1); /* NOLINT(concurrency-mt-unsafe): the only thread */
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    ExecStatusType s = PQresultStatus(r);

    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        die(c, sql);
    PQclear(r);
}

static void copy(PGconn *c, const char *sql, struct count *n)
{
    size_t room = strlen(sql) + 32;
    char *text = malloc(room), *row;
    PGresult *r;
    int len;

    if (text == NULL)
        exit(1); /* NOLINT(concurrency-mt-unsafe) */
    snprintf(text, room, "copy (%s) to stdout", sql);
    r = PQexec(c, text);
    free(text);
    if (PQresultStatus(r) != PGRES_COPY_OUT)
        die(c, "copy");
    PQclear(r);
    while ((len = PQgetCopyData(c, &row, 0)) > 0) {
        n->rows++;
        n->bytes += len;
        PQfreemem(row);
    }
    while ((r = PQgetResult(c)) != NULL)
        PQclear(r);
}

static void rows(PGconn *c, const char *sql, struct count *n)
{
    PGresult *r;

    if (!PQsendQueryParams(c, sql, 0, NULL, NULL, NULL, NULL, 0) ||
        !PQsetSingleRowMode(c))
        die(c, "send");
    while ((r = PQgetResult(c)) != NULL) {
        if (PQresultStatus(r) == PGRES_FATAL_ERROR)
            die(c, "rows");
        if (PQntuples(r) > 0) {
            n->rows++;
            for (int i = 0; i < PQnfields(r); i++)
                n->bytes += PQgetlength(r, 0, i);
        }
        PQclear(r);
    }
}

int main(int argc, char **argv)
{
    struct count n = { 0, 0 };
    PGconn *c;
    double began;

    if (argc != 5)
        return 2;
    c = PQconnectdb(argv[1]);
    if (PQstatus(c) != CONNECTION_OK)
        die(c, "connect");
    run(c, "begin");
    run(c, argv[2]);
    began = now_ms();
    if (strcmp(argv[4], "copy") == 0)
        copy(c, argv[3], &n);
    else
        rows(c, argv[3], &n);
    printf("{\"rows\": %lld, \"bytes\": %lld, \"ms\": %.1f}\n", n.rows, n.bytes,
           now_ms() - began);
    PQfinish(c);
    return 0;
}
