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

enum {
    HORIZON = 2000,         /* objects looked at, */
    MOST_EDGES = 200000,    /* references among them, */
    MOST_ROUNDS = 40,       /* until the dominators must stand, */
    MOST_CLIMB = 64         /* and dominators of one object */
};

/* One direction of the graph: for each node those that an edge leads to. */
struct side {
    uint32_t *first;        /* node_count + 1 */
    uint32_t *node;
    uint32_t *dominator;    /* of each node, or RG_NONE */
    uint32_t *depth;        /* of each node in the tree of dominators */
};

struct graph {
    const struct rg__viewing *viewing;
    uint32_t *object;       /* of each node, the nearest ones first */
    uint32_t *node;         /* of each object, or RG_NONE */
    uint32_t count;         /* two more follow: the root and the target of all */
    uint32_t *from, *to;    /* edges */
    size_t edge_count, edge_capacity, to_capacity;
    struct side down, up;
    uint32_t *number, *order, *cursor, *stack;
};

static uint32_t root_of(const struct graph *g) { return g->count; }
static uint32_t target_of(const struct graph *g) { return g->count + 1; }

static enum rg_status add_edge(struct graph *g, uint32_t from, uint32_t to)
{
    void *froms = g->from, *tos = g->to;
    if (rg_grow(&froms, &g->edge_capacity, g->edge_count + 1,
                sizeof *g->from) < 0)
        return RG_ENOMEM;
    g->from = froms;
    if (rg_grow(&tos, &g->to_capacity, g->edge_count + 1, sizeof *g->to) < 0)
        return RG_ENOMEM;
    g->to = tos;
    g->from[g->edge_count] = from;
    g->to[g->edge_count++] = to;
    return RG_OK;
}

static void take(struct graph *g, uint32_t object)
{
    if (g->node[object] != RG_NONE || g->count == HORIZON)
        return;
    g->node[object] = g->count;
    g->object[g->count++] = object;
}

/* The nearest objects, breadth-first. */
static void take_nearest(struct graph *g)
{
    const struct rg_graph *graph = g->viewing->graph;
    for (size_t i = 0; i < graph->target_count; i++)
        take(g, graph->targets[i]);
    for (uint32_t head = 0; head < g->count; head++) {
        const struct rg_object *object = &graph->objects[g->object[head]];
        const struct rg_reference *reference =
            &graph->references[object->first_reference];
        for (uint32_t k = 0; k < object->reference_count; k++, reference++)
            if (reference->root == RG_NONE)
                take(g, reference->referrer);
    }
}

/* Edges to one node; whatever is not seen behind it counts as a root. */
static enum rg_status add_edges_to(struct graph *g, uint32_t node)
{
    const struct rg_graph *graph = g->viewing->graph;
    const struct rg_object *object = &graph->objects[g->object[node]];
    bool is_start = object->reference_count == 0 || object->rest_count != 0 ||
                    (object->flags &
                     (RG_OBJECT_LIMIT | RG_OBJECT_NOT_FOLLOWED)) != 0;
    for (uint32_t k = 0; k < object->reference_count; k++) {
        const struct rg_reference *reference =
            &graph->references[object->first_reference + k];
        uint32_t from = reference->root != RG_NONE
                            ? RG_NONE
                            : g->node[reference->referrer];
        is_start = is_start || from == RG_NONE;
        if (from != RG_NONE && add_edge(g, from, node) != RG_OK)
            return RG_ENOMEM;
    }
    return is_start ? add_edge(g, root_of(g), node) : RG_OK;
}

static enum rg_status add_edges(struct graph *g)
{
    const struct rg_graph *graph = g->viewing->graph;
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; i < g->count && status == RG_OK; i++)
        status = g->edge_count > MOST_EDGES ? RG_ELIMIT : add_edges_to(g, i);
    for (size_t i = 0; i < graph->native_count && status == RG_OK; i++)
        if (g->node[graph->natives[i].object] != RG_NONE)
            status = add_edge(g, root_of(g), g->node[graph->natives[i].object]);
    for (size_t i = 0; i < graph->target_count && status == RG_OK; i++)
        if (g->node[graph->targets[i]] != RG_NONE)
            status = add_edge(g, g->node[graph->targets[i]], target_of(g));
    return status;
}

