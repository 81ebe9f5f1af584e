/* OBIS codes to text and back, and words for the codes everybody meets. */
#include "lib/dlms/obis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err obis_of_bytes(struct bytes b, struct obis *out)
{
    if (b.len != sizeof(out->at))
        return err_raise(ERR_PROTOCOL, "an OBIS code of %zu bytes, not 6",
                         b.len);
    memcpy(out->at, b.at, sizeof(out->at));
    return ERR_OK;
}

/* One number 0 ... 255 and the mark behind it, one of marks. */
static bool read_part(const char **text, const char *marks, uint8_t *out)
{
    unsigned n = 0;
    const char *p = *text;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (unsigned)(*p - '0');
        if (n > 255)
            return false;
    }
    if (strchr(marks, *p) == NULL || (*p == '\0' && *marks != '\0'))
        return false;
    *out = (uint8_t)n;
    *text = *p == '\0' ? p : p + 1;
    return true;
}

enum err obis_of_text(const char *text, struct obis *out)
{
    /* After A: dot or dash; after B: dot or colon; F ends the text. */
    static const char *const marks[6] = { ".-", ".:", ".", ".", ".*", "" };
    struct obis o;
    const char *p = text;

    for (int i = 0; i < 6; i++)
        if (!read_part(&p, marks[i], &o.at[i]))
            return err_raise(ERR_INVALID, "not an OBIS code: %.32s", text);
    *out = o;
    return ERR_OK;
}

char *obis_write(char buf[OBIS_TEXT_MAX], struct obis o)
{
    (void)snprintf(buf, OBIS_TEXT_MAX, "%u.%u.%u.%u.%u.%u", o.at[0], o.at[1],
                   o.at[2], o.at[3], o.at[4], o.at[5]);
    return buf;
}

char *obis_text(struct arena *a, struct obis o)
{
    char buf[OBIS_TEXT_MAX];

    return arena_strdup(a, obis_write(buf, o));
}

bool obis_same(struct obis a, struct obis b)
{
    return memcmp(a.at, b.at, sizeof(a.at)) == 0;
}

bool obis_looks_like(struct bytes b)
{
    return b.len == 6 && b.at[5] == 255 && b.at[0] <= 15;
}

struct words {
    int16_t code[5]; /* A ... E; -1 is any */
    const char *en, *ru;
};

