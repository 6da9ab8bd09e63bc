/* The emphasised path: the shortest chain from a module or an interpreter
 * table; if there is none, from a suspended task; if none, from a running
 * frame.  Among equals the one whose steps, read from the root, come first as
 * text: so the choice follows content, whatever the order of the heap. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

enum rank { FROM_MODULE, FROM_TASK, FROM_FRAME, NO_RANK };

struct emphasis {
    const struct rg__viewing *viewing;
    const struct rg_graph *graph;
    uint32_t *distance;     /* of each object from the nearest target */
    uint32_t *via;          /* the reference by which the walk came to it */
    uint32_t *front, *next; /* objects whose path so far reads the same */
    size_t front_count;
    enum rank rank;         /* of the best chains, */
    uint32_t length;        /* the distance they start at, */
    uint32_t start;         /* and the first of them as text: a reference */
};

/* Distances by breadth-first search; `next` serves as the queue. */
static void measure(struct emphasis *emphasis)
{
    const struct rg_graph *graph = emphasis->graph;
    uint32_t *queue = emphasis->next;
    size_t tail = 0;
    for (size_t i = 0; i < graph->target_count; i++) {
        uint32_t target = graph->targets[i];
        if (emphasis->distance[target] != RG_NONE)
            continue;
        emphasis->distance[target] = 0;
        queue[tail++] = target;
    }
    for (size_t head = 0; head < tail; head++) {
        const struct rg_object *object = &graph->objects[queue[head]];
        const struct rg_reference *reference =
            &graph->references[object->first_reference];
        for (uint32_t k = 0; k < object->reference_count; k++, reference++) {
            uint32_t referrer = reference->referrer;
            if (referrer == RG_NONE || reference->kind == RG_WEAK ||
                emphasis->distance[referrer] != RG_NONE)
                continue;
            emphasis->distance[referrer] = emphasis->distance[queue[head]] + 1;
            queue[tail++] = referrer;
        }
    }
}

/* What kind of chain starts with this reference. */
static enum rank rank_of(const struct rg_graph *graph,
                         const struct rg_reference *reference)
{
    if (reference->root != RG_NONE) {
        uint8_t kind = graph->roots[reference->root].kind;
        return kind == RG_ROOT_MODULE || kind == RG_ROOT_INTERPRETER
                   ? FROM_MODULE
                   : FROM_FRAME;
    }
    bool is_task = (reference->kind == RG_COROUTINE_LOCAL ||
                    reference->kind == RG_ASYNC_LOCAL) &&
                   (graph->objects[reference->referrer].flags &
                    RG_OBJECT_SUSPENDED) != 0;
    return is_task ? FROM_TASK : NO_RANK;
}

