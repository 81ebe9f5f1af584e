/* Reads `name = value` files against a table of settings. */
#include "lib/base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

static const struct {
    const char *suffix;
    int64_t ms;
} durations[] = {
    { "ms", 1 },
    { "s", 1000 },
    { "min", 60000 },
    { "h", 3600000 },
};

static enum err number(const char *text, int64_t *out, const char **end)
{
    char *stop;

    errno = 0;
    *out = strtoll(text, &stop, 10);
    if (stop == text || errno != 0)
        return err_raise(ERR_INVALID, "\"%s\" is not a number", text);
    *end = stop;
    return ERR_OK;
}

static enum err duration(const char *text, int64_t *out)
{
    const char *end = "";
    enum err e = number(text, out, &end);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        if (strcmp(end, durations[i].suffix) == 0)
            return __builtin_mul_overflow(*out, durations[i].ms, out)
                       ? err_raise(ERR_INVALID, "%s is too long", text)
                       : ERR_OK;
    }
    return err_raise(ERR_INVALID, "\"%s\" wants a unit: ms, s, min or h", text);
}

static enum err in_range(const struct conf_setting *s, int64_t v)
{
    if (v < s->min || (s->max != 0 && v > s->max))
        return err_raise(ERR_INVALID,
                         "%" PRId64 " is outside %" PRId64 "..%" PRId64, v,
                         s->min, s->max);
    return ERR_OK;
}

static enum err set_text(const char *value, char **slot)
{
    char *copy = strdup(value);

    if (copy == NULL)
        fatal("setting");
    free(*slot);
    *slot = copy;
    return ERR_OK;
}

static enum err set_number(const struct conf_setting *s, const char *value,
                           int64_t *slot)
{
    const char *end = "";
    int64_t v = 0;
    enum err e =
        s->type == CONF_NUMBER ? number(value, &v, &end) : duration(value, &v);

    if (e == ERR_OK && *end != '\0')
        e = err_raise(ERR_INVALID, "\"%s\" is not a number", value);
    if (e == ERR_OK)
        e = in_range(s, v);
    if (e == ERR_OK)
        *slot = v;
    return e;
}

static enum err set_switch(const char *value, bool *slot)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return err_raise(ERR_INVALID, "\"%s\" is neither on nor off", value);
    *slot = strcmp(value, "on") == 0;
    return ERR_OK;
}

static enum err set(const struct conf_setting *s, void *target,
                    const char *value)
{
    void *slot = (char *)target + s->offset;

    switch (s->type) {
    case CONF_TEXT:
        return set_text(value, slot);
    case CONF_NUMBER:
    case CONF_DURATION_MS:
        return set_number(s, value, slot);
    case CONF_SWITCH:
        return set_switch(value, slot);
    }
    return ERR_OK;
}

static char *trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return s;
}

/* line is changed. Empty lines and those of a # are nothing. */
static enum err assign(const struct conf_setting *table, size_t rows,
                       void *target, char *line)
{
    char *name = trim(line), *eq;

    if (*name == '\0' || *name == '#')
        return ERR_OK;
    eq = strchr(name, '=');
    if (eq == NULL)
        return err_raise(ERR_INVALID, "\"%s\" is not name = value", name);
    *eq = '\0';
    name = trim(name);
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(table[i].name, name) == 0)
            return set(&table[i], target, trim(eq + 1));
    }
    return err_raise(ERR_INVALID, "unknown setting \"%s\"", name);
}

static enum err at_line(enum err e, const char *path, int line)
{
    char why[400];

    snprintf(why, sizeof(why), "%s", err_reason());
    return err_raise(e, "%s:%d: %s", path, line, why);
}

static enum err load_file(const struct conf_setting *table, size_t rows,
                          void *target, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    enum err e = ERR_OK;

    if (in == NULL)
        return err_raise(ERR_IO, "%s: %s", path, strerror(errno));
    for (int n = 1; e == ERR_OK && getline(&line, &size, in) >= 0; n++) {
        e = assign(table, rows, target, line);
        if (e != ERR_OK)
            e = at_line(e, path, n);
    }
    free(line);
    fclose(in);
    return e;
}

enum err conf_load(const struct conf_setting *table, size_t rows, void *target,
                   const char *path, char *const *overrides, size_t n)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < rows && e == ERR_OK; i++)
        e = set(&table[i], target, table[i].fallback);
    if (e == ERR_OK && path != NULL)
        e = load_file(table, rows, target, path);
    for (size_t i = 0; i < n && e == ERR_OK; i++) {
        char *copy = strdup(overrides[i]);

        if (copy == NULL)
            fatal("setting");
        e = assign(table, rows, target, copy);
        free(copy);
    }
    return e;
}

void conf_print(const struct conf_setting *table, size_t rows, FILE *out)
{
    for (size_t i = 0; i < rows; i++)
        fprintf(out, "  %-24s %s (%s)\n", table[i].name, table[i].help,
                table[i].fallback[0] ? table[i].fallback : "none");
}
