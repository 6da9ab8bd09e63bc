#include "render/text_plan.h"

#include "base/alloc.h"

enum rg_status rg__plan_add(struct rg__text_plan *plan,
                            const struct rg__plan_node *node, uint32_t *index)
{
    void *nodes = plan->nodes;
    if (plan->count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&nodes, &plan->capacity, plan->count + 1, sizeof *node) < 0)
        return RG_ENOMEM;
    plan->nodes = nodes;
    *index = (uint32_t)plan->count;
    plan->nodes[plan->count++] = *node;
    return RG_OK;
}

enum rg_status rg__plan_add_count(struct rg__text_plan *plan, uint32_t parent,
                                  enum rg__text_kind kind, uint32_t *index)
{
    void *counts = plan->counts;
    if (rg_grow(&counts, &plan->count_capacity, plan->counted + 1,
                sizeof *plan->counts) < 0)
        return RG_ENOMEM;
    plan->counts = counts;
    plan->counts[plan->counted] = (struct rg__plan_count){0};
    struct rg__plan_node node = {.parent = parent,
                                 .first_child = RG_NONE,
                                 .next = RG_NONE,
                                 .index = (uint32_t)plan->counted++,
                                 .referent = plan->nodes[parent].expanded,
                                 .expanded = RG_NONE,
                                 .level = plan->nodes[parent].level + 1,
                                 .kind = (uint8_t)kind,
                                 .is_kept = true};
    return rg__plan_add(plan, &node, index);
}

uint32_t rg__plan_first(const struct rg__text_plan *plan, uint32_t node)
{
    uint32_t child = plan->nodes[node].first_child;
    return child == RG_NONE || !plan->nodes[child].is_gone
               ? child
               : rg__plan_next(plan, child);
}

uint32_t rg__plan_next(const struct rg__text_plan *plan, uint32_t node)
{
    do
        node = plan->nodes[node].next;
    while (node != RG_NONE && plan->nodes[node].is_gone);
    return node;
}

/* The nodes that the next line may be put beneath or behind: at each level
 * the last one, which hangs beneath the last one of the level above. */
struct chain {
    uint32_t *last;
    size_t depth, capacity;
};

static enum rg_status put_node(struct rg__text_plan *plan, struct chain *chain,
                               const struct rg__line *line)
{
    void *last = chain->last;
    size_t place = line->level + 1;
    if (rg_grow(&last, &chain->capacity, place + 1, sizeof *chain->last) < 0)
        return RG_ENOMEM;
    chain->last = last;
    struct rg__plan_node node = {.parent = chain->last[place - 1],
                                 .first_child = RG_NONE,
                                 .next = RG_NONE,
                                 .index = line->index,
                                 .referent = line->referent,
                                 .expanded = line->expanded,
                                 .level = (uint32_t)line->level,
                                 .kind = (uint8_t)line->kind,
                                 .mark = (uint8_t)line->mark};
    uint32_t index;
    enum rg_status status = rg__plan_add(plan, &node, &index);
    if (status != RG_OK)
        return status;
    if (place < chain->depth)
        plan->nodes[chain->last[place]].next = index;
    else
        plan->nodes[node.parent].first_child = index;
    chain->last[place] = index;
    chain->depth = place + 1;
    return RG_OK;
}

/* All lines as a tree. */
static enum rg_status lay_out(struct rg__text_plan *plan)
{
    struct rg__text_walk walk;
    struct chain chain = {.depth = 1};
    void *last = NULL;
    const struct rg__plan_node above = {.first_child = RG_NONE,
                                        .next = RG_NONE,
                                        .parent = RG_NONE,
                                        .expanded = RG_NONE,
                                        .is_kept = true};
    uint32_t root;
    enum rg_status status = rg__text_walk_init(&walk, plan->lines);
    if (status != RG_OK)
        return status;
    status = rg__plan_add(plan, &above, &root);
    if (rg_grow(&last, &chain.capacity, 1, sizeof *chain.last) < 0)
        status = RG_ENOMEM;
    chain.last = last;
    if (status == RG_OK)
        chain.last[0] = root;
    while (status == RG_OK) {
        struct rg__line line;
        bool more;
        status = rg__text_walk_next(&walk, &line, &more);
        if (status == RG_OK && !more)
            break;
        if (status == RG_OK)
            status = put_node(plan, &chain, &line);
    }
    rg_free(chain.last);
    rg__text_walk_free(&walk);
    return status;
}

