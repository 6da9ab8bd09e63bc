/* tree.c - who is where: the walk that hands out the objects
 *
 * Breadth first from the roots, in all looks at once.  What the objects of a place
 * lead to is sorted by kind of step and by type before anything is handed
 * out, so that which place gets an object that several lead to follows from
 * names and not from addresses. */
#include "base/alloc.h"
#include "base/sort.h"
#include "search/search.h"
#include "survey/place.h"

/* In a claim's look: on what only implements a member of the place that is
 * read.  A chain leads back into that place too, and its members are claimed
 * like any children. */
#define PLUMBING (1U << 31)

/* An object that would become one of `place`. */
struct rg__claim {
    uint32_t place, look, node, from, via;
};

static void forget_look(struct rg__look *look)
{
    rg_free(look->place);
    rg_free(look->next);
    rg_free(look->from);
    rg_free(look->via);
    rg_free(look->order);
    rg_free(look->absorbed);
    rg_free(look->text);
    rg_free(look->type);
    rg_free(look->sort);
    rg_free(look->steps);
}

void rg_survey_free(struct rg_survey *survey)
{
    if (survey == NULL)
        return;
    for (size_t i = 0; survey->looks != NULL && i < survey->look_count; i++)
        forget_look(&survey->looks[i]);
    rg_free(survey->looks);
    rg_free(survey->places);
    rg_free(survey->parts);
    rg_hash_free(&survey->index);
    rg_texts_free(&survey->texts);
    rg_buffer_free(&survey->scratch);
    rg_free(survey->queue);
    rg_free(survey->touched);
    rg_free(survey->claims);
    rg_free(survey);
}

static enum rg_status look_init(struct rg__look *look,
                                const struct rg_dump *dump)
{
    size_t count = dump->node_count;
    look->dump = dump;
    look->place = rg_alloc(count, sizeof *look->place);
    look->next = rg_alloc(count, sizeof *look->next);
    look->from = rg_alloc(count, sizeof *look->from);
    look->via = rg_alloc(count, sizeof *look->via);
    look->order = rg_alloc(count, sizeof *look->order);
    look->absorbed = rg_alloc_zeroed(count, sizeof *look->absorbed);
    look->text = rg_alloc_zeroed(dump->texts.count, sizeof *look->text);
    look->type = rg_alloc_zeroed(dump->about_count, sizeof *look->type);
    look->steps = rg_alloc_zeroed(dump->how_count, sizeof *look->steps);
    look->sort = rg_alloc_zeroed(dump->about_count, sizeof *look->sort);
    if (!look->sort || !look->place || !look->next || !look->from ||
        !look->via || !look->order || !look->absorbed || !look->text ||
        !look->type || !look->steps)
        return RG_ENOMEM;
    rg__steps_fill(look);
    for (size_t i = 0; i < count; i++)
        look->place[i] =
            rg__is_sort(look, (uint32_t)i, RG__SORT_OURS) ? RG__OURS : RG_NONE;
    return RG_OK;
}

/* The queue */

enum rg_status rg__queue_place(struct rg_survey *survey, uint32_t place)
{
    void *queue = survey->queue;
    if (survey->places[place].flags & RG__IS_QUEUED)
        return RG_OK;
    if (survey->queue_head == survey->queue_count)
        survey->queue_head = survey->queue_count = 0;
    if (rg_grow(&queue, &survey->queue_capacity, survey->queue_count + 1,
                sizeof *survey->queue) < 0)
        return RG_ENOMEM;
    survey->queue = queue;
    survey->queue[survey->queue_count++] = place;
    survey->places[place].flags |= RG__IS_QUEUED;
    return RG_OK;
}

