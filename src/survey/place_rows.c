/* place_rows.c - the places that are worth showing */
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "survey/place.h"

const struct rg_texts *rg_survey_texts(const struct rg_survey *survey)
{
    return &survey->texts;
}

struct rg_place_row rg_survey_place(const struct rg_survey *survey,
                                    uint32_t place, size_t look)
{
    const struct rg__part *part = rg__part(survey, place, look);
    return (struct rg_place_row){.place = place,
                                 .above = RG_NONE,
                                 .kind = survey->places[place].kind,
                                 .type = survey->places[place].type,
                                 .count = part->count,
                                 .length = part->length,
                                 .own = part->own,
                                 .retained = part->retained,
                                 .retained_count = part->retained_count};
}

uint32_t rg_survey_parent(const struct rg_survey *survey, uint32_t place)
{
    return survey->places[place].parent;
}

/* Heaviest first; of equals the one that stands above. */
struct weighed {
    uint64_t retained;
    uint32_t place;
};

static int heaviest_place_first(const void *left, const void *right)
{
    const struct weighed *a = left, *b = right;
    if (a->retained != b->retained)
        return a->retained < b->retained ? 1 : -1;
    return (a->place > b->place) - (a->place < b->place);
}

static enum rg_status weigh_places(const struct rg_survey *survey, size_t look,
                                   struct weighed *weighed, size_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < survey->place_count; i++)
        if (rg__part(survey, i, look)->count > 0)
            weighed[(*count)++] = (struct weighed){
                .retained = rg__part(survey, i, look)->retained, .place = i};
    return rg_sort(weighed, *count, sizeof *weighed, heaviest_place_first,
                   survey->poll);
}

/* Each row behind the one above it, heavier ones first: by walking up. */
static void find_above(const struct rg_survey *survey,
                       struct rg_place_row *rows, size_t count,
                       uint32_t *position)
{
    for (size_t i = 0; i < count; i++)
        position[rows[i].place] = (uint32_t)i;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = survey->places[rows[i].place].parent;
        while (at != RG_NONE && position[at] == RG_NONE)
            at = survey->places[at].parent;
        rows[i].above = at == RG_NONE ? RG_NONE : position[at];
    }
}

/* The rows as a tree is read: `first` and `next` chain what stands below a
 * row, behind the last one what stands below none.  They come heaviest first,
 * so that the chains are in order. */
struct chains {
    uint32_t *first, *next, *position;
    struct rg_place_row *arranged;
};

static void chain_rows(const struct rg_place_row *rows, size_t count,
                       struct chains *chains)
{
    for (size_t i = 0; i <= count; i++)
        chains->first[i] = RG_NONE;
    for (size_t i = count; i-- > 0;) {
        size_t above = rows[i].above == RG_NONE ? count : rows[i].above;
        chains->next[i] = chains->first[above];
        chains->first[above] = (uint32_t)i;
    }
}

static void walk_rows(const struct rg_place_row *rows, size_t count,
                      struct chains *chains)
{
    size_t filled = 0;
    uint32_t at = chains->first[count];
    while (at != RG_NONE) {
        struct rg_place_row row = rows[at];
        chains->position[at] = (uint32_t)filled;
        if (row.above != RG_NONE)
            row.above = chains->position[row.above];
        chains->arranged[filled++] = row;
        if (chains->first[at] != RG_NONE) {
            at = chains->first[at];
            continue;
        }
        while (at != RG_NONE && chains->next[at] == RG_NONE)
            at = rows[at].above;
        if (at != RG_NONE)
            at = chains->next[at];
    }
}

static enum rg_status arrange(struct rg_place_row *rows, size_t count)
{
    struct chains chains = {
        .first = rg_alloc(count + 1, sizeof *chains.first),
        .next = rg_alloc(count, sizeof *chains.next),
        .position = rg_alloc(count, sizeof *chains.position),
        .arranged = rg_alloc(count, sizeof *chains.arranged)};
    enum rg_status status = chains.first == NULL || chains.next == NULL ||
                                    chains.position == NULL ||
                                    chains.arranged == NULL
                                ? RG_ENOMEM
                                : RG_OK;
    if (status == RG_OK && count > 0) {
        chain_rows(rows, count, &chains);
        walk_rows(rows, count, &chains);
        memcpy(rows, chains.arranged, count * sizeof *rows);
    }
    rg_free(chains.first);
    rg_free(chains.next);
    rg_free(chains.position);
    rg_free(chains.arranged);
    return status;
}

enum rg_status rg_survey_heaviest(struct rg_survey *survey, size_t look,
                                  size_t most, struct rg_place_row **rows,
                                  size_t *count)
{
    struct weighed *weighed = rg_alloc(survey->place_count, sizeof *weighed);
    uint32_t *position = rg_alloc(survey->place_count, sizeof *position);
    enum rg_status status =
        weighed == NULL || position == NULL ? RG_ENOMEM : RG_OK;
    *rows = NULL;
    *count = 0;
    if (status == RG_OK)
        status = weigh_places(survey, look, weighed, count);
    if (*count > most)
        *count = most;
    if (status == RG_OK) {
        *rows = rg_alloc(*count, sizeof **rows);
        status = *rows == NULL ? RG_ENOMEM : RG_OK;
    }
    if (status == RG_OK) {
        for (size_t i = 0; i < survey->place_count; i++)
            position[i] = RG_NONE;
        for (size_t i = 0; i < *count; i++)
            (*rows)[i] = rg_survey_place(survey, weighed[i].place, look);
        find_above(survey, *rows, *count, position);
        status = arrange(*rows, *count);
    }
    rg_free(weighed);
    rg_free(position);
    if (status != RG_OK) {
        rg_free(*rows);
        *rows = NULL;
    }
    return status;
}

/* Where much hangs together */

enum { MANY = 10, LEAST_SHARE = 10, NEARLY_ALL = 80, MOST_STEPS = 64 };

static uint32_t heaviest_child(const struct rg_survey *survey, size_t look,
                               uint32_t place)
{
    uint32_t found = RG_NONE;
    for (uint32_t i = 0; i < survey->place_count; i++)
        if (survey->places[i].parent == place &&
            (found == RG_NONE || rg__part(survey, i, look)->retained >
                                     rg__part(survey, found, look)->retained))
            found = i;
    return found;
}

uint32_t rg_survey_accumulation(const struct rg_survey *survey, size_t look)
{
    uint64_t whole = 0;
    for (uint32_t i = 0; i < survey->place_count; i++)
        whole += rg__part(survey, i, look)->own;
    uint32_t at = heaviest_child(survey, look, RG_NONE), best = RG_NONE;
    for (int i = 0; at != RG_NONE && i < MOST_STEPS; i++) {
        uint64_t retained = rg__part(survey, at, look)->retained;
        uint32_t below = heaviest_child(survey, look, at);
        if (retained < whole / 100 * LEAST_SHARE)
            break;
        if (survey->places[at].parent != RG_NONE)
            best = at;
        if (below == RG_NONE || rg__part(survey, below, look)->count >= MANY ||
            rg__part(survey, below, look)->retained <
                retained / 100 * NEARLY_ALL)
            break;
        at = below;
    }
    return best;
}
