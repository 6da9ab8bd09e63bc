/* place_weights.c - what only the objects of a place keep alive, together
 *
 * An object goes with a place when every way from the roots passes through some
 * object of the place.  The shortest way to it does, so that such a place is
 * its own or one that the tree has above that one: the set of them is a short
 * list.  Each object's is what the sets of all its referrers have in common,
 * and its own place: the greatest solution of that is found by handing sets
 * on until nothing changes (as Cooper, Harvey and Kennedy, "A simple, fast
 * dominance algorithm", 2001, do for single nodes).
 *
 * Sets are lists in falling order of places, and equal ones are one: number 0 is
 * the empty one, every other is a place and the number of the rest. */
#include <string.h>

#include "base/alloc.h"
#include "survey/place.h"

struct set {
    uint32_t place, rest;
    uint64_t bytes, count; /* of the objects that have it */
};

enum { MEMORY = 1 << 12 };

struct weighing {
    struct rg_survey *survey;
    const struct rg__look *look;
    size_t number; /* of the look */
    struct set *sets;
    size_t set_count, set_capacity;
    struct rg_hash index;
    uint32_t *incoming; /* by node: what its referrers have in common;
                           RG_NONE: none was met yet */
    bool *waits;
    uint32_t *queue; /* a ring */
    size_t queue_count, queue_head;
    uint32_t *scratch;
    size_t scratch_capacity;
    struct {
        uint32_t a, b, result;
    } known[MEMORY]; /* intersections found lately */
};

struct sought {
    const struct weighing *weighing;
    uint32_t place, rest;
};

static bool is_sought_set(const void *context, uint32_t index)
{
    const struct sought *sought = context;
    const struct set *set = &sought->weighing->sets[index];
    return set->place == sought->place && set->rest == sought->rest;
}

/* The set of a place and a set in which all places are less. */
static enum rg_status join_set(struct weighing *weighing, uint32_t place,
                               uint32_t rest, uint32_t *result)
{
    const struct sought sought = {weighing, place, rest};
    uint32_t hash = rg_hash_mix((uint64_t)place << 32 | rest);
    void *sets = weighing->sets;
    if (rg_hash_reserve(&weighing->index) < 0)
        return RG_ENOMEM;
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&weighing->index, hash, is_sought_set, &sought);
    if (slot->index == RG_HASH_FREE) {
        if (weighing->set_count >= RG_NONE)
            return RG_ELIMIT;
        if (rg_grow(&sets, &weighing->set_capacity, weighing->set_count + 1,
                    sizeof *weighing->sets) < 0)
            return RG_ENOMEM;
        weighing->sets = sets;
        weighing->sets[weighing->set_count] =
            (struct set){.place = place, .rest = rest};
        rg_hash_fill(&weighing->index, slot, hash,
                     (uint32_t)weighing->set_count++);
    }
    *result = slot->index;
    return RG_OK;
}

static enum rg_status remember(struct weighing *weighing, size_t count,
                               uint32_t place)
{
    void *scratch = weighing->scratch;
    if (rg_grow(&scratch, &weighing->scratch_capacity, count + 1,
                sizeof *weighing->scratch) < 0)
        return RG_ENOMEM;
    weighing->scratch = scratch;
    weighing->scratch[count] = place;
    return RG_OK;
}

/* The first `count` places of the scratch array before a set. */
static enum rg_status join_scratch(struct weighing *weighing, size_t count,
                                   uint32_t rest, uint32_t *result)
{
    enum rg_status status = RG_OK;
    *result = rest;
    while (status == RG_OK && count-- > 0)
        status = join_set(weighing, weighing->scratch[count], *result, result);
    return status;
}

static enum rg_status with_place(struct weighing *weighing, uint32_t set,
                                 uint32_t place, uint32_t *result)
{
    size_t count = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && set != 0 && weighing->sets[set].place > place) {
        status = remember(weighing, count++, weighing->sets[set].place);
        set = weighing->sets[set].rest;
    }
    if (status == RG_OK && (set == 0 || weighing->sets[set].place != place))
        status = join_set(weighing, place, set, &set);
    return status == RG_OK ? join_scratch(weighing, count, set, result)
                           : status;
}

static enum rg_status sets_in_common(struct weighing *weighing, uint32_t a,
                                     uint32_t b, uint32_t *result)
{
    const struct set *sets = weighing->sets;
    size_t count = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && a != b && a != 0 && b != 0) {
        uint32_t in_a = sets[a].place, in_b = sets[b].place;
        if (in_a == in_b)
            status = remember(weighing, count++, in_a);
        if (in_a >= in_b)
            a = sets[a].rest;
        if (in_b >= in_a)
            b = sets[b].rest;
    }
    if (status != RG_OK)
        return status;
    return join_scratch(weighing, count, a == b ? a : 0, result);
}

static enum rg_status intersect_sets(struct weighing *weighing, uint32_t a,
                                     uint32_t b, uint32_t *result)
{
    if (a == b || b == RG_NONE || a == RG_NONE) {
        *result = a == RG_NONE ? b : a;
        return RG_OK;
    }
    if (a == 0 || b == 0) {
        *result = 0;
        return RG_OK;
    }
    size_t slot = rg_hash_mix((uint64_t)a << 32 | b) % MEMORY;
    *result = 0;
    if (weighing->known[slot].a == a && weighing->known[slot].b == b) {
        *result = weighing->known[slot].result;
        return RG_OK;
    }
    enum rg_status status = sets_in_common(weighing, a, b, result);
    weighing->known[slot].a = a;
    weighing->known[slot].b = b;
    weighing->known[slot].result = *result;
    return status;
}