/* Edges by the node they leave: one counting sort. */
static enum rg_status index_side(struct graph *g, struct side *side,
                                 const uint32_t *from, const uint32_t *to)
{
    size_t nodes = (size_t)g->count + 2;
    side->first = rg_alloc_zeroed(nodes + 1, sizeof *side->first);
    side->node = rg_alloc(g->edge_count, sizeof *side->node);
    side->dominator = rg_alloc(nodes, sizeof *side->dominator);
    side->depth = rg_alloc_zeroed(nodes, sizeof *side->depth);
    if (side->first == NULL || side->node == NULL ||
        side->dominator == NULL || side->depth == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < g->edge_count; i++)
        side->first[from[i] + 1]++;
    for (size_t i = 0; i < nodes; i++)
        side->first[i + 1] += side->first[i];
    memcpy(g->cursor, side->first, nodes * sizeof *g->cursor);
    for (size_t i = 0; i < g->edge_count; i++)
        side->node[g->cursor[from[i]]++] = to[i];
    memset(side->dominator, 0xff, nodes * sizeof *side->dominator);
    return RG_OK;
}

/* Numbers the nodes in the order in which a depth-first walk leaves them;
 * how many it meets. */
static uint32_t number_nodes(struct graph *g, const struct side *side,
                             uint32_t entry)
{
    size_t nodes = (size_t)g->count + 2, height = 0;
    uint32_t met = 0;
    memset(g->number, 0xff, nodes * sizeof *g->number);
    memcpy(g->cursor, side->first, nodes * sizeof *g->cursor);
    g->stack[height++] = entry;
    g->number[entry] = 0;       /* met; its number comes when it is left */
    while (height > 0) {
        uint32_t node = g->stack[height - 1];
        if (g->cursor[node] == side->first[node + 1]) {
            g->number[node] = met;
            g->order[met++] = node;
            height--;
            continue;
        }
        uint32_t next = side->node[g->cursor[node]++];
        if (g->number[next] != RG_NONE)
            continue;
        g->number[next] = 0;
        g->stack[height++] = next;
    }
    return met;
}

static uint32_t meet(const struct graph *g, const struct side *side,
                     uint32_t a, uint32_t b)
{
    while (a != b) {
        while (g->number[a] < g->number[b])
            a = side->dominator[a];
        while (g->number[b] < g->number[a])
            b = side->dominator[b];
    }
    return a;
}

/* One round over all nodes; whether anything changed. */
static bool improve(struct graph *g, struct side *side,
                    const struct side *back, uint32_t met)
{
    bool has_changed = false;
    for (uint32_t i = met - 1; i-- > 0;) {
        uint32_t node = g->order[i], best = RG_NONE;
        for (uint32_t k = back->first[node]; k < back->first[node + 1]; k++) {
            uint32_t before = back->node[k];
            if (g->number[before] == RG_NONE ||
                side->dominator[before] == RG_NONE)
                continue;
            best = best == RG_NONE ? before : meet(g, side, best, before);
        }
        has_changed = has_changed || best != side->dominator[node];
        side->dominator[node] = best;
    }
    return has_changed;
}

/* Dominators as Cooper, Harvey and Kennedy find them: walking up until nothing
 * changes.  False when that takes too long. */
static bool find_dominators(struct graph *g, struct side *side,
                            const struct side *back, uint32_t entry)
{
    uint32_t met = number_nodes(g, side, entry);
    side->dominator[entry] = entry;
    for (int round = 0; improve(g, side, back, met); round++)
        if (round == MOST_ROUNDS)
            return false;
    for (uint32_t i = met - 1; i-- > 0;) {
        uint32_t node = g->order[i];
        side->depth[node] = side->depth[side->dominator[node]] + 1;
    }
    return true;
}