static int compare_text(const struct rg_graph *graph, struct rg_text a,
                        struct rg_text b)
{
    uint32_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0
                          : memcmp(rg_graph_bytes(graph, a),
                                   rg_graph_bytes(graph, b), size);
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

int rg__view_compare_steps(const struct rg_graph *graph,
                           const struct rg_reference *a,
                           const struct rg_reference *b)
{
    int order = compare_text(graph, a->label, b->label);
    if (order == 0)
        order = (a->number > b->number) - (a->number < b->number);
    if (order == 0)
        order = (int)a->kind - (int)b->kind;
    return order != 0 ? order : (int)a->key_type - (int)b->key_type;
}

/* Order of two references that start a chain: by the root, then the step. */
static int compare_starts(const struct rg_graph *graph,
                          const struct rg_reference *a,
                          const struct rg_reference *b)
{
    if (a->root != RG_NONE && b->root != RG_NONE && a->root != b->root) {
        const struct rg_root *x = &graph->roots[a->root];
        const struct rg_root *y = &graph->roots[b->root];
        int order = compare_text(graph, x->name, y->name);
        if (order == 0)
            order = compare_text(graph, x->thread, y->thread);
        if (order != 0)
            return order;
    }
    int order = compare_text(graph, a->owner, b->owner);
    return order != 0 ? order : rg__view_compare_steps(graph, a, b);
}

/* How `reference`, which starts a chain, compares with the best so far. */
static int compare_with_best(const struct emphasis *emphasis, enum rank rank,
                             const struct rg_reference *reference)
{
    uint32_t length = emphasis->distance[reference->referent];
    if (rank != emphasis->rank)
        return rank < emphasis->rank ? -1 : 1;
    if (length != emphasis->length)
        return length < emphasis->length ? -1 : 1;
    return compare_starts(emphasis->graph, reference,
                          &emphasis->graph->references[emphasis->start]);
}

/* The best start of all references. */
static void find_best(struct emphasis *emphasis)
{
    const struct rg_graph *graph = emphasis->graph;
    for (uint32_t i = 0; i < graph->reference_count; i++) {
        const struct rg_reference *reference = &graph->references[i];
        enum rank rank = rank_of(graph, reference);
        if (rank == NO_RANK ||
            emphasis->distance[reference->referent] == RG_NONE)
            continue;
        if (emphasis->rank == NO_RANK ||
            compare_with_best(emphasis, rank, reference) < 0) {
            emphasis->rank = rank;
            emphasis->length = emphasis->distance[reference->referent];
            emphasis->start = i;
        }
    }
}

/* The objects whose chain starts like the best one: the first front. */
static void set_front(struct emphasis *emphasis)
{
    const struct rg_graph *graph = emphasis->graph;
    for (uint32_t i = 0; i < graph->reference_count; i++) {
        const struct rg_reference *reference = &graph->references[i];
        uint32_t object = reference->referent;
        enum rank rank = rank_of(graph, reference);
        if (rank == NO_RANK || emphasis->distance[object] == RG_NONE ||
            emphasis->via[object] != RG_NONE ||
            compare_with_best(emphasis, rank, reference) != 0)
            continue;
        emphasis->via[object] = i;
        emphasis->front[emphasis->front_count++] = object;
    }
}

/* Takes `index` into the next front, unless another one reads better. */
static void consider(struct emphasis *emphasis, uint32_t index,
                     uint32_t *best, size_t *count)
{
    const struct rg_reference *references = emphasis->graph->references;
    const struct rg_reference *reference = &references[index];
    int order = *best == RG_NONE
                    ? -1
                    : rg__view_compare_steps(emphasis->graph, reference,
                                             &references[*best]);
    if (order > 0)
        return;
    if (order < 0) {
        for (size_t i = 0; i < *count; i++)
            emphasis->via[emphasis->next[i]] = RG_NONE;
        *best = index;
        *count = 0;
    }
    if (emphasis->via[reference->referent] != RG_NONE)
        return;
    emphasis->via[reference->referent] = index;
    emphasis->next[(*count)++] = reference->referent;
}

/* One step towards the target: from the front to those of the next distance
 * whose step is the first as text.  `distance` is that next distance. */
static void advance(struct emphasis *emphasis, uint32_t distance)
{
    const struct rg_reference *references = emphasis->graph->references;
    const struct rg__viewing *viewing = emphasis->viewing;
    uint32_t best = RG_NONE;
    size_t count = 0;
    for (size_t i = 0; i < emphasis->front_count; i++) {
        uint32_t object = emphasis->front[i];
        uint32_t end = viewing->outgoing_first[object + 1];
        for (uint32_t k = viewing->outgoing_first[object]; k < end; k++) {
            uint32_t index = viewing->outgoing[k];
            if (references[index].kind != RG_WEAK &&
                emphasis->distance[references[index].referent] == distance)
                consider(emphasis, index, &best, &count);
        }
    }
    uint32_t *front = emphasis->front;
    emphasis->front = emphasis->next;
    emphasis->next = front;
    emphasis->front_count = count;
}

/* Writes down the way the walk came, from the target back to the root. */
static enum rg_status write_path(struct emphasis *emphasis,
                                 struct rg_view *view)
{
    size_t count = (size_t)emphasis->length + 1;
    view->path = rg_alloc(count, sizeof *view->path);
    if (view->path == NULL)
        return RG_ENOMEM;
    view->path_count = count;
    uint32_t object = emphasis->front[0];
    for (size_t i = count; i-- > 0;) {
        view->path[i] = emphasis->via[object];
        object = emphasis->graph->references[view->path[i]].referrer;
    }
    return RG_OK;
}

static enum rg_status find_path(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    size_t count = graph->object_count;
    struct emphasis emphasis = {
        .viewing = viewing, .graph = graph, .rank = NO_RANK};
    enum rg_status status = RG_ENOMEM;
    emphasis.distance = rg_alloc(count, sizeof(uint32_t));
    emphasis.via = rg_alloc(count, sizeof(uint32_t));
    emphasis.front = rg_alloc(count, sizeof(uint32_t));
    emphasis.next = rg_alloc(count, sizeof(uint32_t));
    if (emphasis.distance == NULL || emphasis.via == NULL ||
        emphasis.front == NULL || emphasis.next == NULL)
        goto fail;
    if (count != 0) {
        memset(emphasis.distance, 0xff, count * sizeof(uint32_t));
        memset(emphasis.via, 0xff, count * sizeof(uint32_t));
    }
    measure(&emphasis);
    find_best(&emphasis);
    if (emphasis.rank != NO_RANK)
        set_front(&emphasis);
    for (uint32_t d = emphasis.length; d > 0 && emphasis.rank != NO_RANK; d--)
        advance(&emphasis, d - 1);
    status = emphasis.rank == NO_RANK ? RG_OK
                                      : write_path(&emphasis, viewing->view);
fail:
    rg_free(emphasis.distance);
    rg_free(emphasis.via);
    rg_free(emphasis.front);
    rg_free(emphasis.next);
    return status;
}

/* The path that the graph carries, when all of it is shown; NULL otherwise:
 * of several targets each has its own, and only one is emphasised.  Lines may
 * come from anywhere: a path that meets an object twice is none. */
static const struct rg_path *recorded_path(struct rg__viewing *viewing)
{
    const struct rg_graph *graph = viewing->graph;
    if (graph->target_count != 1 || graph->path_count == 0 ||
        graph->paths[0].kind != RG_PATH_EMPHASISED ||
        graph->paths[0].step_count == 0)
        return NULL;
    const struct rg_path *path = &graph->paths[0];
    const struct rg_step *step = &graph->steps[path->first_step];
    uint32_t above = RG_NONE;
    viewing->round++;
    for (uint32_t i = 0; i < path->step_count; i++) {
        if (step[i].reference == RG_NONE)
            return NULL;
        const struct rg_reference *reference =
            &graph->references[step[i].reference];
        above = i == 0 ? reference->referrer : above;
        if (i == 0 && above != RG_NONE)
            viewing->object_seen[above] = viewing->round;
        if (reference->referrer != above || reference->kind == RG_WEAK ||
            viewing->object_seen[reference->referent] == viewing->round)
            return NULL;
        above = reference->referent;
        viewing->object_seen[above] = viewing->round;
    }
    return above == graph->targets[0] ? path : NULL;
}

static enum rg_status take_recorded(struct rg_view *view,
                                    const struct rg_path *path)
{
    view->path = rg_alloc(path->step_count, sizeof *view->path);
    if (view->path == NULL)
        return RG_ENOMEM;
    view->path_count = path->step_count;
    for (uint32_t i = 0; i < path->step_count; i++)
        view->path[i] =
            view->graph->steps[path->first_step + i].reference;
    return RG_OK;
}

enum rg_status rg__view_emphasise(struct rg__viewing *viewing)
{
    const struct rg_path *recorded = recorded_path(viewing);
    return recorded != NULL ? take_recorded(viewing->view, recorded)
                            : find_path(viewing);
}
