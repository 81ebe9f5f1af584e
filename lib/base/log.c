/* Lines on stderr, each with its moment; who started the program keeps them. */
#include "lib/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *program = "lazur";
static bool print_debug;

void log_init(const char *name, bool verbose)
{
    program = name;
    print_debug = verbose;
}

/* 2026-11-20T03:15:00.123Z */
static void moment_text(char *out, size_t size)
{
    struct timespec now;
    struct tm utc;
    size_t n;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, size - n, ".%03ldZ", now.tv_nsec / 1000000);
}

/* One write for a line, so that processes sharing stderr do not interleave. */
static void put(const char *level, const char *cause, const char *fmt,
                va_list ap) __attribute__((format(printf, 3, 0)));

static void put(const char *level, const char *cause, const char *fmt,
                va_list ap)
{
    char text[1024];
    char line[1400];
    char moment[40];
    int n;

    moment_text(moment, sizeof(moment));
    vsnprintf(text, sizeof(text), fmt, ap);
    n = snprintf(line, sizeof(line), "%s %s[%ld] %s%s%s%s\n", moment, program,
                 (long)getpid(), level, text, cause ? ": " : "",
                 cause ? cause : "");
    if (n >= (int)sizeof(line)) {
        n = (int)sizeof(line) - 1;
        line[n - 1] = '\n';
    }
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody is left to tell */
}

void log_warn(const char *fmt, ...)
{
    const char *cause = strerror(errno);
    va_list ap;

    va_start(ap, fmt);
    put("warn: ", cause, fmt, ap);
    va_end(ap);
}

void log_warnx(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put("warn: ", NULL, fmt, ap);
    va_end(ap);
}

void log_info(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put("", NULL, fmt, ap);
    va_end(ap);
}

void log_debug(const char *fmt, ...)
{
    va_list ap;

    if (!print_debug)
        return;
    va_start(ap, fmt);
    put("debug: ", NULL, fmt, ap);
    va_end(ap);
}

void fatal(const char *fmt, ...)
{
    const char *cause = errno ? strerror(errno) : NULL;
    va_list ap;

    va_start(ap, fmt);
    put("fatal: ", cause, fmt, ap);
    va_end(ap);
    exit(1);
}

void log_err(enum err code, const char *doing)
{
    log_warnx("%s: %s: %s", doing, err_name(code), err_reason());
}
