#include "graph/dominator.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"

/* From a table */

void rg__digraph_free(struct rg__digraph *graph)
{
    rg_free(graph->first);
    rg_free(graph->referent);
    rg_free(graph->back_first);
    rg_free(graph->referrer);
    *graph = (struct rg__digraph){0};
}

/* The object of each code, by one array over all codes: half the price of a
 * hash, and gone before the dominators are looked for. */
static uint32_t *list_objects(const struct rg_table *table, size_t *code_count)
{
    *code_count = rg_regions_count(table->regions) << 16;
    uint32_t *object_of = rg_alloc(*code_count, sizeof *object_of);
    if (object_of == NULL)
        return NULL;
    memset(object_of, 0xff, *code_count * sizeof *object_of);
    for (uint32_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT))
            object_of[table->object[i]] = i;
    return object_of;
}

/* Keeps the references to objects of the table, and counts them. */
static enum rg_status keep_references(struct rg__digraph *graph,
                                      const struct rg_table *table,
                                      const uint32_t *object_of,
                                      struct rg_poll *poll)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        graph->first[i] = kept;
        for (uint32_t k = table->first[i]; k < table->first[i + 1]; k++) {
            uint32_t object = object_of[table->referents[k]];
            if (object == RG_NONE)
                continue;
            graph->referent[kept++] = object;
            graph->back_first[object + 1]++;
        }
        enum rg_status status =
            rg_poll(poll, table->first[i + 1] - table->first[i] + 1);
        if (status != RG_OK)
            return status;
    }
    graph->first[table->count] = kept;
    return RG_OK;
}

/* The same read backwards: filled from the end, so that starts are left. */
static void turn_round(struct rg__digraph *graph)
{
    for (uint32_t n = 0; n < graph->count; n++)
        graph->back_first[n + 1] += graph->back_first[n];
    uint32_t *ends = graph->back_first + 1;
    for (uint32_t n = graph->count; n-- > 0;)
        for (uint32_t k = graph->first[n + 1]; k-- > graph->first[n];)
            graph->referrer[--ends[graph->referent[k]]] = n;
    /* ends[n] is now the start of n's run. */
    memmove(graph->back_first, ends, graph->count * sizeof *ends);
    graph->back_first[graph->count] = graph->first[graph->count];
}

enum rg_status rg__digraph_init(struct rg__digraph *graph,
                                const struct rg_table *table,
                                struct rg_poll *poll)
{
    size_t code_count;
    *graph = (struct rg__digraph){.count = (uint32_t)table->count};
    uint32_t *object_of = list_objects(table, &code_count);
    graph->first = rg_alloc(table->count + 1, sizeof *graph->first);
    graph->back_first =
        rg_alloc_zeroed(table->count + 1, sizeof *graph->back_first);
    graph->referent = rg_alloc(table->referent_count, sizeof(uint32_t));
    graph->referrer = rg_alloc(table->referent_count, sizeof(uint32_t));
    enum rg_status status = RG_ENOMEM;
    if (object_of != NULL && graph->first != NULL &&
        graph->back_first != NULL && graph->referent != NULL &&
        graph->referrer != NULL)
        status = keep_references(graph, table, object_of, poll);
    rg_free(object_of);
    if (status == RG_OK)
        turn_round(graph);
    else
        rg__digraph_free(graph);
    return status;
}

void rg__digraph_isolate(struct rg__digraph *graph, uint32_t node)
{
    for (uint32_t k = graph->first[node]; k < graph->first[node + 1]; k++) {
        uint32_t referent = graph->referent[k];
        graph->referent[k] = node;
        for (uint32_t j = graph->back_first[referent];
             j < graph->back_first[referent + 1]; j++)
            if (graph->referrer[j] == node)
                graph->referrer[j] = referent;
    }
}

/* Dominators.  Nodes are known by the number at which a walk from the roots
 * meets them, from 2 on; number 1 stands for all roots together. */

struct work {
    const struct rg__digraph *graph;
    const bool *is_root;
    uint32_t *number;           /* by node; 0: not reached */
    uint32_t *node;             /* by number */
    uint32_t *parent;           /* by number: of the walk */
    uint32_t *semi;             /* by number */
    uint32_t *label;            /* by number */
    uint32_t *ancestor;         /* by number; 0: not linked yet */
    uint32_t *stack;            /* by depth: nodes of the walk */
    uint32_t *next;             /* by node: the reference to look at next */
    uint32_t met;
};

static void meet(struct work *work, uint32_t node, uint32_t parent)
{
    uint32_t number = ++work->met;
    work->number[node] = number;
    work->node[number] = node;
    work->parent[number] = parent;
    work->next[node] = work->graph->first[node];
}

