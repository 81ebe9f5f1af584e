/*
 * The state file is an array of records behind a head, mapped into memory: a
 * store is in the kernel's hands at once, so killing the process loses
 * nothing. Meters of earlier runs that nobody plays now stay as they are.
 */
#include "tools/meter-sim/fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/meter-sim/chance.h"

#define FLEET_MAGIC     "LZSIM02"
#define FLEET_MAGIC_WAS "LZSIM01"

struct fleet_head {
    char magic[8];
    uint32_t record_size;
    uint32_t n;
    char room[48];
};

static size_t fleet_size(uint32_t n)
{
    return sizeof(struct fleet_head) + (size_t)n * sizeof(struct meter);
}

static uint64_t serial_hash(const char *serial)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (; *serial != '\0'; serial++)
        h = (h ^ (uint8_t)*serial) * UINT64_C(0x100000001B3);
    return chance_mix(h);
}

static uint32_t *fleet_place(const struct fleet *f, const char *serial)
{
    uint32_t i = (uint32_t)serial_hash(serial) & f->mask;

    while (f->by_serial[i] != FLEET_NOBODY &&
           strcmp(f->meters[f->by_serial[i]].serial, serial) != 0)
        i = (i + 1) & f->mask;
    return &f->by_serial[i];
}

uint32_t fleet_find(const struct fleet *f, const char *serial)
{
    return *fleet_place(f, serial);
}

static enum err fleet_index(struct fleet *f, uint32_t capacity)
{
    uint32_t size = 16;

    while (size < capacity * 2 && size < (UINT32_C(1) << 31))
        size *= 2;
    f->mask = size - 1;
    f->by_serial = malloc(size * sizeof *f->by_serial);
    if (f->by_serial == NULL)
        return err_raise(ERR_IO, "no memory for %" PRIu32 " serials", size);
    memset(f->by_serial, 0xFF, size * sizeof *f->by_serial);
    for (uint32_t i = 0; i < f->n; i++)
        *fleet_place(f, f->meters[i].serial) = i;
    return ERR_OK;
}

/* A file of the version before: its records are the beginning of ours. */
static enum err fleet_upgrade(int fd, const char *path, struct fleet_head *head)
{
    size_t was = offsetof(struct meter, pressure_pa), n = head->n;
    uint8_t *old = malloc(n * was + 1);
    struct meter *now = calloc(n + 1, sizeof *now);
    bool done = old != NULL && now != NULL &&
                pread(fd, old, n * was, sizeof *head) == (ssize_t)(n * was);

    for (size_t i = 0; done && i < n; i++)
        memcpy(&now[i], old + i * was, was);
    memcpy(head->magic, FLEET_MAGIC, sizeof FLEET_MAGIC);
    head->record_size = sizeof *now;
    done = done &&
           pwrite(fd, now, n * sizeof *now, sizeof *head) ==
               (ssize_t)(n * sizeof *now) &&
           pwrite(fd, head, sizeof *head, 0) == (ssize_t)sizeof *head;
    free(old);
    free(now);
    return done ? ERR_OK
                : err_raise(ERR_IO, "state file %s: %s", path, strerror(errno));
}

/* How many meters an existing state file holds. */
static enum err fleet_peek(int fd, const char *path, uint32_t *n)
{
    struct fleet_head head;
    ssize_t got = pread(fd, &head, sizeof head, 0);
    enum err e;

    *n = 0;
    if (got == 0)
        return ERR_OK;
    if (got == (ssize_t)sizeof head &&
        memcmp(head.magic, FLEET_MAGIC_WAS, sizeof FLEET_MAGIC_WAS) == 0 &&
        head.record_size == offsetof(struct meter, pressure_pa) &&
        (e = fleet_upgrade(fd, path, &head)) != ERR_OK)
        return e;
    if (got != (ssize_t)sizeof head ||
        memcmp(head.magic, FLEET_MAGIC, sizeof FLEET_MAGIC) != 0 ||
        head.record_size != sizeof(struct meter))
        return err_raise(ERR_INVALID, "%s is not a state file of this version",
                         path);
    *n = head.n;
    return ERR_OK;
}

static enum err fleet_map(struct fleet *f, const char *path, uint32_t room)
{
    uint32_t known = 0;
    int flags = MAP_SHARED;
    enum err e;
    void *at;

    f->fd = -1;
    if (path[0] == '\0') {
        flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    } else {
        f->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (f->fd < 0 || flock(f->fd, LOCK_EX | LOCK_NB) < 0)
            return err_raise(ERR_IO, "state file %s: %s", path,
                             strerror(errno));
        if ((e = fleet_peek(f->fd, path, &known)) != ERR_OK)
            return e;
        if (ftruncate(f->fd, (off_t)fleet_size(known + room)) < 0)
            return err_raise(ERR_IO, "state file %s: %s", path,
                             strerror(errno));
    }
    f->mapped = fleet_size(known + room);
    at = mmap(NULL, f->mapped, PROT_READ | PROT_WRITE, flags, f->fd, 0);
    if (at == MAP_FAILED)
        return err_raise(ERR_IO, "cannot map %zu bytes of meters: %s",
                         f->mapped, strerror(errno));
    f->head = at;
    f->meters = (struct meter *)(void *)(f->head + 1);
    f->n = known;
    memcpy(f->head->magic, FLEET_MAGIC, sizeof FLEET_MAGIC);
    f->head->record_size = sizeof(struct meter);
    return fleet_index(f, known + room);
}