/* Handing on */

static void wait_in_queue(struct weighing *weighing, uint32_t node)
{
    size_t size = weighing->look->met;
    if (weighing->waits[node])
        return;
    weighing->waits[node] = true;
    weighing->queue[(weighing->queue_head + weighing->queue_count++) % size] =
        node;
}

static enum rg_status hand_on(struct weighing *weighing, uint32_t node)
{
    const struct rg__look *look = weighing->look;
    const struct rg_dump *dump = look->dump;
    uint32_t set;
    enum rg_status status =
        with_place(weighing, weighing->incoming[node], look->place[node], &set);
    for (size_t i = dump->first[node];
         status == RG_OK && i < dump->first[node + 1]; i++) {
        uint32_t to = dump->to[i];
        if (!(rg_dump_how_of(dump, i)->flags & RG_DUMP_REAL) ||
            look->place[to] >= RG__OURS || weighing->incoming[to] == 0)
            continue;
        uint32_t before = weighing->incoming[to], after;
        status = intersect_sets(weighing, before, set, &after);
        if (status != RG_OK || after == before)
            continue;
        weighing->incoming[to] = after;
        wait_in_queue(weighing, to);
    }
    return status;
}

/* Roots, and what C code holds, go with nobody. */
static void begin_at_roots(struct weighing *weighing)
{
    const struct rg__look *look = weighing->look;
    const struct rg_dump *dump = look->dump;
    uint32_t group = rg_dump_group_node(dump, RG_DUMP_NATIVE);
    for (size_t n = 0; n < dump->node_count; n++)
        weighing->incoming[n] = RG_NONE;
    for (size_t i = 0; i < look->met; i++)
        if (look->via[look->order[i]] == RG_NONE)
            weighing->incoming[look->order[i]] = 0;
    for (size_t i = dump->first[group]; i < dump->first[group + 1]; i++)
        if (look->place[dump->to[i]] < RG__OURS)
            weighing->incoming[dump->to[i]] = 0;
    /* Each waits from the first time on that anything is known of it. */
    for (size_t i = 0; i < look->met; i++)
        if (weighing->incoming[look->order[i]] == 0)
            wait_in_queue(weighing, look->order[i]);
}

static enum rg_status settle_sets(struct weighing *weighing)
{
    size_t size = weighing->look->met;
    enum rg_status status = RG_OK;
    while (status == RG_OK && weighing->queue_count > 0) {
        uint32_t node = weighing->queue[weighing->queue_head];
        weighing->queue_head = (weighing->queue_head + 1) % size;
        weighing->queue_count--;
        weighing->waits[node] = false;
        status = hand_on(weighing, node);
        if (status == RG_OK)
            status = rg_poll(weighing->survey->poll, 4);
    }
    return status;
}

/* Every set's objects go with its first place, and with those of the rest. */
static enum rg_status add_up_sets(struct weighing *weighing)
{
    const struct rg__look *look = weighing->look;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < look->met; i++) {
        uint32_t node = look->order[i], set;
        status = with_place(
            weighing,
            weighing->incoming[node] == RG_NONE ? 0 : weighing->incoming[node],
            look->place[node], &set);
        if (status != RG_OK)
            break;
        weighing->sets[set].bytes += look->dump->bytes[node];
        weighing->sets[set].count +=
            rg_dump_about_of(look->dump, node)->shape != RG_DUMP_SYNTHETIC;
    }
    for (size_t i = weighing->set_count; status == RG_OK && i-- > 1;) {
        const struct set *set = &weighing->sets[i];
        struct rg__part *part =
            rg__part(weighing->survey, set->place, weighing->number);
        part->retained += set->bytes;
        part->retained_count += set->count;
        weighing->sets[set->rest].bytes += set->bytes;
        weighing->sets[set->rest].count += set->count;
    }
    return status;
}

static enum rg_status weigh_look(struct weighing *weighing)
{
    size_t count = weighing->look->dump->node_count;
    uint32_t nothing;
    weighing->incoming = rg_alloc(count, sizeof *weighing->incoming);
    weighing->waits = rg_alloc_zeroed(count, sizeof *weighing->waits);
    weighing->queue =
        rg_alloc(weighing->look->met + 1, sizeof *weighing->queue);
    if (weighing->incoming == NULL || weighing->waits == NULL ||
        weighing->queue == NULL)
        return RG_ENOMEM;
    enum rg_status status = join_set(weighing, RG_NONE, RG_NONE, &nothing);
    if (status == RG_OK) {
        begin_at_roots(weighing);
        status = settle_sets(weighing);
    }
    return status == RG_OK ? add_up_sets(weighing) : status;
}

enum rg_status rg_survey_weigh(struct rg_survey *survey)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < survey->look_count; i++) {
        struct weighing *weighing = rg_alloc_zeroed(1, sizeof *weighing);
        if (weighing == NULL)
            return RG_ENOMEM;
        weighing->survey = survey;
        weighing->look = &survey->looks[i];
        weighing->number = i;
        status = weigh_look(weighing);
        rg_free(weighing->sets);
        rg_hash_free(&weighing->index);
        rg_free(weighing->incoming);
        rg_free(weighing->waits);
        rg_free(weighing->queue);
        rg_free(weighing->scratch);
        rg_free(weighing);
    }
    return status;
}
