/* grow.c - which places grow
 *
 * A place grows when the objects that it leads to by one kind of step, or the
 * items of its own containers, became more from each look to the next.  Below
 * what grows everything else grows too: it is not looked at. */
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "survey/growing.h"

struct hunt {
    struct rg_survey *survey;
    struct rg_growth *growth;
    uint64_t least;
    bool *is_below;  /* by place: under one that grows */
    bool *is_told;   /* by place: it grows */
    bool *is_atom;   /* by place: of a type whose objects hold nothing */
    uint32_t *child; /* by place: the child that grows most, or RG_NONE */
};

static uint64_t figure(const struct rg_survey *survey, uint32_t place,
                       enum rg_growth_sign sign, size_t look)
{
    const struct rg__part *part = rg__part(survey, place, look);
    return sign == RG_GROWTH_LENGTH  ? part->length
           : sign == RG_GROWTH_NAMES ? part->names
                                     : part->count;
}

static bool grows(const struct hunt *hunt, uint32_t place,
                  enum rg_growth_sign sign)
{
    const struct rg_survey *survey = hunt->survey;
    for (size_t i = 1; i < survey->look_count; i++)
        if (figure(survey, place, sign, i) <
            figure(survey, place, sign, i - 1) + hunt->least)
            return false;
    return survey->look_count > 1;
}

static uint64_t grown(const struct rg_survey *survey, uint32_t place,
                      enum rg_growth_sign sign)
{
    return figure(survey, place, sign, survey->look_count - 1) -
           figure(survey, place, sign, 0);
}

/* What numbers and texts a place leads to follows from its containers. */
static const char *const atoms[] = {"str",  "int",     "float",   "bytes",
                                    "bool", "complex", "NoneType"};

static bool is_atom(const struct rg_survey *survey, uint32_t place)
{
    uint32_t type = survey->places[place].type;
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++)
        if (rg__is_text(&survey->texts, type, atoms[i]))
            return true;
    return false;
}

/* Rows */

static enum rg_status add_growth_row(struct hunt *hunt, uint32_t place,
                                     enum rg_growth_sign sign, bool slow)
{
    struct rg_growth *growth = hunt->growth;
    const struct rg_survey *survey = hunt->survey;
    void *rows = growth->rows;
    struct rg_growth_row row = {.place = place,
                                .child = RG_NONE,
                                .sign = sign,
                                .is_slow = slow,
                                .owner = RG_NONE,
                                .common = RG_NONE,
                                .key_place = RG_NONE,
                                .newest = RG_NONE};
    uint32_t told = place;
    if (rg_grow(&rows, &growth->row_capacity, growth->row_count + 1,
                sizeof *growth->rows) < 0)
        return RG_ENOMEM;
    growth->rows = rows;
    if (sign == RG_GROWTH_CHILDREN)
        told = row.child = hunt->child[place];
    row.sizes = rg_alloc(survey->look_count, sizeof *row.sizes);
    if (row.sizes == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < survey->look_count; i++)
        row.sizes[i] = figure(survey, told, sign, i);
    growth->rows[growth->row_count++] = row;
    return RG_OK;
}

/* Notes at each place its child that grows most. */
static void find_children(struct hunt *hunt)
{
    const struct rg_survey *survey = hunt->survey;
    for (uint32_t i = 0; i < survey->place_count; i++)
        hunt->child[i] = RG_NONE;
    for (uint32_t i = 0; i < survey->place_count; i++) {
        uint32_t parent = survey->places[i].parent;
        if (parent == RG_NONE || survey->places[i].period > 0 ||
            hunt->is_atom[i] || !grows(hunt, i, RG_GROWTH_COUNT))
            continue;
        if (hunt->child[parent] == RG_NONE ||
            grown(survey, i, RG_GROWTH_COUNT) >
                grown(survey, hunt->child[parent], RG_GROWTH_COUNT))
            hunt->child[parent] = i;
    }
}

/* Chains, what C code holds, functions that run ever more often. */
static bool grows_by_itself(const struct hunt *hunt, uint32_t place)
{
    const struct rg__place *at = &hunt->survey->places[place];
    bool is_root = at->kind == RG_PLACE_NATIVE || at->kind == RG_PLACE_FRAME;
    return (at->period > 0 || is_root) && !hunt->is_atom[place] &&
           grows(hunt, place, RG_GROWTH_COUNT);
}

