/*
 * Puts a meter's keys and passwords, sealed, into the database:
 *
 *   lazur-secret -d conninfo -k keyfile set IDENTITY [name=value ...]
 *   lazur-secret -d conninfo -k keyfile forget IDENTITY
 *
 * Names are ek, ak (32 hexadecimal digits) and lls. Without names on the
 * command line the lines are read from standard input, which is the way that
 * leaves nothing in the list of processes or in a shell's history. A secret
 * that is there is replaced whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/db.h"
#include "lib/base/log.h"
#include "lib/base/seal.h"
#include "lib/base/secret.h"

#define TEXT_MAX 512

struct job {
    const char *conninfo, *key_file, *identity;
    char text[TEXT_MAX];
    size_t len;
};

static _Noreturn void usage(void)
{
    fprintf(stderr,
            "usage: lazur-secret -d conninfo -k keyfile set IDENTITY"
            " [ek=HEX] [ak=HEX] [lls=PASSWORD]\n"
            "       lazur-secret -d conninfo -k keyfile forget IDENTITY\n"
            "Without values the lines are read from standard input.\n");
    exit(2);
}

static void text_of_arguments(struct job *j, char **values, int n)
{
    for (int i = 0; i < n; i++) {
        int len = snprintf(j->text + j->len, sizeof(j->text) - j->len, "%s\n",
                           values[i]);

        if (len < 0 || j->len + (size_t)len >= sizeof(j->text))
            fatal("too much to keep for one meter");
        j->len += (size_t)len;
    }
}

static void text_of_input(struct job *j)
{
    j->len = fread(j->text, 1, sizeof(j->text), stdin);
    if (j->len == sizeof(j->text))
        fatal("too much to keep for one meter");
}

/* "\x0123...", as PostgreSQL takes bytea. */
static const char *hex_of(struct arena *a, struct bytes b)
{
    char *hex = arena_alloc(a, 2 * b.len + 3);

    hex[0] = '\\';
    hex[1] = 'x';
    for (size_t i = 0; i < b.len; i++)
        snprintf(hex + 2 + 2 * i, 3, "%02x", b.at[i]);
    return hex;
}

static enum err set(struct arena *a, struct db *db, const struct job *j)
{
    struct bytes plain = { (const uint8_t *)j->text, j->len }, sealed;
    struct seal_key key;
    struct secret checked;
    enum err e;

    if ((e = secret_read(plain, &checked)) != ERR_OK ||
        (e = seal_key_load(j->key_file, &key)) != ERR_OK ||
        (e = seal(a, &key, j->identity, plain, &sealed)) != ERR_OK)
        return e;
    return db_exec(db, a, Q_METER_SECRET_PUT,
                   (const char *const[]){ j->identity, hex_of(a, sealed) });
}

static enum err forget(struct arena *a, struct db *db, const struct job *j)
{
    return db_exec(db, a, Q_METER_SECRET_FORGET,
                   (const char *const[]){ j->identity });
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct job j = { 0 };
    struct db *db;
    bool setting;
    enum err e;
    int option;

    log_init("lazur-secret", false);
    while ((option = getopt(argc, argv, "d:k:")) != -1) {
        if (option == 'd')
            j.conninfo = optarg;
        else if (option == 'k')
            j.key_file = optarg;
        else
            usage();
    }
    if (argc - optind < 2 || j.conninfo == NULL)
        usage();
    setting = strcmp(argv[optind], "set") == 0;
    if ((!setting && strcmp(argv[optind], "forget") != 0) ||
        (setting && j.key_file == NULL))
        usage();
    j.identity = argv[optind + 1];
    if (setting && argc - optind > 2)
        text_of_arguments(&j, argv + optind + 2, argc - optind - 2);
    else if (setting)
        text_of_input(&j);
    if ((e = db_open(j.conninfo, &db)) != ERR_OK) {
        log_err(e, "database");
        return 1;
    }
    e = setting ? set(a, db, &j) : forget(a, db, &j);
    if (e != ERR_OK)
        log_err(e, j.identity);
    db_close(db);
    arena_free(a);
    return e == ERR_OK ? 0 : 1;
}