/* The meter of this serial, made if it is new; the caller counted room. */
static struct meter *fleet_play(struct fleet *f, const char *serial,
                                uint8_t model, int64_t now_us, bool *is_new)
{
    uint32_t *place = fleet_place(f, serial);

    *is_new = *place == FLEET_NOBODY;
    if (*is_new) {
        meter_make(&f->meters[f->n], serial, model, now_us);
        *place = f->n++;
        __atomic_store_n(&f->head->n, f->n, __ATOMIC_RELEASE);
    }
    f->plays[f->n_plays++] = *place;
    return &f->meters[*place];
}

static void lls_set(struct meter *m, const char *password)
{
    memset(m->lls, 0, sizeof m->lls);
    strncpy(m->lls, password, sizeof m->lls - 1);
}

static char *next_field(char **rest)
{
    char *field = *rest == NULL ? NULL : strsep(rest, ";");

    return field == NULL || field[0] == '\0' ? NULL : field;
}

static uint32_t next_number(char **rest, uint32_t max)
{
    const char *field = next_field(rest);
    unsigned long n = field == NULL ? 0 : strtoul(field, NULL, 10);

    return n > max ? max : (uint32_t)n;
}

/* The rest of a line: hours, battery and use, if it goes on so far. */
static void past_read(struct meter *m, char *rest)
{
    struct past past = { 0 };

    if (rest == NULL)
        return;
    past.working_h = next_number(&rest, UINT32_MAX / 3600);
    past.tamper_h = next_number(&rest, UINT32_MAX / 3600);
    past.battery_mv = (uint16_t)next_number(&rest, 10000);
    past.battery_permille = (uint16_t)next_number(&rest, 1000);
    past.per_day = next_number(&rest, UINT32_MAX);
    meter_inherit(m, &past);
}

static enum err fleet_line(struct fleet *f, const struct settings *s,
                           char *line, int64_t now_us)
{
    char *rest = line;
    const char *serial = next_field(&rest), *model = next_field(&rest);
    const char *lls = next_field(&rest), *volume = next_field(&rest);
    const char *valve = next_field(&rest);
    uint8_t model_no = model_named(model == NULL ? "СГ-Лазурь G4" : model);
    struct meter *m;
    bool is_new;

    if (serial == NULL || strlen(serial) >= SERIAL_MAX)
        return err_raise(ERR_INVALID, "serials: a serial has 1..%d characters",
                         SERIAL_MAX - 1);
    if (lls != NULL && strlen(lls) >= LLS_MAX)
        return err_raise(ERR_INVALID, "serials: password of %s is too long",
                         serial);
    m = fleet_play(f, serial, model_no, now_us, &is_new);
    m->model = model_no;
    lls_set(m, lls == NULL ? s->lls_password : lls);
    if (is_new && volume != NULL)
        m->volume = strtoull(volume, NULL, 10);
    if (is_new && valve != NULL && m->valve != VALVE_NONE)
        m->valve = (uint8_t)(strtoul(valve, NULL, 10) & 3);
    if (is_new)
        past_read(m, rest);
    return ERR_OK;
}

static enum err fleet_read(struct fleet *f, const struct settings *s, FILE *in,
                           int64_t now_us)
{
    char *line = NULL;
    size_t cap = 0, n = 0;
    enum err e = ERR_OK;

    while (getline(&line, &cap, in) >= 0)
        n++;
    rewind(in);
    f->plays = calloc(n + 1, sizeof *f->plays);
    if (f->plays == NULL || n > UINT32_MAX / 4)
        e = err_raise(ERR_IO, "no memory for %zu meters", n);
    if (e == ERR_OK)
        e = fleet_map(f, s->state_file, (uint32_t)n);
    while (e == ERR_OK && getline(&line, &cap, in) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            e = fleet_line(f, s, line, now_us);
    }
    free(line);
    return e;
}

static enum err fleet_invent(struct fleet *f, const struct settings *s,
                             int64_t now_us)
{
    uint64_t first = strtoull(s->first_serial, NULL, 10);
    int width = (int)strlen(s->first_serial);
    uint32_t n = (uint32_t)s->meters;
    char serial[SERIAL_MAX];
    enum err e;

    if (width == 0 || width >= SERIAL_MAX ||
        strspn(s->first_serial, "0123456789") != (size_t)width)
        return err_raise(ERR_INVALID, "first_serial=%s is not a number",
                         s->first_serial);
    if ((e = model_mix(s->model)) != ERR_OK ||
        (e = fleet_map(f, s->state_file, n)) != ERR_OK)
        return e;
    f->plays = calloc((size_t)n + 1, sizeof *f->plays);
    if (f->plays == NULL)
        return err_raise(ERR_IO, "no memory for %" PRIu32 " meters", n);
    for (uint32_t i = 0; i < n; i++) {
        unsigned percent = (unsigned)(chance_mix(first + i) % 100);
        struct meter *m;
        bool is_new;

        snprintf(serial, sizeof serial, "%0*" PRIu64, width, first + i);
        m = fleet_play(f, serial, model_by_share(percent), now_us, &is_new);
        lls_set(m, s->lls_password);
    }
    return ERR_OK;
}

enum err fleet_open(struct fleet *f, const struct settings *s, int64_t now_us)
{
    FILE *in;
    enum err e;

    *f = (struct fleet){ .fd = -1 };
    if (s->serials[0] == '\0')
        return fleet_invent(f, s, now_us);
    in = fopen(s->serials, "re");
    if (in == NULL)
        return err_raise(ERR_IO, "serials %s: %s", s->serials, strerror(errno));
    e = fleet_read(f, s, in, now_us);
    fclose(in);
    return e;
}

void fleet_close(struct fleet *f)
{
    if (f->head != NULL)
        munmap(f->head, f->mapped);
    if (f->fd >= 0 && ftruncate(f->fd, (off_t)fleet_size(f->n)) == 0)
        close(f->fd);
    free(f->by_serial);
    free(f->plays);
    *f = (struct fleet){ .fd = -1 };
}
