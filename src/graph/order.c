#include "graph/order.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/sort.h"

/* How far up the chains ties are broken.  A round compares one step more; 16
 * steps tell apart whatever a reader could still tell apart. */
enum { MAX_ROUNDS = 16 };

static int compare_labels(const struct rg_graph *graph,
                          const struct rg_reference *left,
                          const struct rg_reference *right)
{
    if (left->kind == RG_INDEX)
        return (left->number > right->number) - (left->number < right->number);
    bool left_number = left->key_type == RG_KEY_NUMBER;
    bool right_number = right->key_type == RG_KEY_NUMBER;
    if (left_number != right_number)
        return left_number ? -1 : 1;
    int order = !left_number
                    ? 0
                    : rg_decimal_compare(rg_graph_bytes(graph, left->label),
                                         left->label.size,
                                         rg_graph_bytes(graph, right->label),
                                         right->label.size);
    return order != 0
               ? order
               : rg_graph_compare_texts(graph, left->label, right->label);
}

int rg_order_compare(const struct rg_graph *graph,
                     const struct rg_reference *left,
                     const struct rg_reference *right)
{
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    int order = rg_graph_compare_texts(graph, left->owner, right->owner);
    return order != 0 ? order : compare_labels(graph, left, right);
}

/* One reference while it is being sorted. */
struct entry {
    const struct rg_graph *graph;
    struct rg_reference reference;
    uint32_t chain; /* rank of the referrer's own chain */
    uint32_t place; /* before sorting */
};

static int compare_numbers(uint32_t left, uint32_t right)
{
    return (left > right) - (left < right);
}

/* Frames by their thread, and of one thread the innermost first. */
static int compare_frames(const struct rg_graph *graph, uint32_t left,
                          uint32_t right)
{
    if (left == right || left == RG_NONE || right == RG_NONE)
        return 0;
    const struct rg_root *a = &graph->roots[left], *b = &graph->roots[right];
    int order = rg_graph_compare_texts(graph, a->thread, b->thread);
    return order != 0 ? order : compare_numbers(a->inner, b->inner);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = rg_order_compare(a->graph, &a->reference, &b->reference);
    if (order == 0)
        order = compare_numbers(a->chain, b->chain);
    if (order == 0)
        order = compare_frames(a->graph, a->reference.root, b->reference.root);
    return order != 0 ? order : compare_numbers(a->place, b->place);
}

/* The ranks of chains while they are refined.  A chain is first compared by
 * the labels one step up, then two steps up, and so on; only objects that can
 * decide a tie are looked at. */
struct chains {
    const struct rg_graph *graph;
    struct rg_poll *poll;
    uint32_t *rank;    /* by object; 0 for all to begin with */
    uint32_t *next;    /* the ranks of the next round */
    uint32_t *label;   /* by reference: rank of its name */
    bool *matters;     /* by object */
    uint32_t *objects; /* those that matter */
    size_t object_count;
};

/* An object that matters, with its references in order, while it is sorted. */
struct link {
    const struct chains *chains;
    uint32_t index; /* of a reference or an object */
};

static int compare_names(const void *left, const void *right)
{
    const struct link *a = left, *b = right;
    const struct rg_reference *references = a->chains->graph->references;
    return rg_order_compare(a->chains->graph, &references[a->index],
                            &references[b->index]);
}

static uint32_t chain_of(const struct chains *chains, uint32_t reference)
{
    uint32_t referrer = chains->graph->references[reference].referrer;
    return referrer == RG_NONE ? 0 : chains->rank[referrer];
}

static int compare_steps(const struct chains *chains, uint32_t left,
                         uint32_t right)
{
    int order = compare_numbers(chains->label[left], chains->label[right]);
    return order != 0 ? order
                      : compare_numbers(chain_of(chains, left),
                                        chain_of(chains, right));
}

/* By the rank so far, then by the references, one after the other. */
static int compare_objects(const void *left, const void *right)
{
    const struct link *a = left, *b = right;
    const struct chains *chains = a->chains;
    const struct rg_object *one = &chains->graph->objects[a->index];
    const struct rg_object *other = &chains->graph->objects[b->index];
    int order = compare_numbers(chains->rank[a->index], chains->rank[b->index]);
    for (uint32_t k = 0;
         order == 0 && k < one->reference_count && k < other->reference_count;
         k++)
        order = compare_steps(chains, one->first_reference + k,
                              other->first_reference + k);
    return order != 0
               ? order
               : compare_numbers(one->reference_count, other->reference_count);
}

