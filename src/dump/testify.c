/* testify.c - what a dump says to the search and to the analyses */
#include <stdlib.h>

#include "dump/answering.h"
#include "dump/find.h"

/* To the search */

static bool is_address_excluded(const struct rg_dump_query *query,
                                uint64_t address)
{
    size_t low = 0, high = query->excluded_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (query->excluded[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < query->excluded_count && query->excluded[low] == address;
}

static unsigned role(void *context, const struct rg_node *node)
{
    const struct rg__answering *answering = context;
    uint32_t n = rg__node_of(node);
    if (node->address != 0 &&
        is_address_excluded(answering->query, answering->dump->address[n]))
        return RG_ROLE_HIDDEN;
    return rg_dump_about_of(answering->dump, n)->role;
}

/* The reference of one object to another: one of them. */
static const struct rg_dump_how *how_of(const struct rg__answering *answering,
                                        const struct rg_node *referrer,
                                        const struct rg_node *referent)
{
    uint32_t found = rg__row_find(answering->heap, rg__node_of(referrer),
                                  rg__node_of(referent));
    return found == RG_NONE ? NULL : rg_dump_how_of(answering->dump, found);
}

static enum rg_link link(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    const struct rg_dump_how *how = how_of(context, referrer, referent);
    return how == NULL ? RG_LINK_REFERENCE : (enum rg_link)how->link;
}

void rg__finder(struct rg__answering *answering, struct rg_finder *finder)
{
    *finder = (struct rg_finder){.context = answering,
                                 .role = role,
                                 .link = link,
                                 .poll = rg__answering_poll};
}

/* To the analyses */

static enum rg_grip grip(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    const struct rg_dump_how *how = how_of(context, referrer, referent);
    return how == NULL ? RG_GRIP_OTHER : (enum rg_grip)how->grip;
}

static bool is_caller_node(void *context, const struct rg_node *node)
{
    const struct rg__answering *answering = context;
    uint32_t n = rg__node_of(node);
    return node->address == 0 ? n == answering->dump->caller
                              : n == answering->dump->caller_locals;
}

static enum rg_count_state count_told(void *context, const struct rg_node *node,
                                      uint64_t *count)
{
    const struct rg__answering *answering = context;
    uint32_t n = rg__node_of(node);
    *count = answering->dump->references[n];
    return rg_dump_about_of(answering->dump, n)->flags & RG_DUMP_IMMORTAL
               ? RG_COUNT_IMMORTAL
               : RG_COUNTED;
}

static uint32_t uncounted_told(void *context, const struct rg_node *referrer,
                               const struct rg_node *referent)
{
    const struct rg__answering *answering = context;
    return rg__row_uncounted(answering->heap, rg__node_of(referrer),
                             rg__node_of(referent));
}

static struct rg_on_stacks on_stacks(void *context, const struct rg_node *node)
{
    const struct rg__answering *answering = context;
    uint32_t place =
        rg_code_map_get(&answering->heap->stack_of, rg__node_of(node));
    if (place == RG_NONE)
        return (struct rg_on_stacks){0};
    const struct rg_dump_stack *stack = &answering->dump->stacks[place];
    return (struct rg_on_stacks){.of_caller = stack->of_caller,
                                 .of_others = stack->of_others,
                                 .aside = stack->aside,
                                 .greenlet = (uintptr_t)stack->greenlet
                                             << RG__NODE_SHIFT};
}

static int generation_told(void *context, const struct rg_node *node)
{
    const struct rg__answering *answering = context;
    return rg_dump_about_of(answering->dump, rg__node_of(node))->generation;
}

static enum rg_status suspect(void *context, const struct rg_node *const *nodes,
                              size_t count, struct rg_graph *graph,
                              struct rg_native *natives)
{
    struct rg__answering *answering = context;
    enum rg_status status = RG_OK;
    (void)graph;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        uint32_t place =
            rg_code_map_get(&answering->heap->native_of, rg__node_of(nodes[i]));
        if (place == RG_NONE)
            continue;
        natives[i].offset = answering->dump->natives[place].offset;
        status =
            rg__graph_text(answering, answering->dump->natives[place].holder,
                           &natives[i].holder);
    }
    return status;
}

static enum rg_status awaiting(void *context, const struct rg_node *node,
                               struct rg_graph *graph, struct rg_text *text)
{
    struct rg__answering *answering = context;
    uint32_t words =
        rg_dump_about_of(answering->dump, rg__node_of(node))->awaiting;
    (void)graph;
    return rg_texts_size(&answering->dump->texts, words) == 0
               ? RG_OK
               : rg__graph_text(answering, words, text);
}

/* What refers to nothing is in the table like everything else. */
static struct rg_weight weigh(void *context, uintptr_t address)
{
    const struct rg__answering *answering = context;
    const struct rg_dump *dump = answering->dump;
    uintptr_t n = address >> RG__NODE_SHIFT;
    /* What is in no closure is asked about by what its id was. */
    if (n >= dump->node_count)
        n = rg_dump_heap_at(answering->heap, address);
    if (n >= dump->node_count)
        return (struct rg_weight){0};
    uint32_t flags = rg_dump_about_of(dump, (uint32_t)n)->flags;
    return (struct rg_weight){
        .bytes = dump->bytes[n],
        .objects = 1,
        .count = dump->references[n],
        .is_root = flags & (RG_DUMP_IMMORTAL | RG_DUMP_NAMESPACE)};
}

/* A dict tells each value, and its key behind it. */
static bool is_watched(void *context, const struct rg_node *dict,
                       const struct rg_node *value,
                       const struct rg_node *object)
{
    const struct rg__answering *answering = context;
    const struct rg_dump *dump = answering->dump;
    uint32_t n = rg__node_of(dict);
    for (uint32_t i = dump->first[n]; i + 1 < dump->first[n + 1]; i++)
        if (dump->to[i] == rg__node_of(value) &&
            rg_dump_how_of(dump, i)->kind == RG_ITEM &&
            rg_dump_how_of(dump, i + 1)->kind == RG_KEY &&
            rg__dump_watches(answering->heap, dump->to[i + 1],
                             rg__node_of(object)))
            return true;
    return false;
}

static bool is_instance(void *context, const struct rg_node *object,
                        const struct rg_node *of)
{
    static const char mro[] = "__mro__";
    const struct rg__answering *answering = context;
    const struct rg_dump *dump = answering->dump;
    uint32_t class = rg_dump_class(dump, rg__node_of(object));
    uint32_t order = class == RG_NONE
                         ? RG_NONE
                         : rg_dump_attribute(dump, class, mro, sizeof mro - 1);
    if (order == RG_NONE)
        return false;
    for (uint32_t i = dump->first[order]; i < dump->first[order + 1]; i++)
        if (dump->to[i] == rg__node_of(of))
            return true;
    return false;
}

void rg__witness(struct rg__answering *answering, struct rg_witness *witness)
{
    const struct rg_dump_query *query = answering->query;
    *witness = (struct rg_witness){
        .context = answering,
        .grip = grip,
        .is_caller = is_caller_node,
        .count = count_told,
        .uncounted = uncounted_told,
        .on_stacks = on_stacks,
        .generation = generation_told,
        .suspect = suspect,
        .awaiting = awaiting,
        .weigh = weigh,
        .is_watched = is_watched,
        .is_instance = is_instance,
        .sizes = query->sizes,
        .explain = query->explain,
        .facts = answering->dump->facts |
                 (answering->graph->timed_out ? RG_VERDICT_TIMED_OUT : 0)};
}