static bool dominates(const struct side *side, uint32_t above, uint32_t node)
{
    for (int i = 0; i < MOST_CLIMB && side->depth[node] > side->depth[above];
         i++)
        node = side->dominator[node];
    return node == above;
}

/* Whether each reference of the node leads to no target. */
static bool is_apart(const struct graph *g, uint32_t node)
{
    const struct rg_object *objects = g->viewing->graph->objects;
    for (uint32_t k = g->down.first[node]; k < g->down.first[node + 1]; k++)
        if (objects[g->object[g->down.node[k]]].flags & RG_OBJECT_TARGET)
            return false;
    return true;
}

static bool is_idle(const struct graph *g, uint32_t node)
{
    const struct rg_object *objects = g->viewing->graph->objects;
    uint32_t entry = target_of(g);
    if ((objects[g->object[node]].flags & RG_OBJECT_TARGET) != 0 ||
        g->down.dominator[node] == RG_NONE || g->up.dominator[node] == RG_NONE)
        return false;
    uint32_t next = g->up.dominator[node];
    for (int i = 0; i < MOST_CLIMB && next != entry; i++) {
        /* What refers to a target itself is worth seeing all the same. */
        if (dominates(&g->down, next, node))
            return is_apart(g, node);
        next = g->up.dominator[next];
    }
    return false;
}

static enum rg_status allocate(struct graph *g)
{
    size_t objects = g->viewing->graph->object_count;
    size_t nodes = HORIZON + 2;
    g->object = rg_alloc(HORIZON, sizeof *g->object);
    g->node = rg_alloc(objects, sizeof *g->node);
    g->number = rg_alloc(nodes, sizeof *g->number);
    g->order = rg_alloc(nodes, sizeof *g->order);
    g->cursor = rg_alloc(nodes, sizeof *g->cursor);
    g->stack = rg_alloc(nodes, sizeof *g->stack);
    if (g->object == NULL || g->node == NULL || g->number == NULL ||
        g->order == NULL || g->cursor == NULL || g->stack == NULL)
        return RG_ENOMEM;
    if (objects != 0)
        memset(g->node, 0xff, objects * sizeof *g->node);
    return RG_OK;
}

static void release(struct graph *g)
{
    struct side *const sides[] = {&g->down, &g->up};
    for (int i = 0; i < 2; i++) {
        rg_free(sides[i]->first);
        rg_free(sides[i]->node);
        rg_free(sides[i]->dominator);
        rg_free(sides[i]->depth);
    }
    rg_free(g->object);
    rg_free(g->node);
    rg_free(g->from);
    rg_free(g->to);
    rg_free(g->number);
    rg_free(g->order);
    rg_free(g->cursor);
    rg_free(g->stack);
}

static enum rg_status analyse(struct graph *g, bool *idle)
{
    enum rg_status status = allocate(g);
    if (status != RG_OK)
        return status;
    take_nearest(g);
    status = add_edges(g);
    if (status == RG_OK)
        status = index_side(g, &g->down, g->from, g->to);
    if (status == RG_OK)
        status = index_side(g, &g->up, g->to, g->from);
    if (status != RG_OK)
        return status;
    if (!find_dominators(g, &g->down, &g->up, root_of(g)) ||
        !find_dominators(g, &g->up, &g->down, target_of(g)))
        return RG_ELIMIT;
    for (uint32_t i = 0; i < g->count; i++)
        idle[g->object[i]] = is_idle(g, i);
    return RG_OK;
}

enum rg_status rg__view_find_idle(struct rg__viewing *viewing)
{
    struct graph g = {.viewing = viewing};
    viewing->idle = rg_alloc_zeroed(viewing->graph->object_count,
                                    sizeof *viewing->idle);
    if (viewing->idle == NULL)
        return RG_ENOMEM;
    enum rg_status status = analyse(&g, viewing->idle);
    release(&g);
    return status == RG_ELIMIT ? RG_OK : status;
}
