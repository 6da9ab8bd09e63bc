/* dict_record.c - whether a dict is a record or a map
 *
 * A dict with few keys that mean different things is a record: its values are
 * places of their own. */
#include "survey/place.h"

enum { MOST_KEYS = 64, FEW_KEYS = 8 };

struct keys {
    uint32_t labels[MOST_KEYS], type;
    size_t count, items, owners;
    bool is_map, is_mixed;
};

static enum rg_status note_key(struct rg_survey *survey, size_t look,
                               size_t reference, struct keys *keys)
{
    const struct rg_dump *dump = survey->looks[look].dump;
    uint32_t label, type;
    size_t i = 0;
    keys->items++;
    if (rg_dump_how_of(dump, reference)->key_type != RG_KEY_STR) {
        keys->is_map = true;
        return RG_OK;
    }
    enum rg_status status =
        rg__survey_text(survey, look, dump->label[reference], &label);
    if (status == RG_OK)
        status = rg__survey_type(survey, look, dump->to[reference], &type);
    if (status != RG_OK)
        return status;
    keys->is_mixed |= keys->count > 0 && type != keys->type;
    keys->type = type;
    while (i < keys->count && keys->labels[i] != label)
        i++;
    if (i == MOST_KEYS)
        keys->is_map = true;
    else if (i == keys->count)
        keys->labels[keys->count++] = label;
    return RG_OK;
}

enum rg_status rg__decide_record(struct rg_survey *survey, uint32_t place)
{
    struct keys keys = {0};
    enum rg_status status = RG_OK;
    if (survey->places[place].flags & RG__IS_DECIDED)
        return RG_OK;
    survey->places[place].flags |= RG__IS_DECIDED;
    for (size_t look = 0; look < survey->look_count; look++) {
        const struct rg__look *at = &survey->looks[look];
        uint32_t node = rg__part(survey, place, look)->head;
        for (; node != RG_NONE; node = at->next[node]) {
            size_t before = keys.items;
            for (size_t i = at->dump->first[node];
                 status == RG_OK && !keys.is_map &&
                 i < at->dump->first[node + 1];
                 i++)
                if (at->steps[at->dump->how[i]].kind == RG_ITEM)
                    status = note_key(survey, look, i, &keys);
            keys.owners += keys.items > before;
            if (status != RG_OK || keys.is_map)
                return status;
        }
    }
    if ((keys.is_mixed || keys.count <= FEW_KEYS) &&
        keys.count * keys.owners <= 2 * keys.items)
        survey->places[place].flags |= RG__IS_RECORD;
    return RG_OK;
}
