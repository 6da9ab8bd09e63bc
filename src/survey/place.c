#include "survey/place.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* Texts */

enum rg_status rg__survey_text(struct rg_survey *survey, size_t look,
                               uint32_t text, uint32_t *result)
{
    struct rg__look *at = &survey->looks[look];
    const struct rg_texts *texts = &at->dump->texts;
    enum rg_status status = RG_OK;
    if (at->text[text] == 0) {
        status = rg_texts_add(&survey->texts, rg_texts_data(texts, text),
                              rg_texts_size(texts, text), result);
        if (status == RG_OK)
            at->text[text] = *result + 1;
    }
    *result = at->text[text] - 1;
    return status;
}

static int put_dump_text(struct rg_buffer *out, const struct rg_texts *texts,
                         uint32_t text)
{
    return rg_buffer_append(out, rg_texts_data(texts, text),
                            rg_texts_size(texts, text));
}

/* module.qualname; nothing for what is no object. */
enum rg_status rg__survey_type(struct rg_survey *survey, size_t look,
                               uint32_t node, uint32_t *result)
{
    struct rg__look *at = &survey->looks[look];
    const struct rg_texts *texts = &at->dump->texts;
    uint32_t number = at->dump->about[node];
    const struct rg_dump_about *about = &at->dump->abouts[number];
    struct rg_buffer *out = &survey->scratch;
    enum rg_status status = RG_OK;
    *result = 0;
    if (at->type[number] == 0) {
        out->size = 0;
        if (rg_texts_size(texts, about->module) > 0 &&
            (put_dump_text(out, texts, about->module) < 0 ||
             rg_buffer_append(out, ".", 1) < 0))
            return RG_ENOMEM;
        if (put_dump_text(out, texts, about->qualname) < 0)
            return RG_ENOMEM;
        status = rg_texts_add(&survey->texts, out->data, out->size, result);
        if (status == RG_OK)
            at->type[number] = *result + 1;
        return status;
    }
    *result = at->type[number] - 1;
    return status;
}

int rg__text_compare(const struct rg_texts *texts, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    size_t size_a = rg_texts_size(texts, a), size_b = rg_texts_size(texts, b);
    size_t size = size_a < size_b ? size_a : size_b;
    int order = size == 0 ? 0
                          : memcmp(rg_texts_data(texts, a),
                                   rg_texts_data(texts, b), size);
    return order != 0 ? order : (size_a > size_b) - (size_a < size_b);
}

bool rg__is_text(const struct rg_texts *texts, uint32_t text, const char *word)
{
    return rg_texts_size(texts, text) == strlen(word) &&
           memcmp(rg_texts_data(texts, text), word, strlen(word)) == 0;
}

/* Places */

struct sought {
    const struct rg_survey *survey;
    const struct rg__place *key;
};

static bool is_same_step(const struct rg__place *a, const struct rg__place *b)
{
    return a->kind == b->kind && a->label == b->label && a->type == b->type;
}

static bool is_sought_place(const void *context, uint32_t index)
{
    const struct sought *sought = context;
    const struct rg__place *place = &sought->survey->places[index];
    return place->parent == sought->key->parent &&
           is_same_step(place, sought->key);
}

static enum rg_status append_place(struct rg_survey *survey,
                                   const struct rg__place *key)
{
    void *places = survey->places, *parts = survey->parts;
    size_t count = survey->place_count, looks = survey->look_count;
    if (count >= RG__OURS)
        return RG_ELIMIT;
    if (rg_grow(&places, &survey->place_capacity, count + 1,
                sizeof *survey->places) < 0)
        return RG_ENOMEM;
    survey->places = places;
    if (rg_grow(&parts, &survey->part_capacity, (count + 1) * looks,
                sizeof *survey->parts) < 0)
        return RG_ENOMEM;
    survey->parts = parts;
    survey->places[count] = *key;
    survey->places[count].flags = survey->places[count].period = 0;
    for (size_t i = 0; i < looks; i++)
        survey->parts[count * looks + i] =
            (struct rg__part){.head = RG_NONE,
                              .tail = RG_NONE,
                              .done = RG_NONE,
                              .done_late = RG_NONE};
    survey->place_count++;
    return RG_OK;
}

enum rg_status rg__place_find(struct rg_survey *survey,
                              const struct rg__place *key, uint32_t *place)
{
    const struct sought sought = {survey, key};
    if (rg_hash_reserve(&survey->index) < 0)
        return RG_ENOMEM;
    uint32_t hash =
        rg_hash_mix(rg_hash_join(rg_hash_join(key->parent, key->kind),
                                 (uint64_t)key->label << 32 | key->type));
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&survey->index, hash, is_sought_place, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = append_place(survey, key);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&survey->index, slot, hash,
                     (uint32_t)(survey->place_count - 1));
    }
    *place = slot->index;
    return RG_OK;
}

/* Chains and trees lead from like to like for ever: a step that repeats the
 * last one, or the last few, leads back into the place. */
enum { MOST_PERIOD = 4 };

static uint32_t find_repeated(const struct rg_survey *survey, uint32_t parent,
                              const struct rg__place *key, uint32_t *period)
{
    const struct rg__place *places = survey->places;
    uint32_t candidate = parent;
    for (*period = 1; *period <= MOST_PERIOD; ++*period) {
        if (candidate == RG_NONE)
            return RG_NONE;
        /* As many steps before the candidate as between it and the key. */
        uint32_t a = candidate, b = parent;
        bool repeats = is_same_step(&places[candidate], key) &&
                       places[candidate].parent != RG_NONE;
        for (uint32_t i = 1; repeats && i < *period; i++) {
            a = places[a].parent;
            repeats = a != RG_NONE && is_same_step(&places[a], &places[b]);
            b = places[b].parent;
        }
        if (repeats)
            return candidate;
        candidate = places[candidate].parent;
    }
    return RG_NONE;
}

enum rg_status rg__place_below(struct rg_survey *survey, uint32_t parent,
                               const struct rg__place *key, uint32_t *place)
{
    uint32_t period, repeated = find_repeated(survey, parent, key, &period);
    if (repeated != RG_NONE) {
        struct rg__place *found = &survey->places[repeated];
        if (found->period == 0)
            found->period = period;
        *place = repeated;
        return RG_OK;
    }
    struct rg__place whole = *key;
    whole.parent = parent;
    return rg__place_find(survey, &whole, place);
}

int rg__place_compare(const struct rg_survey *survey, uint32_t a, uint32_t b)
{
    const struct rg__place *left = &survey->places[a],
                           *right = &survey->places[b];
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    int order = rg__text_compare(&survey->texts, left->label, right->label);
    if (order == 0)
        order = rg__text_compare(&survey->texts, left->type, right->type);
    return order != 0 ? order : (a > b) - (a < b);
}
