/* Lines are gathered and written once for a turn of the event loop. */
#include "tools/meter-sim/truth.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"

#define LINE_MAX_LEN 512

/* A run that was killed inside a write may have left half a line: end it. */
static void truth_end_half_line(int fd)
{
    off_t end = lseek(fd, 0, SEEK_END);
    char last = '\n';

    if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n' &&
        write(fd, "\n", 1) != 1)
        fatal("truth file");
}

enum err truth_open(struct truth *t, const char *path)
{
    t->len = 0;
    t->fd = -1;
    if (path[0] == '\0')
        return ERR_OK;
    t->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (t->fd < 0)
        return err_raise(ERR_IO, "truth file %s: %s", path, strerror(errno));
    truth_end_half_line(t->fd);
    return ERR_OK;
}

void truth_flush(struct truth *t)
{
    size_t at = 0;

    while (t->fd >= 0 && at < t->len) {
        ssize_t n = write(t->fd, t->buf + at, t->len - at);

        if (n < 0 && errno != EINTR)
            fatal("truth file");
        if (n > 0)
            at += (size_t)n;
    }
    t->len = 0;
}

void truth_close(struct truth *t)
{
    truth_flush(t);
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}

/* Where the next line goes; NULL when nobody wants to know. */
static char *truth_room(struct truth *t)
{
    if (t->fd < 0)
        return NULL;
    if (t->len + LINE_MAX_LEN > sizeof t->buf)
        truth_flush(t);
    return t->buf + t->len;
}

static void truth_took(struct truth *t, int n)
{
    if (n > 0 && n < LINE_MAX_LEN)
        t->len += (size_t)n;
}

void truth_line(struct truth *t, const char *fmt, ...)
{
    char *line = truth_room(t);
    va_list ap;

    if (line == NULL)
        return;
    va_start(ap, fmt);
    truth_took(t, vsnprintf(line, LINE_MAX_LEN, fmt, ap));
    va_end(ap);
}

void truth_sent(struct truth *t, const struct meter *m)
{
    const struct reading *r = &m->told;
    char *line = truth_room(t), valve[4] = "-";

    if (line == NULL)
        return;
    if (r->valve != VALVE_NONE)
        snprintf(valve, sizeof valve, "%d", r->valve);
    truth_took(t, snprintf(line, LINE_MAX_LEN,
                           "S %s %" PRId64 " %" PRIu64 " %" PRIu32 " %s\n",
                           m->serial, r->at_s, r->volume, r->status, valve));
}

void truth_confirmed(struct truth *t, const struct meter *m, bool by_answer)
{
    char *line = truth_room(t);

    if (line != NULL)
        truth_took(t, snprintf(line, LINE_MAX_LEN, "%c %s %" PRId64 "\n",
                               by_answer ? 'A' : 'U', m->serial, m->told.at_s));
}

void truth_command(struct truth *t, const struct meter *m, bool is_open,
                   int64_t at_us, unsigned result, unsigned valve)
{
    char *line = truth_room(t);

    if (line == NULL)
        return;
    truth_took(t, snprintf(line, LINE_MAX_LEN, "C %s %s %" PRId64 " %u %u\n",
                           m->serial, is_open ? "open" : "close", at_us, result,
                           valve));
    truth_flush(t);
}

void truth_valve(struct truth *t, const struct meter *m, int64_t at_us,
                 unsigned valve, const char *why)
{
    char *line = truth_room(t);

    if (line == NULL)
        return;
    truth_took(t, snprintf(line, LINE_MAX_LEN, "V %s %" PRId64 " %u %s\n",
                           m->serial, at_us, valve, why));
    truth_flush(t);
}

#define VALUE_SHOWN 120 /* bytes of a value; the line has room for them */

void truth_write(struct truth *t, const struct meter *m, int64_t at_us,
                 const struct dlms_target *target, unsigned result,
                 struct bytes value)
{
    const uint8_t *n = target->name.at;
    char *line = truth_room(t);
    int len;

    if (line == NULL)
        return;
    len = snprintf(line, LINE_MAX_LEN,
                   "W %s %" PRId64 " %u %u.%u.%u.%u.%u.%u %u %u ", m->serial,
                   at_us, target->class_id, n[0], n[1], n[2], n[3], n[4], n[5],
                   target->index, result);
    for (size_t i = 0; i < value.len && i < VALUE_SHOWN; i++)
        len += snprintf(line + len, LINE_MAX_LEN - (size_t)len, "%02x",
                        value.at[i]);
    len += snprintf(line + len, LINE_MAX_LEN - (size_t)len, "\n");
    truth_took(t, len);
    truth_flush(t);
}
