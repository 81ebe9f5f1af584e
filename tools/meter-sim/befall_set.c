/* Draws are made of hashes, so that nobody's turn changes another's. */
#include "tools/meter-sim/befall.h"

#include <string.h>

#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/keys.h"

static uint64_t text_hash(uint64_t h, const char *text)
{
    h ^= UINT64_C(0xCBF29CE484222325);
    for (; *text != '\0'; text++)
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    return chance_mix(h);
}

uint64_t befall_seed(uint64_t seed, size_t statement, uint64_t turn)
{
    return chance_mix(chance_mix(seed + statement) + turn);
}

bool befall_share(uint64_t draw, const struct meter *m, uint32_t share)
{
    return share >= SCENARIO_WHOLE ||
           text_hash(draw, m->serial) % SCENARIO_WHOLE < share;
}

static bool in_range(const struct scenario_term *t, const struct meter *m)
{
    size_t len = strlen(m->serial);

    return len == strlen(t->text) && strcmp(m->serial, t->text) >= 0 &&
           strcmp(m->serial, t->to) <= 0;
}

static bool term_has(const struct scenario *s, const struct scenario_set *set,
                     const struct scenario_term *t, uint64_t seed,
                     const struct meter *m)
{
    const struct model *model = model_at(m->model);

    switch (t->kind) {
    case TERM_ALL:
        return true;
    case TERM_VALVE:
        return m->valve != VALVE_NONE;
    case TERM_ARCHIVE:
        return model->has_archive;
    case TERM_SMALL:
        return model->small;
    case TERM_POWER:
        return model->electricity;
    case TERM_GAS:
        return !model->electricity;
    case TERM_KEYS:
        return keys_cipher(m);
    case TERM_MODEL:
        return strcmp(model->name, t->text) == 0;
    case TERM_SHARE: /* the same meters whenever the group is named */
        return befall_share(text_hash(seed, set->name != NULL ? set->name : ""),
                            m, t->share);
    case TERM_RANGE:
        return in_range(t, m);
    case TERM_GROUP:
        return befall_set_has(s, t->set, seed, m);
    }
    return false;
}

/* A group names only groups before it, so this ends. */
bool befall_set_has(const struct scenario *s, size_t set, uint64_t seed,
                    const struct meter *m)
{
    const struct scenario_set *all = &s->set[set];

    for (size_t i = 0; i < all->n; i++)
        if (term_has(s, all, &all->term[i], seed, m) == all->term[i].no)
            return false;
    return true;
}

bool befall_can(enum deed_kind deed, const struct meter *m)
{
    bool has_valve = m->valve != VALVE_NONE;

    if (deed == BEFALLS_STUCK)
        return has_valve && m->valve != VALVE_FAULTY;
    if (deed == BEFALLS_LEAK || deed == BEFALLS_REVERSE)
        return !meter_is_electric(m);
    return true;
}