/* Sorts `count` links and numbers them; equal ones get the same number.
 * *classes: how many numbers there are. */
static enum rg_status number_links(struct chains *chains, struct link *links,
                                   size_t count,
                                   int (*compare)(const void *, const void *),
                                   uint32_t *ranks, uint32_t *classes)
{
    *classes = 0;
    enum rg_status status =
        rg_sort(links, count, sizeof *links, compare, chains->poll);
    for (size_t i = 0, first = 0; status == RG_OK && i < count; i++) {
        if (i == 0 || compare(&links[i - 1], &links[i]) != 0) {
            first = i;
            ++*classes;
        }
        ranks[links[i].index] = (uint32_t)first;
        status = rg_poll(chains->poll, 1);
    }
    return status;
}

/* Ranks the names of all references of the objects that matter. */
static enum rg_status rank_names(struct chains *chains)
{
    size_t count = 0;
    for (size_t i = 0; i < chains->object_count; i++)
        count += chains->graph->objects[chains->objects[i]].reference_count;
    struct link *links = rg_alloc(count, sizeof *links);
    if (links == NULL)
        return RG_ENOMEM;
    count = 0;
    for (size_t i = 0; i < chains->object_count; i++) {
        const struct rg_object *object =
            &chains->graph->objects[chains->objects[i]];
        for (uint32_t k = 0; k < object->reference_count; k++)
            links[count++] = (struct link){
                .chains = chains, .index = object->first_reference + k};
    }
    uint32_t classes;
    enum rg_status status = number_links(chains, links, count, compare_names,
                                         chains->label, &classes);
    rg_free(links);
    return status;
}

/* Round after round, until no round tells more objects apart. */
static enum rg_status refine(struct chains *chains)
{
    struct link *links = rg_alloc(chains->object_count, sizeof *links);
    if (links == NULL)
        return RG_ENOMEM;
    uint32_t classes = 1, before = 0;
    enum rg_status status = RG_OK;
    for (int round = 0;
         status == RG_OK && round < MAX_ROUNDS && classes > before; round++) {
        before = classes;
        for (size_t i = 0; i < chains->object_count; i++)
            links[i] =
                (struct link){.chains = chains, .index = chains->objects[i]};
        status = number_links(chains, links, chains->object_count,
                              compare_objects, chains->next, &classes);
        for (size_t i = 0; status == RG_OK && i < chains->object_count; i++)
            chains->rank[chains->objects[i]] = chains->next[chains->objects[i]];
    }
    rg_free(links);
    return status;
}

static void mark_chain(struct chains *chains, uint32_t object)
{
    if (object == RG_NONE || chains->matters[object])
        return;
    chains->matters[object] = true;
    chains->objects[chains->object_count++] = object;
}

/* The referrers of references that are equal by name, and what is up to
 * MAX_ROUNDS steps above them. */
static void mark_what_matters(struct chains *chains)
{
    const struct rg_graph *graph = chains->graph;
    for (size_t i = 0; i < graph->object_count; i++) {
        const struct rg_object *object = &graph->objects[i];
        const struct rg_reference *run =
            graph->references + object->first_reference;
        for (uint32_t k = 1; k < object->reference_count; k++)
            if (rg_order_compare(graph, &run[k - 1], &run[k]) == 0) {
                mark_chain(chains, run[k - 1].referrer);
                mark_chain(chains, run[k].referrer);
            }
    }
    size_t at = 0;
    for (int round = 0; round < MAX_ROUNDS; round++)
        for (size_t end = chains->object_count; at < end; at++) {
            const struct rg_object *object =
                &graph->objects[chains->objects[at]];
            for (uint32_t k = 0; k < object->reference_count; k++)
                mark_chain(
                    chains,
                    graph->references[object->first_reference + k].referrer);
        }
}

static void chains_free(struct chains *chains)
{
    rg_free(chains->rank);
    rg_free(chains->next);
    rg_free(chains->label);
    rg_free(chains->matters);
    rg_free(chains->objects);
}