/* The nearest object on the way that is no plain container says whose work it
 * is that something grows: what a test runner captures is its own, what a test's
 * own objects collect is not.  (Text that it captures is also in lists that only C
 * code knows.) */
static bool is_runners(const struct rg_survey *survey, uint32_t place)
{
    static const char plain[] = "collections.";
    if (survey->has_runner && survey->places[place].kind == RG_PLACE_NATIVE)
        return true;
    for (uint32_t at = place; at != RG_NONE; at = survey->places[at].parent) {
        uint32_t type = survey->places[at].type;
        const char *name = rg_texts_data(&survey->texts, type);
        size_t size = rg_texts_size(&survey->texts, type);
        if (size == 0 || memchr(name, '.', size) == NULL ||
            (size >= sizeof plain - 1 &&
             memcmp(name, plain, sizeof plain - 1) == 0))
            continue;
        return rg__is_runners_name(name, size);
    }
    return false;
}

/* The first sign by which a place grows; false: it does not. */
static bool find_sign(const struct hunt *hunt, uint32_t place,
                      enum rg_growth_sign *sign)
{
    if (grows_by_itself(hunt, place))
        *sign = RG_GROWTH_COUNT;
    else if (grows(hunt, place, RG_GROWTH_LENGTH))
        *sign = RG_GROWTH_LENGTH;
    else if (grows(hunt, place, RG_GROWTH_NAMES))
        *sign = RG_GROWTH_NAMES;
    else if (hunt->child[place] != RG_NONE)
        *sign = RG_GROWTH_CHILDREN;
    else
        return false;
    return true;
}

static enum rg_status consider_place(struct hunt *hunt, uint32_t place,
                                     bool slow)
{
    enum rg_growth_sign sign;
    if (hunt->is_told[place] || !find_sign(hunt, place, &sign))
        return RG_OK;
    /* Below a chain that grows there is nothing else. */
    hunt->is_below[place] = sign == RG_GROWTH_COUNT;
    hunt->is_told[place] = true;
    return is_runners(hunt->survey, place)
               ? RG_OK
               : add_growth_row(hunt, place, sign, slow);
}

/* Places come after those that lead to them. */
static enum rg_status look_through(struct hunt *hunt, bool slow)
{
    const struct rg_survey *survey = hunt->survey;
    enum rg_status status = RG_OK;
    find_children(hunt);
    for (uint32_t i = 0; status == RG_OK && i < survey->place_count; i++) {
        const struct rg__place *place = &survey->places[i];
        uint32_t parent = place->parent;
        hunt->is_below[i] |= place->flags & RG__IS_FURNITURE ||
                             (parent != RG_NONE && hunt->is_below[parent]);
        /* What grows below a row, and so all that it leads to. */
        hunt->is_below[i] |= parent != RG_NONE && hunt->is_told[parent] &&
                             grows(hunt, i, RG_GROWTH_COUNT);
        if (!hunt->is_below[i])
            status = consider_place(hunt, i, slow);
    }
    return status;
}

/* Order */

static uint64_t grown_by(uint64_t after, uint64_t before)
{
    return after > before ? after - before : 0;
}

static int by_weight(const void *left, const void *right)
{
    const struct rg_growth_row *a = left, *b = right;
    uint64_t of_a = grown_by(a->kept_after, a->kept_before),
             of_b = grown_by(b->kept_after, b->kept_before);
    if (a->is_slow != b->is_slow)
        return a->is_slow ? 1 : -1;
    if ((a->weak == RG_GROWTH_STRONG) != (b->weak == RG_GROWTH_STRONG))
        return a->weak == RG_GROWTH_STRONG ? -1 : 1;
    if (a->is_after != b->is_after)
        return a->is_after ? 1 : -1;
    if (of_a != of_b)
        return of_a < of_b ? 1 : -1;
    return (a->place > b->place) - (a->place < b->place);
}

