/* Which objects only lead back to where the picture has been.
 *
 * An event loop, a signal of Qt, a tree with parents: much of what refers to an
 * object can itself be reached only through objects that are nearer to it.  No
 * chain from a root to a target passes such an object without passing another
 * one twice, so it keeps nothing alive, and is counted instead of drawn.
 *
 * An object is idle when one other object stands both on every way from a root
 * to it and on every way from it to a target: that object dominates it in the
 * graph and in the graph read backwards.  Looked at are the objects nearest to
 * the targets; what is beyond them counts as a root, so the price is bounded
 * and an error leaves an object in the picture. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"
#include "base/dominator.h"

enum {
    HORIZON = 2000,      /* objects looked at, */
    MOST_EDGES = 200000, /* references among them, */
    MOST_CLIMB = 64      /* and dominators of one object */
};

/* Idle objects that refer to a target themselves: so few are worth seeing, a
 * parent's child, a signal's receiver; of many nobody reads which they are. */
enum { FEW_HOLDERS = 3 };

/* Dominators in one direction. */
struct side {
    uint32_t *dominator; /* of each node; `count` above all; or
                            RG_DOMINATOR_NONE */
    uint32_t *depth;     /* of each node in the tree of dominators */
};

struct nearest {
    const struct rg_graph *graph;
    struct rg_poll *poll;
    uint32_t *object; /* of each node, the nearest ones first */
    uint32_t *node;   /* of each object, or RG_NONE */
    uint32_t count;
    uint32_t *from, *to; /* edges */
    size_t edge_count, edge_capacity, to_capacity;
    bool *is_start, *is_target; /* by node: ways start, and end, here */
    bool *holds_target;         /* by node: it refers to a target */
    struct side down, up;
};

static enum rg_status add_near_edge(struct nearest *near, uint32_t from,
                                    uint32_t to)
{
    void *froms = near->from, *tos = near->to;
    if (rg_grow(&froms, &near->edge_capacity, near->edge_count + 1,
                sizeof *near->from) < 0)
        return RG_ENOMEM;
    near->from = froms;
    if (rg_grow(&tos, &near->to_capacity, near->edge_count + 1,
                sizeof *near->to) < 0)
        return RG_ENOMEM;
    near->to = tos;
    near->holds_target[from] |= near->is_target[to];
    near->from[near->edge_count] = from;
    near->to[near->edge_count++] = to;
    return RG_OK;
}

static void take_object(struct nearest *near, uint32_t object)
{
    if (near->node[object] != RG_NONE || near->count == HORIZON)
        return;
    near->node[object] = near->count;
    near->object[near->count++] = object;
}

/* The nearest objects, breadth-first. */
static enum rg_status take_nearest(struct nearest *near)
{
    const struct rg_graph *graph = near->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->target_count; i++)
        take_object(near, graph->targets[i]);
    for (uint32_t i = 0; i < near->count; i++)
        near->is_target[i] = true;
    for (uint32_t head = 0; head < near->count && status == RG_OK; head++) {
        const struct rg_object *object = &graph->objects[near->object[head]];
        const struct rg_reference *reference =
            &graph->references[object->first_reference];
        for (uint32_t k = 0; k < object->reference_count; k++, reference++)
            if (reference->root == RG_NONE)
                take_object(near, reference->referrer);
        status = rg_poll(near->poll, object->reference_count + 1);
    }
    return status;
}

/* Edges to one node; whatever is not seen behind it counts as a root. */
static enum rg_status add_edges_to(struct nearest *near, uint32_t node)
{
    const struct rg_graph *graph = near->graph;
    const struct rg_object *object = &graph->objects[near->object[node]];
    bool is_start =
        object->reference_count == 0 || object->rest_count != 0 ||
        (object->flags & (RG_OBJECT_LIMIT | RG_OBJECT_NOT_FOLLOWED)) != 0;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[object->first_reference + k];
        uint32_t from = reference->root != RG_NONE
                            ? RG_NONE
                            : near->node[reference->referrer];
        is_start = is_start || from == RG_NONE;
        if (from != RG_NONE && add_near_edge(near, from, node) != RG_OK)
            return RG_ENOMEM;
    }
    near->is_start[node] = is_start;
    return rg_poll(near->poll, object->reference_count + 1);
}

static enum rg_status add_edges(struct nearest *near)
{
    const struct rg_graph *graph = near->graph;
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; i < near->count && status == RG_OK; i++)
        status =
            near->edge_count > MOST_EDGES ? RG_ELIMIT : add_edges_to(near, i);
    for (size_t i = 0; i < graph->native_count && status == RG_OK; i++)
        if (near->node[graph->natives[i].object] != RG_NONE)
            near->is_start[near->node[graph->natives[i].object]] = true;
    return status;
}