static void walk_from(struct work *work, uint32_t root)
{
    const struct rg__digraph *graph = work->graph;
    size_t depth = 0;
    meet(work, root, 1);
    work->stack[depth++] = root;
    while (depth > 0) {
        uint32_t node = work->stack[depth - 1];
        if (work->next[node] == graph->first[node + 1]) {
            depth--;
            continue;
        }
        uint32_t referent = graph->referent[work->next[node]++];
        if (work->number[referent] != 0)
            continue;
        meet(work, referent, work->number[node]);
        work->stack[depth++] = referent;
    }
}

/* The number with the least semidominator on the way from `number` up to what
 * is not linked yet; the way is shortened as it is walked. */
static uint32_t evaluate(struct work *work, uint32_t number)
{
    uint32_t *ancestor = work->ancestor, *label = work->label;
    size_t depth = 0;
    if (ancestor[number] == 0)
        return number;
    uint32_t at = number;
    while (ancestor[ancestor[at]] != 0) {
        work->stack[depth++] = at;
        at = ancestor[at];
    }
    while (depth > 0) {
        at = work->stack[--depth];
        uint32_t up = ancestor[at];
        if (work->semi[label[up]] < work->semi[label[at]])
            label[at] = label[up];
        ancestor[at] = ancestor[up];
    }
    return label[number];
}

/* Of one reference to the node with this number. */
static void consider(struct work *work, uint32_t number, uint32_t referrer)
{
    uint32_t semi = work->semi[evaluate(work, referrer)];
    if (semi < work->semi[number])
        work->semi[number] = semi;
}

static enum rg_status find_semi(struct work *work, struct rg_poll *poll)
{
    const struct rg__digraph *graph = work->graph;
    enum rg_status status = RG_OK;
    for (uint32_t i = 1; i <= work->met; i++)
        work->semi[i] = work->label[i] = i;
    for (uint32_t i = work->met; status == RG_OK && i > 1; i--) {
        uint32_t node = work->node[i];
        if (work->is_root[node])
            work->semi[i] = 1;
        for (uint32_t k = graph->back_first[node];
             k < graph->back_first[node + 1]; k++) {
            uint32_t referrer = work->number[graph->referrer[k]];
            if (referrer != 0)
                consider(work, i, referrer);
        }
        work->ancestor[i] = work->parent[i];
        status = rg_poll(poll, graph->back_first[node + 1] -
                                   graph->back_first[node] + 1);
    }
    return status;
}

/* Semi-NCA: up the dominators found so far, to the semidominator. */
static void find_dominators(struct work *work, uint32_t *dominator)
{
    uint32_t *by_number = work->label;  /* no longer needed */
    by_number[1] = 1;
    for (uint32_t i = 2; i <= work->met; i++) {
        uint32_t above = work->parent[i];
        while (above > work->semi[i])
            above = by_number[above];
        by_number[i] = above;
        dominator[work->node[i]] =
            above == 1 ? work->graph->count : work->node[above];
    }
}

static enum rg_status prepare(struct work *work)
{
    size_t count = work->graph->count;
    work->number = rg_alloc_zeroed(count, sizeof(uint32_t));
    work->node = rg_alloc(count + 2, sizeof(uint32_t));
    work->parent = rg_alloc(count + 2, sizeof(uint32_t));
    work->semi = rg_alloc(count + 2, sizeof(uint32_t));
    work->label = rg_alloc(count + 2, sizeof(uint32_t));
    work->ancestor = rg_alloc_zeroed(count + 2, sizeof(uint32_t));
    work->stack = rg_alloc(count + 2, sizeof(uint32_t));
    work->next = rg_alloc(count, sizeof(uint32_t));
    return work->number && work->node && work->parent && work->semi &&
                   work->label && work->ancestor && work->stack && work->next
               ? RG_OK
               : RG_ENOMEM;
}

enum rg_status rg__dominators(const struct rg__digraph *graph,
                              const bool *is_root, uint32_t *dominator,
                              uint32_t *order, uint32_t *reached,
                              struct rg_poll *poll)
{
    struct work work = {.graph = graph, .is_root = is_root, .met = 1};
    enum rg_status status = prepare(&work);
    for (uint32_t n = 0; status == RG_OK && n < graph->count; n++) {
        if (is_root[n] && work.number[n] == 0)
            walk_from(&work, n);
        status = rg_poll(poll, 1);
    }
    if (status == RG_OK)
        status = find_semi(&work, poll);
    if (status == RG_OK) {
        if (graph->count > 0)
            memset(dominator, 0xff, graph->count * sizeof *dominator);
        find_dominators(&work, dominator);
        *reached = work.met - 1;
        for (uint32_t i = 2; i <= work.met; i++)
            order[i - 2] = work.node[i];
    }
    rg_free(work.number);
    rg_free(work.node);
    rg_free(work.parent);
    rg_free(work.semi);
    rg_free(work.label);
    rg_free(work.ancestor);
    rg_free(work.stack);
    rg_free(work.next);
    return status;
}