void rg__claim_node(struct rg_survey *survey, size_t look, uint32_t place,
                    uint32_t node, uint32_t from, uint32_t via, bool absorbed)
{
    struct rg__look *at = &survey->looks[look];
    struct rg__part *part = rg__part(survey, place, look);
    at->place[node] = place;
    at->next[node] = RG_NONE;
    at->from[node] = from;
    at->via[node] = via;
    at->absorbed[node] = absorbed;
    at->order[at->met++] = node;
    if (part->head == RG_NONE)
        part->head = node;
    else
        at->next[part->tail] = node;
    part->tail = node;
    part->count += !absorbed;
    part->own += at->dump->bytes[node];
}

/* Reading one place */

static enum rg_status add_claim(struct rg_survey *survey,
                                const struct rg__claim *claim)
{
    void *claims = survey->claims;
    if (rg_grow(&claims, &survey->claim_capacity, survey->claim_count + 1,
                sizeof *survey->claims) < 0)
        return RG_ENOMEM;
    survey->claims = claims;
    survey->claims[survey->claim_count++] = *claim;
    return RG_OK;
}

static enum rg_status add_plumbing(struct rg_survey *survey,
                                   struct rg__claim *claim)
{
    claim->look |= PLUMBING;
    return add_claim(survey, claim);
}

static enum rg_status touch(struct rg_survey *survey, uint32_t place)
{
    void *touched = survey->touched;
    if (survey->places[place].flags & RG__IS_TOUCHED)
        return RG_OK;
    if (rg_grow(&touched, &survey->touched_capacity, survey->touched_count + 1,
                sizeof *survey->touched) < 0)
        return RG_ENOMEM;
    survey->touched = touched;
    survey->touched[survey->touched_count++] = place;
    survey->places[place].flags |= RG__IS_TOUCHED;
    return RG_OK;
}

static bool is_plumbing(const struct rg__look *look, uint32_t node)
{
    const struct rg_dump_about *about = rg_dump_about_of(look->dump, node);
    return about->role & RG_ROLE_INNER ||
           (about->role & RG_ROLE_FOLDS && look->dump->items[node] == 0);
}

/* Where the reference leads to a child, which one. */
static enum rg_status child_of(struct rg_survey *survey, size_t look,
                               uint32_t place, size_t reference,
                               const struct rg__step *step, uint32_t *child)
{
    struct rg__look *at = &survey->looks[look];
    struct rg__place key = {.kind = step->kind};
    bool by_key = step->kind == RG_ITEM &&
                  survey->places[place].flags & RG__IS_RECORD &&
                  rg_dump_how_of(at->dump, reference)->key_type == RG_KEY_STR;
    enum rg_status status = RG_OK;
    if (step->is_labelled || by_key)
        status = rg__survey_text(survey, look, at->dump->label[reference],
                                 &key.label);
    if (status == RG_OK)
        status =
            rg__survey_type(survey, look, at->dump->to[reference], &key.type);
    return status == RG_OK ? rg__place_below(survey, place, &key, child)
                           : status;
}

static bool is_class(const struct rg__look *look, uint32_t node)
{
    return rg_dump_about_of(look->dump, node)->flags & RG_DUMP_CLASS;
}

/* What a class refers to as its members are other classes, for the most
 * part. */
static bool is_late_step(const struct rg__look *look, uint32_t node,
                         const struct rg__step *step)
{
    return step->is_late || (step->kind == RG_MEMBER && is_class(look, node));
}

static enum rg_status read_reference(struct rg_survey *survey, size_t look,
                                     uint32_t place, uint32_t node,
                                     size_t reference, bool late)
{
    struct rg__look *at = &survey->looks[look];
    const struct rg__step *step = &at->steps[at->dump->how[reference]];
    struct rg__claim claim = {.place = place,
                              .look = (uint32_t)look,
                              .node = at->dump->to[reference],
                              .from = node,
                              .via = (uint32_t)reference};
    if (at->place[claim.node] != RG_NONE || claim.node == 0)
        return RG_OK;
    if (step->absorbs ||
        (step->is_step && at->absorbed[node] && is_plumbing(at, claim.node)))
        return late ? RG_OK : add_plumbing(survey, &claim);
    if (step->is_folded && is_class(at, node))
        return late ? add_plumbing(survey, &claim) : RG_OK;
    if (!step->is_step || is_late_step(at, node, step) != late)
        return RG_OK;
    enum rg_status status =
        child_of(survey, look, place, reference, step, &claim.place);
    if (status == RG_OK)
        status = touch(survey, claim.place);
    return status == RG_OK ? add_claim(survey, &claim) : status;
}