/* What every way from a source passes through, along the edges from `from` to
 * `to`. */
static enum rg_status find_side(struct nearest *near, struct side *side,
                                const uint32_t *from, const uint32_t *to,
                                const bool *is_source)
{
    uint32_t order[HORIZON], reached = 0;
    struct rg_digraph graph;
    side->dominator = rg_alloc(near->count, sizeof *side->dominator);
    side->depth = rg_alloc_zeroed((size_t)near->count + 1, sizeof *side->depth);
    if (side->dominator == NULL || side->depth == NULL)
        return RG_ENOMEM;
    enum rg_status status =
        rg_digraph_of_edges(&graph, near->count, from, to, near->edge_count);
    if (status == RG_OK)
        status = rg_dominators(&graph, is_source, side->dominator, order,
                               &reached, near->poll);
    for (uint32_t i = 0; status == RG_OK && i < reached; i++)
        side->depth[order[i]] = side->depth[side->dominator[order[i]]] + 1;
    rg_digraph_free(&graph);
    return status;
}

static bool is_above(const struct side *side, uint32_t above, uint32_t node)
{
    for (int i = 0; i < MOST_CLIMB && side->depth[node] > side->depth[above];
         i++)
        node = side->dominator[node];
    return node == above;
}

static bool is_idle(const struct nearest *near, uint32_t node)
{
    if (near->is_target[node] ||
        near->down.dominator[node] == RG_DOMINATOR_NONE ||
        near->up.dominator[node] == RG_DOMINATOR_NONE)
        return false;
    uint32_t next = near->up.dominator[node];
    for (int i = 0; i < MOST_CLIMB && next != near->count; i++) {
        if (is_above(&near->down, next, node))
            return true;
        next = near->up.dominator[next];
    }
    return false;
}

static enum rg_status allocate_nearest(struct nearest *near)
{
    size_t objects = near->graph->object_count;
    near->object = rg_alloc(HORIZON, sizeof *near->object);
    near->node = rg_alloc(objects, sizeof *near->node);
    near->is_start = rg_alloc_zeroed(HORIZON, sizeof *near->is_start);
    near->is_target = rg_alloc_zeroed(HORIZON, sizeof *near->is_target);
    near->holds_target = rg_alloc_zeroed(HORIZON, sizeof *near->holds_target);
    if (near->object == NULL || near->node == NULL || near->is_start == NULL ||
        near->is_target == NULL || near->holds_target == NULL)
        return RG_ENOMEM;
    if (objects != 0)
        memset(near->node, 0xff, objects * sizeof *near->node);
    return RG_OK;
}

static void free_nearest(struct nearest *near)
{
    struct side *const sides[] = {&near->down, &near->up};
    for (int i = 0; i < 2; i++) {
        rg_free(sides[i]->dominator);
        rg_free(sides[i]->depth);
    }
    rg_free(near->object);
    rg_free(near->node);
    rg_free(near->is_start);
    rg_free(near->is_target);
    rg_free(near->holds_target);
    rg_free(near->from);
    rg_free(near->to);
}

static void mark_all(const struct nearest *near, bool *idle)
{
    size_t holders = 0;
    for (uint32_t i = 0; i < near->count; i++) {
        idle[near->object[i]] = is_idle(near, i);
        holders += idle[near->object[i]] && near->holds_target[i];
    }
    for (uint32_t i = 0; holders <= FEW_HOLDERS && i < near->count; i++)
        if (near->holds_target[i])
            idle[near->object[i]] = false;
}

static enum rg_status mark_idle(struct nearest *near, bool *idle)
{
    enum rg_status status = allocate_nearest(near);
    if (status != RG_OK)
        return status;
    status = take_nearest(near);
    if (status == RG_OK)
        status = add_edges(near);
    if (status == RG_OK)
        status =
            find_side(near, &near->down, near->from, near->to, near->is_start);
    if (status == RG_OK)
        status =
            find_side(near, &near->up, near->to, near->from, near->is_target);
    if (status == RG_OK)
        mark_all(near, idle);
    return status;
}

enum rg_status rg__view_find_idle(const struct rg_view *view, bool **idle)
{
    struct nearest near = {.graph = view->graph, .poll = view->poll};
    *idle = rg_alloc_zeroed(view->graph->object_count, sizeof **idle);
    if (*idle == NULL)
        return RG_ENOMEM;
    enum rg_status status = mark_idle(&near, *idle);
    free_nearest(&near);
    return status == RG_ELIMIT ? RG_OK : status;
}
