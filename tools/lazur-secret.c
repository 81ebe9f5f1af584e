/*
 * Puts a meter's keys and passwords, sealed, into the database:
 *
 *   lazur-secret -d conninfo -k keyfile set IDENTITY [name=value ...]
 *   lazur-secret -d conninfo -k keyfile forget IDENTITY
 *   lazur-secret -d conninfo -k keyfile load
 *   lazur-secret -d conninfo plain|cipher IDENTITY
 *
 * Names are those of lib/base/secret.h: ek, ak (32 hexadecimal digits), lls,
 * radio and more. Without names on the command line the lines are read from
 * standard input, which is the way that leaves nothing in the list of processes
 * or in a shell's history. A secret that is there is replaced whole. load reads
 * a meter from each line of the input, "IDENTITY name=value ...", and takes all
 * of them or none. plain lets a meter push unciphered though keys are kept for
 * it; cipher forbids it again.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/db.h"
#include "lib/base/log.h"
#include "lib/base/seal.h"
#include "lib/base/secret.h"
#include "lib/model/list.h"

#define TEXT_MAX 512

struct job {
    const char *conninfo, *key_file, *identity;
    char text[TEXT_MAX];
    size_t len;
};

static _Noreturn void usage(void)
{
    fprintf(
        stderr,
        "usage: lazur-secret -d conninfo -k keyfile set IDENTITY"
        " [ek=HEX] [ak=HEX] [kek=HEX] [lls=PASSWORD] [hls=SECRET]\n"
        "           [mechanism=0...6] [suite=0|1] [sap=N] [title=HEX]"
        " [radio=PASSWORD]\n"
        "       lazur-secret -d conninfo -k keyfile forget IDENTITY\n"
        "       lazur-secret -d conninfo -k keyfile load\n"
        "       lazur-secret -d conninfo plain|cipher IDENTITY\n"
        "Without values the lines are read from standard input; load reads\n"
        "IDENTITY name=value ... from each. plain lets a meter push "
        "unciphered\n"
        "though keys are kept for it; cipher forbids it again.\n");
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

static enum err put(struct arena *a, struct db *db, const struct seal_key *key,
                    const char *identity, struct bytes plain)
{
    const char *names = "";
    struct bytes sealed;
    struct secret checked;
    bool has_mark;
    int64_t mark;
    enum err e;

    if ((e = secret_read(plain, &checked)) != ERR_OK ||
        (e = secret_mark(key, &checked, &has_mark, &mark)) != ERR_OK ||
        (e = seal(a, key, identity, plain, &sealed)) != ERR_OK)
        return e;
    for (int i = 0; i < SECRET_ITEMS; i++) {
        if (secret_value(a, plain, (enum secret_item)i) != NULL)
            names = arena_printf(a, "%s%s%s", names, names[0] ? "," : "",
                                 secret_names[i]);
    }
    return db_exec(db, a, Q_METER_SECRET_PUT,
                   (const char *const[]){ identity, param_bytea(a, sealed),
                                          has_mark ? param_int(a, mark) : NULL,
                                          secret_ciphers(&checked) ? "t" : "f",
                                          arena_printf(a, "{%s}", names) });
}

static enum err set(struct arena *a, struct db *db, const struct job *j)
{
    struct bytes plain = { (const uint8_t *)j->text, j->len };
    struct seal_key key;
    enum err e = seal_key_load(j->key_file, &key);

    return e == ERR_OK ? put(a, db, &key, j->identity, plain) : e;
}

/* "4711 lls=x radio=y": the values become lines. */
static enum err load_line(struct arena *a, struct db *db,
                          const struct seal_key *key, char *line)
{
    char *identity = line, *values;

    line[strcspn(line, "\r\n")] = '\0';
    values = line + strcspn(line, " ");
    if (identity == values || *values == '\0')
        return err_raise(ERR_INVALID, "a line is not IDENTITY name=value");
    *values++ = '\0';
    for (char *p = values; *p != '\0'; p++) {
        if (*p == ' ')
            *p = '\n';
    }
    return put(a, db, key, identity,
               (struct bytes){ (const uint8_t *)values, strlen(values) });
}

static enum err load(struct arena *a, struct db *db, const struct job *j)
{
    char line[TEXT_MAX];
    struct seal_key key;
    enum err e;

    if ((e = seal_key_load(j->key_file, &key)) != ERR_OK ||
        (e = db_begin(db)) != ERR_OK)
        return e;
    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (strchr(line, '\n') == NULL && !feof(stdin))
            return err_raise(ERR_INVALID, "a line is too long");
        if ((e = load_line(a, db, &key, line)) != ERR_OK)
            return e;
        arena_reset(a);
    }
    return db_commit(db);
}

static enum err forget(struct arena *a, struct db *db, const struct job *j)
{
    return db_exec(db, a, Q_METER_SECRET_FORGET,
                   (const char *const[]){ j->identity });
}

static enum err trust(struct arena *a, struct db *db, const struct job *j,
                      bool plain)
{
    struct rows rows;
    enum err e =
        db_query(db, a, plain ? Q_METER_PLAIN_PUT : Q_METER_PLAIN_FORGET,
                 (const char *const[]){ j->identity }, &rows);

    if (e == ERR_OK && rows.n == 0)
        return err_raise(ERR_NOT_FOUND, plain ? "no meter is called so"
                                              : "it has to cipher already");
    return e;
}

enum action { SET, FORGET, LOAD, PLAIN, CIPHER };

/* What is to be done, and with what. */
static enum action arguments_read(int argc, char **argv, struct job *j)
{
    static const char *const names[] = { "set", "forget", "load", "plain",
                                         "cipher" };
    int n = argc - optind, action = SET;

    if (n < 1 || j->conninfo == NULL)
        usage();
    while (strcmp(argv[optind], names[action]) != 0) {
        if (++action > CIPHER)
            usage();
    }
    if ((action == LOAD) != (n == 1) ||
        ((action == SET || action == LOAD) && j->key_file == NULL))
        usage();
    j->identity = action == LOAD ? "load" : argv[optind + 1];
    if (action == SET && n > 2)
        text_of_arguments(j, argv + optind + 2, n - 2);
    else if (action == SET)
        text_of_input(j);
    return (enum action)action;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct job j = { 0 };
    enum action action;
    struct db *db;
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
    action = arguments_read(argc, argv, &j);
    if ((e = db_open(j.conninfo, &db)) != ERR_OK) {
        log_err(e, "database");
        return 1;
    }
    e = action == SET      ? set(a, db, &j)
        : action == LOAD   ? load(a, db, &j)
        : action == FORGET ? forget(a, db, &j)
                           : trust(a, db, &j, action == PLAIN);
    if (e != ERR_OK)
        log_err(e, j.identity);
    db_close(db);
    arena_free(a);
    return e == ERR_OK ? 0 : 1;
}