static void measure(struct rg_survey *survey, size_t look, uint32_t place,
                    uint32_t node, size_t reference)
{
    const struct rg__look *at = &survey->looks[look];
    const struct rg__step *step = &at->steps[at->dump->how[reference]];
    struct rg__part *part = rg__part(survey, place, look);
    if (at->place[at->dump->to[reference]] == RG__OURS)
        return;
    part->length += step->is_item;
    part->names += step->is_name && !rg__is_sort(at, node, RG__SORT_MODULE);
}

static enum rg_status take_member(struct rg_survey *survey, size_t look,
                                  uint32_t place, uint32_t node, bool late)
{
    const struct rg__look *at = &survey->looks[look];
    size_t first = at->dump->first[node], end = at->dump->first[node + 1];
    enum rg_status status = RG_OK;
    for (size_t i = first; status == RG_OK && i < end; i++) {
        if (!late && !at->absorbed[node])
            measure(survey, look, place, node, i);
        status = read_reference(survey, look, place, node, i, late);
    }
    return status == RG_OK ? rg_poll(survey->poll, end - first + 1) : status;
}

/* What was not read yet of the place in one look. */
static enum rg_status read_part(struct rg_survey *survey, size_t look,
                                uint32_t place, bool late)
{
    struct rg__part *part = rg__part(survey, place, look);
    const uint32_t *next = survey->looks[look].next;
    uint32_t done = late ? part->done_late : part->done, last = part->tail;
    enum rg_status status = RG_OK;
    while (status == RG_OK && done != last) {
        done = done == RG_NONE ? part->head : next[done];
        status = take_member(survey, look, place, done, late);
        part = rg__part(survey, place, look); /* places may have moved */
    }
    if (late)
        part->done_late = done;
    else
        part->done = done;
    return status;
}

/* Handing out */

struct sorted {
    uint32_t place;
    const struct rg_survey *survey;
};

static int places_by_content(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    return rg__place_compare(a->survey, a->place, b->place);
}

static enum rg_status sort_touched(struct rg_survey *survey)
{
    size_t count = survey->touched_count;
    struct sorted *sorted = rg_alloc(count, sizeof *sorted);
    if (sorted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct sorted){survey->touched[i], survey};
    enum rg_status status =
        rg_sort(sorted, count, sizeof *sorted, places_by_content, NULL);
    for (size_t i = 0; i < count; i++)
        survey->touched[i] = sorted[i].place;
    rg_free(sorted);
    return status;
}

static enum rg_status grant(struct rg_survey *survey,
                            const struct rg__claim *claim)
{
    size_t look = claim->look & ~PLUMBING;
    if (survey->looks[look].place[claim->node] != RG_NONE)
        return RG_OK;
    rg__claim_node(survey, look, claim->place, claim->node, claim->from,
                   claim->via, claim->look & PLUMBING);
    return rg__queue_place(survey, claim->place);
}

/* From 1 on, in the order of what leads there; plumbing comes last. */
static size_t claim_rank(const struct rg_survey *survey,
                         const struct rg__claim *claim)
{
    return claim->look & PLUMBING
               ? survey->touched_count + 1
               : survey->places[claim->place].flags >> RG__RANK_SHIFT;
}

