/* The table of models. */
#include "tools/meter-sim/model.h"

#include <string.h>

#include "lib/base/log.h"

/* clang-format off */
static struct model models[MODELS_MAX] = {
    /* name                          firmware  electr valve  confirm wide  leak   thermo archiv cell  share */
    { "СГ-Лазурь G4",                "1.4.2",  false, false, true,  false, false, true,  true,  true,  22 },
    { "СГ-Лазурь G4-К",              "1.4.2",  false, true,  true,  false, true,  true,  true,  false, 26 },
    { "СГ-Лазурь G1.6",              "1.3.0",  false, false, true,  false, false, false, true,  false, 14 },
    { "СГ-Лазурь G6-К",              "2.0.1",  false, true,  true,  true,  false, true,  true,  true,  10 },
    { "СГ-Лазурь G4-КД",             "2.0.1",  false, true,  true,  false, true,  true,  true,  true,  5 },
    { "СГ-Лазурь G10",               "2.0.1",  false, false, true,  true,  false, true,  true,  true,  2 },
    { "СГ-Бриз G2.5-К",              "3.11",   false, true,  false, false, false, true,  false, false, 7 },
    { "СГ-Бриз G4",                  "3.11",   false, false, false, false, false, false, false, false, 7 },
    { "СГ-Бриз G4-КД",               "3.20",   false, true,  true,  false, true,  true,  false, false, 5 },
    { "Счётчик электроэнергии DLMS", "5.0.17", true,  false, true,  true,  false, false, false, false, 2 },
    { "Счётчик газа DLMS",           "1.0",    false, true,  true,  false, false, true,  false, false, 0 },
    { "Aidon",                       "5.0.17", true,  false, true,  true,  false, false, false, false, 0 },
    { "Kamstrup Omnipower",          "5.0.17", true,  false, true,  true,  false, false, false, false, 0 },
    { "Kaifa KFM_001",               "5.0.17", true,  false, true,  true,  false, false, false, false, 0 },
    { "Kaifa MA309M",                "5.0.17", true,  false, true,  true,  false, false, false, false, 0 },
};
/* clang-format on */
static uint8_t n_models = 15;

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