static enum rg_status hunt_init(struct hunt *hunt)
{
    size_t count = hunt->survey->place_count;
    hunt->is_below = rg_alloc_zeroed(count, sizeof *hunt->is_below);
    hunt->is_told = rg_alloc_zeroed(count, sizeof *hunt->is_told);
    hunt->is_atom = rg_alloc_zeroed(count, sizeof *hunt->is_atom);
    hunt->child = rg_alloc(count, sizeof *hunt->child);
    if (hunt->is_below == NULL || hunt->is_told == NULL ||
        hunt->is_atom == NULL || hunt->child == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        hunt->is_atom[i] = is_atom(hunt->survey, i);
    return RG_OK;
}

/* A table that has something for each object that another one holds grows
 * because that one does. */
static bool is_after(const struct rg_survey *survey,
                     const struct rg_growth *growth,
                     const struct rg_growth_row *row)
{
    /* Frames come with threads, and what C code holds with what it belongs to:
     * anything that has a name comes before. */
    if (row->sign == RG_GROWTH_COUNT &&
        survey->places[row->place].parent == RG_NONE)
        return true;
    for (uint32_t at = row->key_place; at != RG_NONE;
         at = survey->places[at].parent)
        for (size_t i = 0; i < growth->row_count; i++)
            if (&growth->rows[i] != row && growth->rows[i].place == at &&
                growth->rows[i].key_place != row->place && row->place != at)
                return true;
    return false;
}

/* Weak references to garbage go when that is collected. */
static bool is_waiting_row(const struct rg_survey *survey,
                           const struct rg_growth *growth,
                           const struct rg_growth_row *row)
{
    (void)survey;
    (void)growth;
    return row->weak == RG_GROWTH_WAITING;
}

/* Functions that run more often say nothing beside what starts the threads. */
static bool is_frame_beside(const struct rg_survey *survey,
                            const struct rg_growth *growth,
                            const struct rg_growth_row *row)
{
    bool has_other = false;
    for (size_t i = 0; i < growth->row_count; i++)
        has_other |= !growth->rows[i].is_after;
    return has_other && row->is_after &&
           survey->places[row->place].kind == RG_PLACE_FRAME;
}

static void drop_rows(const struct rg_survey *survey, struct rg_growth *growth,
                      bool (*is_dropped)(const struct rg_survey *,
                                         const struct rg_growth *,
                                         const struct rg_growth_row *))
{
    size_t kept = 0;
    for (size_t i = 0; i < growth->row_count; i++) {
        struct rg_growth_row row = growth->rows[i];
        if (is_dropped(survey, growth, &row)) {
            rg_free(row.sizes);
            growth->rows[i].sizes = NULL;
            continue;
        }
        growth->rows[i].sizes = NULL;
        growth->rows[kept++] = row;
    }
    growth->row_count = kept;
}

static enum rg_status weigh_rows(struct rg_survey *survey,
                                 struct rg_growth *growth)
{
    enum rg_status status = RG_OK;
    if (growth->row_count == 0)
        return RG_OK;
    for (size_t i = 0; status == RG_OK && i < growth->row_count; i++)
        status = rg__find_items(survey, &growth->rows[i]);
    if (status == RG_OK)
        drop_rows(survey, growth, is_waiting_row);
    for (size_t i = 0; status == RG_OK && i < growth->row_count; i++)
        growth->rows[i].is_after = is_after(survey, growth, &growth->rows[i]);
    if (status == RG_OK)
        drop_rows(survey, growth, is_frame_beside);
    for (size_t i = 0; status == RG_OK && i < growth->row_count; i++)
        rg__find_bound(survey, &growth->rows[i]);
    if (status == RG_OK)
        status = rg__share(survey, growth, 0, false);
    if (status == RG_OK)
        status = rg__share(survey, growth, survey->look_count - 1, true);
    for (size_t i = 0; status == RG_OK && i < growth->row_count; i++)
        rg__judge_bound(survey, &growth->rows[i]);
    if (status == RG_OK)
        status = rg_sort(growth->rows, growth->row_count, sizeof *growth->rows,
                         by_weight, survey->poll);
    return status;
}

enum rg_status rg_survey_growth(struct rg_survey *survey, uint64_t least,
                                struct rg_growth *growth)
{
    struct hunt hunt = {.survey = survey, .growth = growth, .least = least};
    *growth = (struct rg_growth){0};
    enum rg_status status = hunt_init(&hunt);
    if (status == RG_OK)
        status = look_through(&hunt, false);
    hunt.least = 1;
    if (status == RG_OK && least > 1)
        status = look_through(&hunt, true);
    rg_free(hunt.is_below);
    rg_free(hunt.is_told);
    rg_free(hunt.is_atom);
    rg_free(hunt.child);
    return status == RG_OK ? weigh_rows(survey, growth) : status;
}

void rg_growth_free(struct rg_growth *growth)
{
    for (size_t i = 0; i < growth->row_count; i++)
        rg_free(growth->rows[i].sizes);
    rg_free(growth->rows);
    *growth = (struct rg_growth){0};
}