/* Parents come before their children, so one pass from behind will do. */
static enum rg_status measure_sizes(struct rg__text_plan *plan)
{
    plan->size = rg_alloc_zeroed(plan->count, sizeof *plan->size);
    if (plan->size == NULL)
        return RG_ENOMEM;
    for (size_t i = plan->count; i-- > 1;) {
        const struct rg__plan_node *node = &plan->nodes[i];
        plan->size[i]++;
        if (!node->is_gone)
            plan->size[node->parent] += plan->size[i];
    }
    return RG_OK;
}

static uint32_t kept_from(const struct rg__text_plan *plan, uint32_t node)
{
    while (node != RG_NONE && !plan->nodes[node].is_kept)
        node = rg__plan_next(plan, node);
    return node;
}

static uint32_t kept_child(const struct rg__text_plan *plan, uint32_t node)
{
    return kept_from(plan, rg__plan_first(plan, node));
}

static uint32_t kept_sibling(const struct rg__text_plan *plan, uint32_t node)
{
    return kept_from(plan, rg__plan_next(plan, node));
}

static void describe_line(const struct rg__text_plan *plan,
                          const struct rg__plan_node *node,
                          struct rg__line *line)
{
    const struct rg_graph *graph = plan->lines->graph;
    *line = (struct rg__line){
        .kind = (enum rg__text_kind)node->kind,
        .mark = (enum rg__mark)node->mark,
        .is_last = kept_sibling(plan, plan->at) == RG_NONE,
        .level = node->level,
        .indent = plan->indent,
        .index = node->index,
        .referent = node->referent,
        .expanded =
            kept_child(plan, plan->at) == RG_NONE ? RG_NONE : node->expanded};
    switch (line->kind) {
    case RG__LINE_REST:
        line->count = graph->rests[line->index].count;
        break;
    case RG__LINE_BACK:
        line->count = plan->lines->back_count[line->referent];
        break;
    case RG__LINE_ALIKE:
    case RG__LINE_STEPS:
    case RG__LINE_MORE:
        line->count = plan->counts[node->index].count;
        line->lines = plan->counts[node->index].lines;
        line->index = plan->counts[node->index].first;
        line->last = plan->counts[node->index].last;
        break;
    default:
        break;
    }
}

bool rg__text_plan_next(struct rg__text_plan *plan, struct rg__line *line)
{
    uint32_t next = kept_child(plan, plan->at);
    if (next != RG_NONE) {
        plan->indent += plan->at != 0;
    } else {
        next = plan->at == 0 ? RG_NONE : kept_sibling(plan, plan->at);
        while (next == RG_NONE && plan->at != 0) {
            plan->at = plan->nodes[plan->at].parent;
            plan->indent -= plan->indent != 0;
            next = plan->at == 0 ? RG_NONE : kept_sibling(plan, plan->at);
        }
    }
    if (next == RG_NONE)
        return false;
    plan->at = next;
    describe_line(plan, &plan->nodes[next], line);
    return true;
}

/* A mark that leads to a line which is left out says so. */
static enum rg_status correct_marks(struct rg__text_plan *plan)
{
    const struct rg_graph *graph = plan->lines->graph;
    bool *is_expanded =
        rg_alloc_zeroed(graph->object_count, sizeof *is_expanded);
    struct rg__line line;
    if (is_expanded == NULL)
        return RG_ENOMEM;
    while (rg__text_plan_next(plan, &line))
        if (plan->nodes[plan->at].expanded != RG_NONE)
            is_expanded[plan->nodes[plan->at].expanded] = true;
    for (size_t i = 1; i < plan->count; i++) {
        struct rg__plan_node *node = &plan->nodes[i];
        if ((node->mark == RG__SHOWN_ABOVE || node->mark == RG__SHOWN_BELOW) &&
            !is_expanded[graph->references[node->index].referrer])
            node->mark = RG__LEFT_OUT;
    }
    rg_free(is_expanded);
    return RG_OK;
}

enum rg_status rg__text_plan_init(struct rg__text_plan *plan,
                                  const struct rg__lines *lines,
                                  size_t max_lines)
{
    *plan = (struct rg__text_plan){.lines = lines};
    enum rg_status status = lay_out(plan);
    if (status == RG_OK)
        status = rg__plan_fold(plan);
    if (status == RG_OK)
        status = measure_sizes(plan);
    if (status == RG_OK)
        status = rg__plan_keep(plan, max_lines);
    if (status == RG_OK)
        status = correct_marks(plan);
    if (status != RG_OK)
        rg__text_plan_free(plan);
    return status;
}

void rg__text_plan_free(struct rg__text_plan *plan)
{
    rg_free(plan->nodes);
    rg_free(plan->counts);
    rg_free(plan->size);
    *plan = (struct rg__text_plan){0};
}
