/* lazur-decode: a captured frame, in hex, as a tree people can read. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/dlms/print.h"
#include "lib/goldcard/print.h"

#define INPUT_MAX ((size_t)1 << 20)

static const char usage[] =
    "usage: lazur-decode [-k ek=HEX] [-a ak=HEX] [--json] [HEX ... | -]\n"
    "\n"
    "Prints frames (wrapper, HDLC, M-Bus, goldCard) or a bare APDU as a tree.\n"
    "Without HEX, or with -, reads standard input, one telegram a line; an "
    "empty line\n"
    "and one that begins with # say nothing. Spaces, colons and commas\n"
    "between bytes, and 0x before them, are fine.\n"
    "\n"
    "  -k ek=HEX  encryption key of ciphered telegrams, 16 bytes\n"
    "  -a ak=HEX  authentication key, 16 bytes\n"
    "  --json     one line of JSON for each telegram\n"
    "\n"
    "Ends with 1 when a telegram could not be read, 2 on a wrong option.\n";

struct options {
    struct dlms_keys keys;
    bool json;
    int rest; /* of argv */
};

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Hex text to bytes; false and a sentence when it is none. */
static bool read_hex(struct arena *a, const char *s, struct bytes *out)
{
    uint8_t *at = arena_alloc(a, strlen(s) / 2 + 1);
    size_t n = 0;
    const char *p = s;

    while (*p != '\0') {
        if (isspace((unsigned char)*p) || *p == ':' || *p == ',') {
            p++;
        } else if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
            p += 2;
        } else if (digit(p[0]) < 0 || digit(p[1]) < 0) {
            (void)fprintf(stderr, "lazur-decode: not hex at character %zu\n",
                          (size_t)(p - s) + 1);
            return false;
        } else {
            at[n++] = (uint8_t)(digit(p[0]) << 4 | digit(p[1]));
            p += 2;
        }
    }
    *out = (struct bytes){ at, n };
    return true;
}

static enum err show(struct arena *a, struct bytes b, const struct options *opt)
{
    const struct dlms_keys *keys = opt->keys.has_encryption ? &opt->keys : NULL;

    if (goldcard_begins(b))
        return opt->json ? goldcard_json(a, b, stdout)
                         : goldcard_print(a, b, stdout);
    return opt->json ? dlms_json(a, b, keys, stdout)
                     : dlms_print(a, b, keys, stdout);
}

static bool decode(struct arena *a, const char *hex, const struct options *opt)
{
    struct bytes b;
    enum err e;

    if (!read_hex(a, hex, &b))
        return false;
    if (b.len == 0) {
        (void)fputs("lazur-decode: no bytes\n", stderr);
        return false;
    }
    e = show(a, b, opt);
    (void)fflush(stdout);
    if (e != ERR_OK)
        (void)fprintf(stderr, "lazur-decode: %s\n", err_reason());
    return e == ERR_OK;
}

static bool decode_lines(struct arena *a, const struct options *opt)
{
    bool fine = true;
    char *line = malloc(INPUT_MAX);

    if (line == NULL)
        return false;
    while (fgets(line, (int)INPUT_MAX, stdin) != NULL) {
        if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
            continue;
        fine = decode(a, line, opt) && fine;
        arena_reset(a);
    }
    free(line);
    return fine;
}

/* "ek=HEX" or just HEX. */
static bool read_key(struct arena *a, const char *arg, const char *name,
                     uint8_t out[DLMS_KEY_LEN])
{
    struct bytes b;

    if (arg == NULL)
        return false;
    if (strncmp(arg, name, strlen(name)) == 0)
        arg += strlen(name);
    if (!read_hex(a, arg, &b) || b.len != DLMS_KEY_LEN)
        return false;
    memcpy(out, b.at, DLMS_KEY_LEN);
    return true;
}

static bool read_options(struct arena *a, int argc, char **argv,
                         struct options *opt)
{
    int i = 1;

    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            opt->json = true;
        } else if (strcmp(argv[i], "-k") == 0) {
            opt->keys.has_encryption =
                read_key(a, argv[++i], "ek=", opt->keys.encryption);
            if (!opt->keys.has_encryption)
                return false;
        } else if (strcmp(argv[i], "-a") == 0) {
            opt->keys.has_authentication =
                read_key(a, argv[++i], "ak=", opt->keys.authentication);
            if (!opt->keys.has_authentication)
                return false;
        } else {
            return false;
        }
    }
    opt->rest = i;
    return true;
}

/* Bytes may be given as one argument or as many. */
static char *join(struct arena *a, char **argv)
{
    char *all = arena_strdup(a, "");

    for (; *argv != NULL; argv++)
        all = arena_printf(a, "%s %s", all, *argv);
    return all;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    struct options opt = { 0 };
    bool fine;

    if (argc > 1 &&
        (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        (void)fputs(usage, stdout);
        arena_free(a);
        return 0;
    }
    if (!read_options(a, argc, argv, &opt)) {
        (void)fputs(usage, stderr);
        arena_free(a);
        return 2;
    }
    if (opt.rest == argc || strcmp(argv[opt.rest], "-") == 0)
        fine = decode_lines(a, &opt);
    else
        fine = decode(a, join(a, argv + opt.rest), &opt);
    arena_free(a);
    return fine ? 0 : 1;
}
