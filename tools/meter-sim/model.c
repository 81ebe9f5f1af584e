/* The table of models. */
#include "tools/meter-sim/model.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

/* clang-format off */
static struct model models[MODELS_MAX] = {
    /* name                          firmware  electr valve  confirm wide  leak   thermo archiv cell   small  goldc  share */
    { "СГ-Лазурь G4",                "1.4.2",  false, false, true,  false, false, true,  true,  true,  false, false, 22 },
    { "СГ-Лазурь G4-К",              "1.4.2",  false, true,  true,  false, true,  true,  true,  false, false, false, 26 },
    { "СГ-Лазурь G1.6",              "1.3.0",  false, false, true,  false, false, false, true,  false, false, false, 14 },
    { "СГ-Лазурь G6-К",              "2.0.1",  false, true,  true,  true,  false, true,  true,  true,  false, false, 10 },
    { "СГ-Лазурь G4-КД",             "2.0.1",  false, true,  true,  false, true,  true,  true,  true,  false, false, 5 },
    { "СГ-Лазурь G10",               "2.0.1",  false, false, true,  true,  false, true,  true,  true,  false, false, 2 },
    { "СГ-Бриз G2.5-К",              "3.11",   false, true,  false, false, false, true,  false, false, false, false, 7 },
    { "СГ-Бриз G4",                  "3.11",   false, false, false, false, false, false, false, false, false, false, 7 },
    { "СГ-Бриз G4-КД",               "3.20",   false, true,  true,  false, true,  true,  false, false, false, false, 5 },
    { "Счётчик электроэнергии DLMS", "5.0.17", true,  false, true,  true,  false, false, false, false, false, false, 2 },
    { "Счётчик газа DLMS",           "1.0",    false, true,  true,  false, false, true,  false, false, false, false, 0 },
    { "Aidon",                       "5.0.17", true,  false, true,  true,  false, false, false, false, false, false, 0 },
    { "Kamstrup Omnipower",          "5.0.17", true,  false, true,  true,  false, false, false, false, false, false, 0 },
    { "Kaifa KFM_001",               "5.0.17", true,  false, true,  true,  false, false, false, false, false, false, 0 },
    { "Kaifa MA309M",                "5.0.17", true,  false, true,  true,  false, false, false, false, false, false, 0 },
    { "ЭС-Лазурь 4Т",                "5.2.0",   true,  true,  true,  true,  false, false, true,  false, false, false, 0 },
    { "СГ-Капля LoRa",               "0.9",     false, false, false, false, false, false, false, false, true,  false, 0 },
    { "Счётчик воды goldCard",       "",        false, false, true,  false, false, false, false, false, true,  true,  0 },
};
/* clang-format on */
static uint8_t n_models = 18;

static bool ends_with(const char *text, const char *tail)
{
    size_t len = strlen(text), tail_len = strlen(tail);

    return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

static uint8_t model_take_on(const char *name)
{
    struct model *m = &models[n_models];

    if (n_models >= MODELS_MAX)
        fatal("more than %d models", MODELS_MAX);
    if (strlen(name) > 60)
        fatal("model name is longer than 60 bytes: %s", name);
    *m = models[0];
    m->name = strdup(name);
    m->has_valve = ends_with(name, "-К") || ends_with(name, "-КД");
    m->share = 0;
    if (m->name == NULL)
        fatal("no memory for models");
    return n_models++;
}

uint8_t model_named(const char *name)
{
    for (uint8_t i = 0; i < n_models; i++)
        if (strcmp(models[i].name, name) == 0)
            return i;
    return model_take_on(name);
}

/* "name:percent", or a name by itself. */
static enum err mix_one(const char *text, size_t len, unsigned *sum)
{
    char name[80], *colon;
    unsigned long percent = 100;

    if (len == 0 || len >= sizeof name)
        return err_raise(ERR_INVALID, "model=%s: a name has 1..60 bytes", text);
    memcpy(name, text, len);
    name[len] = '\0';
    if ((colon = strrchr(name, ':')) != NULL) {
        char *end;

        percent = strtoul(colon + 1, &end, 10);
        if (end == colon + 1 || *end != '\0' || percent > 100)
            return err_raise(ERR_INVALID, "model=%s: a percentage after ':'",
                             name);
        *colon = '\0';
    }
    models[model_named(name)].share = (uint8_t)percent;
    *sum += (unsigned)percent;
    return ERR_OK;
}

enum err model_mix(const char *text)
{
    unsigned sum = 0;
    enum err e = ERR_OK;

    if (text[0] == '\0')
        return ERR_OK;
    for (uint8_t i = 0; i < n_models; i++)
        models[i].share = 0;
    while (e == ERR_OK && *text != '\0') {
        size_t len = strcspn(text, ";");

        e = mix_one(text, len, &sum);
        text += len + (text[len] == ';');
    }
    if (e == ERR_OK && sum != 100)
        return err_raise(ERR_INVALID, "model: %u percent together, not 100",
                         sum);
    return e;
}

uint8_t model_by_share(unsigned percent)
{
    unsigned sum = 0;

    for (uint8_t i = 0; i < n_models; i++)
        if (percent < (sum += models[i].share))
            return i;
    return 0;
}

const struct model *model_at(uint8_t no)
{
    return &models[no < n_models ? no : 0];
}
