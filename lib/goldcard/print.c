/* Frames as a tree, and as JSON. */
#include "lib/goldcard/print.h"

#include <inttypes.h>
#include <time.h>

#include "lib/goldcard/message.h"
#include "lib/units/quantity.h"

bool goldcard_begins(struct bytes b)
{
    return b.len >= GOLDCARD_START_LEN && b.at[0] == 0x68 && b.at[1] == 0x03 &&
           b.at[2] == 0x00;
}

static void put_hex(struct bytes b, FILE *out)
{
    for (size_t i = 0; i < b.len; i++)
        (void)fprintf(out, "%s%02X", i > 0 ? " " : "", b.at[i]);
}

static void put_bytes(const char *label, struct bytes b, FILE *out)
{
    (void)fprintf(out, "%s: ", label);
    put_hex(b, out);
    (void)fputc('\n', out);
}

static char *clock_text(struct arena *a, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        return arena_strdup(a, "");
    return arena_printf(a, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900,
                        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                        tm.tm_sec);
}

/* ---- the tree ---- */

static void print_head(const struct goldcard_frame *f, size_t len, FILE *out)
{
    (void)fprintf(
        out, "goldCard, %s of %zu bytes\n",
        f->kind == GOLDCARD_ANSWER ? "answer of the server" : "message", len);
    (void)fprintf(out, "  sequence %u, counter %u, number ....%s\n",
                  f->sequence, f->counter, f->digits);
    (void)fprintf(out, "  check sequence %04X, by the candidate %04X%s\n",
                  f->crc, f->computed,
                  f->crc == f->computed ? "" : " (which is not proved)");
    if (f->kind == GOLDCARD_ANSWER)
        (void)fprintf(out, "  status %02X\n", f->status);
}

static void print_message(struct arena *a, const struct goldcard_message *m,
                          FILE *out)
{
    for (size_t i = 0; i < m->objects_n; i++) {
        (void)fprintf(out, "  object %04X, ", m->objects[i].id);
        (void)fprintf(out, "%zu bytes", m->objects[i].value.len);
        put_bytes("", m->objects[i].value, out);
    }
    if (m->has_clock)
        (void)fprintf(out, "  clock: %s, in the meter's zone\n",
                      clock_text(a, m->clock_s));
    if (m->has_battery)
        (void)fprintf(out, "  battery: %s V\n",
                      decimal_text(a, m->battery_mv, -3));
    if (m->has_volume)
        (void)fprintf(out, "  register: %s m3\n",
                      volume_m3_text(a, m->volume_dm3));
    for (size_t i = 0; i < m->unknown_n; i++) {
        (void)fputs("  ", out);
        put_bytes(m->unknown[i].name, m->unknown[i].value, out);
    }
    for (size_t i = 0; i < m->days_n; i++) {
        const struct goldcard_day *d = &m->days[i];

        (void)fprintf(out, "  %04d-%02d-%02d: %s m3\n", d->year, d->month,
                      d->day, volume_m3_text(a, d->volume_dm3));
    }
}

static enum err print_frame(struct arena *a, struct bytes frame, FILE *out)
{
    struct goldcard_message m;
    struct goldcard_frame f;
    enum err e;

    if ((e = goldcard_frame_read(frame, &f)) != ERR_OK)
        return e;
    print_head(&f, frame.len, out);
    if (f.kind == GOLDCARD_ANSWER)
        return ERR_OK;
    if ((e = goldcard_message_read(a, &f, &m)) != ERR_OK) {
        put_bytes("  unknown", f.block, out);
        return e;
    }
    print_message(a, &m, out);
    return ERR_OK;
}

enum err goldcard_print(struct arena *a, struct bytes b, FILE *out)
{
    size_t at = 0, skip, n;
    enum err e;

    do {
        n = goldcard_find(b.at + at, b.len - at, &skip);
        if (n == 0)
            skip = b.len - at;
        if (skip > 0)
            put_bytes("of no frame", (struct bytes){ b.at + at, skip }, out);
        at += skip;
        if (n > 0 &&
            (e = print_frame(a, (struct bytes){ b.at + at, n }, out)) != ERR_OK)
            return e;
        at += n;
    } while (n > 0 && at < b.len);
    return n > 0 ? ERR_OK
                 : err_raise(ERR_PROTOCOL, "offset %zu: no whole frame",
                             at - skip);
}

/* ---- JSON ---- */

static void json_message(struct arena *a, const struct goldcard_message *m,
                         FILE *out)
{
    if (m->has_clock)
        (void)fprintf(out, ",\"clock\":\"%s\"", clock_text(a, m->clock_s));
    if (m->has_battery)
        (void)fprintf(out, ",\"battery_mv\":%u", m->battery_mv);
    if (m->has_volume)
        (void)fprintf(out, ",\"volume_dm3\":%" PRIu32, m->volume_dm3);
    for (size_t i = 0; i < m->unknown_n; i++) {
        (void)fprintf(out, ",\"%s\":\"", m->unknown[i].name);
        put_hex(m->unknown[i].value, out);
        (void)fputc('"', out);
    }
    if (!m->is_days)
        return;
    (void)fputs(",\"days\":{", out);
    for (size_t i = 0; i < m->days_n; i++) {
        const struct goldcard_day *d = &m->days[i];

        (void)fprintf(out, "%s\"%04d-%02d-%02d\":%" PRIu32, i > 0 ? "," : "",
                      d->year, d->month, d->day, d->volume_dm3);
    }
    (void)fputc('}', out);
}

enum err goldcard_json(struct arena *a, struct bytes b, FILE *out)
{
    struct goldcard_message m = { 0 };
    struct goldcard_frame f;
    size_t skip, n = goldcard_find(b.at, b.len, &skip);
    enum err e;

    if (n == 0)
        return err_raise(ERR_PROTOCOL, "offset 0: no whole frame");
    if ((e = goldcard_frame_read((struct bytes){ b.at + skip, n }, &f)) !=
            ERR_OK ||
        (f.kind == GOLDCARD_MESSAGE &&
         (e = goldcard_message_read(a, &f, &m)) != ERR_OK))
        return e;
    (void)fprintf(out,
                  "{\"goldcard\":\"%s\",\"number\":\"%s\",\"sequence\":%u,"
                  "\"counter\":%u,\"crc\":\"%04X\",\"computed\":\"%04X\"",
                  f.kind == GOLDCARD_ANSWER ? "answer" : "message", f.digits,
                  f.sequence, f.counter, f.crc, f.computed);
    json_message(a, &m, out);
    (void)fputs("}\n", out);
    return ERR_OK;
}