/* Claims in the order of their ranks: a counting sort. */
static enum rg_status order_claims(struct rg_survey *survey,
                                   struct rg__claim *ordered)
{
    size_t count = survey->touched_count;
    size_t *start = rg_alloc_zeroed(count + 3, sizeof *start);
    if (start == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        survey->places[survey->touched[i]].flags |= (uint32_t)(i + 1)
                                                    << RG__RANK_SHIFT;
    for (size_t i = 0; i < survey->claim_count; i++)
        start[claim_rank(survey, &survey->claims[i]) + 1]++;
    for (size_t i = 1; i < count + 3; i++)
        start[i] += start[i - 1];
    for (size_t i = 0; i < survey->claim_count; i++)
        ordered[start[claim_rank(survey, &survey->claims[i])]++] =
            survey->claims[i];
    for (size_t i = 0; i < count; i++)
        survey->places[survey->touched[i]].flags &=
            (1U << RG__RANK_SHIFT) - 1 - RG__IS_TOUCHED;
    rg_free(start);
    return RG_OK;
}

/* Children first, then the place's own plumbing. */
static enum rg_status hand_out(struct rg_survey *survey)
{
    size_t count = survey->claim_count;
    struct rg__claim *claims = rg_alloc(count, sizeof *claims);
    enum rg_status status = claims == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK && survey->touched_count > 1)
        status = sort_touched(survey);
    if (status == RG_OK)
        status = order_claims(survey, claims);
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = grant(survey, &claims[i]);
    survey->claim_count = survey->touched_count = 0;
    rg_free(claims);
    return status;
}

static bool is_read(const struct rg_survey *survey, uint32_t place, bool late)
{
    for (size_t i = 0; i < survey->look_count; i++) {
        const struct rg__part *part = rg__part(survey, place, i);
        if ((late ? part->done_late : part->done) != part->tail)
            return false;
    }
    return true;
}

static enum rg_status read_place(struct rg_survey *survey, uint32_t place,
                                 bool late)
{
    enum rg_status status = RG_OK;
    if (survey->splits && !late)
        status = rg__decide_record(survey, place);
    while (status == RG_OK && !is_read(survey, place, late)) {
        for (size_t i = 0; status == RG_OK && i < survey->look_count; i++)
            status = read_part(survey, i, place, late);
        if (status == RG_OK && survey->claim_count > 0)
            status = hand_out(survey);
    }
    return status;
}

enum rg_status rg__spread(struct rg_survey *survey)
{
    enum rg_status status = RG_OK;
    while (status == RG_OK && survey->queue_head < survey->queue_count) {
        uint32_t place = survey->queue[survey->queue_head++];
        survey->places[place].flags &= ~(uint32_t)RG__IS_QUEUED;
        status = read_place(survey, place, false);
    }
    return status;
}

/* As often as something is found. */
enum rg_status rg__spread_late(struct rg_survey *survey)
{
    enum rg_status status = RG_OK;
    bool found = true;
    while (status == RG_OK && found) {
        found = false;
        for (uint32_t i = 0; status == RG_OK && i < survey->place_count; i++) {
            if (is_read(survey, i, true))
                continue;
            found = true;
            status = read_place(survey, i, true);
            if (status == RG_OK)
                status = rg__spread(survey);
        }
    }
    return status;
}

enum rg_status rg_survey_new(const struct rg_dump *const *dumps, size_t count,
                             bool splits, struct rg_poll *poll,
                             struct rg_survey **result)
{
    struct rg_survey *survey = rg_alloc_zeroed(1, sizeof *survey);
    enum rg_status status = survey == NULL ? RG_ENOMEM : RG_OK;
    uint32_t nothing;
    *result = NULL;
    if (status == RG_OK) {
        survey->looks = rg_alloc_zeroed(count, sizeof *survey->looks);
        survey->look_count = count;
        survey->splits = splits;
        survey->poll = poll;
        status = survey->looks == NULL ? RG_ENOMEM : RG_OK;
    }
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = look_init(&survey->looks[i], dumps[i]);
    if (status == RG_OK)
        status = rg_texts_add(&survey->texts, "", 0, &nothing);
    if (status == RG_OK)
        status = rg__begin_at_roots(survey);
    if (status == RG_OK)
        *result = survey;
    else
        rg_survey_free(survey);
    return status;
}