static enum rg_status chains_init(struct chains *chains,
                                  const struct rg_graph *graph,
                                  struct rg_poll *poll)
{
    size_t objects = graph->object_count, references = graph->reference_count;
    *chains = (struct chains){.graph = graph, .poll = poll};
    chains->rank = rg_alloc_zeroed(objects, sizeof *chains->rank);
    chains->next = rg_alloc(objects, sizeof *chains->next);
    chains->label = rg_alloc_zeroed(references, sizeof *chains->label);
    chains->matters = rg_alloc_zeroed(objects, sizeof *chains->matters);
    chains->objects = rg_alloc(objects, sizeof *chains->objects);
    if (!chains->rank || !chains->next || !chains->label || !chains->matters ||
        !chains->objects)
        return RG_ENOMEM;
    mark_what_matters(chains);
    if (chains->object_count == 0)
        return RG_OK;
    enum rg_status status = rank_names(chains);
    return status == RG_OK ? refine(chains) : status;
}

static enum rg_status sort_object(struct rg_graph *graph,
                                  const struct rg_object *object,
                                  const uint32_t *ranks, struct entry *entries,
                                  struct rg_poll *poll)
{
    struct rg_reference *run = graph->references + object->first_reference;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        uint32_t referrer = run[k].referrer;
        entries[k] =
            (struct entry){.graph = graph,
                           .reference = run[k],
                           .place = k,
                           .chain = referrer == RG_NONE ? 0 : ranks[referrer]};
    }
    enum rg_status status = rg_sort(entries, object->reference_count,
                                    sizeof *entries, compare_entries, poll);
    for (uint32_t k = 0; status == RG_OK && k < object->reference_count; k++)
        run[k] = entries[k].reference;
    return status == RG_OK ? rg_poll(poll, 1) : status;
}

static enum rg_status sort_objects(struct rg_graph *graph,
                                   const uint32_t *ranks, struct entry *entries,
                                   struct rg_poll *poll)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < graph->object_count; i++)
        status = sort_object(graph, &graph->objects[i], ranks, entries, poll);
    return status;
}

static uint32_t most_references(const struct rg_graph *graph)
{
    uint32_t most = 0;
    for (size_t i = 0; i < graph->object_count; i++)
        if (graph->objects[i].reference_count > most)
            most = graph->objects[i].reference_count;
    return most;
}

/* A frame, while those of its thread are numbered. */
struct frame {
    uint32_t thread, inner, root;
};

static int compare_depths(const void *left, const void *right)
{
    const struct frame *a = left, *b = right;
    int order = compare_numbers(a->thread, b->thread);
    return order != 0 ? order : compare_numbers(a->inner, b->inner);
}

/* Numbers the frames of each thread that the graph has.  Until then `inner` is
 * a place among all roots of the look, where a thread's frames stand innermost
 * first; how many others stand there differs from one look to the next. */
static enum rg_status number_frames(struct rg_graph *graph,
                                    struct rg_poll *poll)
{
    struct frame *frames = rg_alloc(graph->root_count, sizeof *frames);
    size_t count = 0;
    if (frames == NULL)
        return RG_ENOMEM;
    for (uint32_t i = 0; i < graph->root_count; i++) {
        const struct rg_root *root = &graph->roots[i];
        if (root->kind == RG_ROOT_FRAME)
            frames[count++] =
                (struct frame){root->thread.offset, root->inner, i};
    }
    enum rg_status status =
        rg_sort(frames, count, sizeof *frames, compare_depths, poll);
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        bool is_first = i == 0 || frames[i - 1].thread != frames[i].thread;
        uint32_t before = is_first ? 0 : graph->roots[frames[i - 1].root].inner;
        graph->roots[frames[i].root].inner =
            is_first ? 0 : before + (frames[i - 1].inner != frames[i].inner);
    }
    rg_free(frames);
    return status;
}

enum rg_status rg_order_graph(struct rg_graph *graph, struct rg_poll *poll)
{
    struct chains chains = {0};
    struct entry *entries = rg_alloc(most_references(graph), sizeof *entries);
    uint32_t *none = rg_alloc_zeroed(graph->object_count, sizeof *none);
    enum rg_status status = RG_ENOMEM;
    if (entries == NULL || none == NULL)
        goto done;
    status = number_frames(graph, poll);
    /* By name first: equal names are then neighbours, and chains are compared
     * reference by reference. */
    if (status == RG_OK)
        status = sort_objects(graph, none, entries, poll);
    if (status == RG_OK)
        status = chains_init(&chains, graph, poll);
    if (status == RG_OK && chains.object_count > 0)
        status = sort_objects(graph, chains.rank, entries, poll);
done:
    chains_free(&chains);
    rg_free(entries);
    rg_free(none);
    return status;
}