/* First match wins: particular codes stand before general ones. */
/* clang-format off */
static const struct words known[] = {
    { { 0, -1,  1,  0,  0 }, "clock", "часы" },
    { { 0, -1, 25,  9, -1 }, "push setup", "настройка инициативной связи" },
    { { 0, -1, 25,  6, -1 }, "GSM diagnostic", "диагностика GSM" },
    { { 0,  0, 40,  0, -1 }, "association", "соединение" },
    { { 0,  0, 42,  0,  0 }, "logical device name", "имя логического устройства" },
    { { 0,  0, 43,  0, -1 }, "security setup", "настройка защиты" },
    { { 0,  0, 44,  0,  0 }, "image transfer", "загрузка прошивки" },
    { { 0, -1, 96,  1,  0 }, "serial number", "заводской номер" },
    { { 0, -1, 96,  1,  1 }, "model", "модель" },
    { { 0, -1, 96,  1, -1 }, "device id", "идентификатор прибора" },
    { { 1, -1, 96,  1, -1 }, "device id", "идентификатор прибора" },
    { { 0, -1, 96,  3, 10 }, "disconnect control", "клапан или реле" },
    { { 0, -1, 96,  5, -1 }, "status", "слово состояния" },
    { { 7, -1, 96,  5, -1 }, "status", "слово состояния" },
    { { 0, -1, 96,  6,  0 }, "battery use time", "наработка батареи" },
    { { 0, -1, 96,  6,  1 }, "battery charge", "заряд батареи" },
    { { 0, -1, 96,  6,  3 }, "battery voltage", "напряжение батареи" },
    { { 0, -1, 96,  6,  6 }, "battery time left", "остаток ресурса батареи" },
    { { 0, -1, 96,  8,  0 }, "working time", "время работы" },
    { { 0, -1, 96, 50,  1 }, "time in tamper state", "время вмешательства" },
    { { 0, -1, 96, 50,  2 }, "cause of the push", "причина сеанса" },
    { { 0, -1, 97, 97, -1 }, "error register", "регистр ошибок" },
    { { 0, -1, 97, 98, -1 }, "alarm register", "регистр тревог" },
    { { 1, -1,  0,  2,  0 }, "firmware version", "версия прошивки" },
    { { 1, -1,  0,  0, -1 }, "meter id", "номер счётчика" },
    { { 1, -1,  0,  2, -1 }, "list version", "версия списка" },
    { { 1, -1,  1,  7,  0 }, "active power +", "активная мощность, приём" },
    { { 1, -1,  2,  7,  0 }, "active power -", "активная мощность, отдача" },
    { { 1, -1,  3,  7,  0 }, "reactive power +", "реактивная мощность, приём" },
    { { 1, -1,  4,  7,  0 }, "reactive power -", "реактивная мощность, отдача" },
    { { 1, -1,  1,  8, -1 }, "active energy +", "активная энергия, приём" },
    { { 1, -1,  2,  8, -1 }, "active energy -", "активная энергия, отдача" },
    { { 1, -1,  3,  8, -1 }, "reactive energy +", "реактивная энергия, приём" },
    { { 1, -1,  4,  8, -1 }, "reactive energy -", "реактивная энергия, отдача" },
    { { 1, -1, 13,  7,  0 }, "power factor", "коэффициент мощности" },
    { { 1, -1, 14,  7,  0 }, "frequency", "частота" },
    { { 1, -1, 21,  7,  0 }, "active power + L1", "активная мощность, приём, фаза A" },
    { { 1, -1, 41,  7,  0 }, "active power + L2", "активная мощность, приём, фаза B" },
    { { 1, -1, 61,  7,  0 }, "active power + L3", "активная мощность, приём, фаза C" },
    { { 1, -1, 22,  7,  0 }, "active power - L1", "активная мощность, отдача, фаза A" },
    { { 1, -1, 42,  7,  0 }, "active power - L2", "активная мощность, отдача, фаза B" },
    { { 1, -1, 62,  7,  0 }, "active power - L3", "активная мощность, отдача, фаза C" },
    { { 1, -1, 31,  7,  0 }, "current L1", "ток, фаза A" },
    { { 1, -1, 51,  7,  0 }, "current L2", "ток, фаза B" },
    { { 1, -1, 71,  7,  0 }, "current L3", "ток, фаза C" },
    { { 1, -1, 32,  7,  0 }, "voltage L1", "напряжение, фаза A" },
    { { 1, -1, 52,  7,  0 }, "voltage L2", "напряжение, фаза B" },
    { { 1, -1, 72,  7,  0 }, "voltage L3", "напряжение, фаза C" },
    { { 6, -1,  1, -1, -1 }, "heat energy", "тепловая энергия" },
    { { 7, -1,  3, -1, -1 }, "gas volume, as metered", "объём газа в рабочих условиях" },
    { { 7, -1, 13,  2, -1 }, "gas volume, base conditions", "объём газа в стандартных условиях" },
    { { 7, -1, 33, -1, -1 }, "gas energy", "энергия газа" },
    { { 7, -1, 41, -1, -1 }, "gas temperature", "температура газа" },
    { { 7, -1, 42, -1, -1 }, "gas pressure", "давление газа" },
    { { 7, -1, 43, -1, -1 }, "gas flow", "расход газа" },
    { { 8, -1,  1,  0, -1 }, "cold water volume", "объём холодной воды" },
    { { 9, -1,  1,  0, -1 }, "hot water volume", "объём горячей воды" },
};
/* clang-format on */

static const struct words *words_find(struct obis o)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        int same = 0;

        while (same < 5 &&
               (known[i].code[same] == -1 || known[i].code[same] == o.at[same]))
            same++;
        if (same == 5)
            return &known[i];
    }
    return NULL;
}

const char *obis_words_en(struct obis o)
{
    const struct words *w = words_find(o);

    return w != NULL ? w->en : NULL;
}

const char *obis_words_ru(struct obis o)
{
    const struct words *w = words_find(o);

    return w != NULL ? w->ru : NULL;
}
