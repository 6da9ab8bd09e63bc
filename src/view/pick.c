/* Which objects and roots are drawn.
 *
 * First the targets, then the emphasised path, then breadth-first what refers
 * to them: of alike referrers three and a stack, of long runs both ends.  The
 * queue is the order of drawing, so a small limit keeps what is near. */
#include "view/viewing.h"

#include <string.h>

#include "base/alloc.h"

struct picking {
    struct rg__drawn *drawn;
    struct rg_view *view; /* of drawn */
    const struct rg_graph *graph;
    struct rg__groups *groups;
    const struct rg__outgoing *outgoing;
    size_t max_objects;
    uint32_t *queue; /* objects drawn, in the order to look at */
    size_t queue_count;
    uint32_t *path_next; /* by object: the next drawn one up the path */
};

static bool has_room_left(const struct picking *picking)
{
    return picking->view->counts.objects_drawn < picking->max_objects;
}

enum rg_status rg__view_draw_object(struct rg__drawn *drawn, uint32_t object)
{
    struct rg_view *view = drawn->view;
    bool is_target = view->graph->objects[object].flags & RG_OBJECT_TARGET;
    struct rg_view_node node = {.kind = RG_VIEW_OBJECT,
                                .object = object,
                                .root = RG_NONE,
                                .flags = is_target ? RG_VIEW_TARGET : 0};
    uint32_t index = rg__view_add_node(view, &node);
    if (index == RG_NONE)
        return RG_ENOMEM;
    drawn->object_node[object] = index;
    view->counts.objects_drawn++;
    return RG_OK;
}

enum rg_status rg__view_draw_root(struct rg__drawn *drawn, uint32_t root)
{
    struct rg_view_node node = {
        .kind = RG_VIEW_ROOT, .object = RG_NONE, .root = root};
    uint32_t index = rg__view_add_node(drawn->view, &node);
    if (index == RG_NONE)
        return RG_ENOMEM;
    drawn->root_node[root] = index;
    rg__view_fold_start(drawn, index);
    drawn->view->counts.roots_drawn++;
    return RG_OK;
}

static void enqueue(struct picking *picking, uint32_t object)
{
    picking->queue[picking->queue_count++] = object;
}

/* Objects on the path, the target among them: one per reference, and one more
 * when it starts at a suspended task, which is an object and no root. */
static size_t path_length(const struct picking *picking)
{
    const struct rg_view *view = picking->view;
    if (view->path_count == 0)
        return 0;
    const struct rg_reference *start =
        &picking->graph->references[view->path[0]];
    return view->path_count + (start->root == RG_NONE);
}

/* The object at `place` on the way from the target (0) up to the root. */
static uint32_t path_object(const struct picking *picking, size_t place)
{
    const struct rg_view *view = picking->view;
    const struct rg_reference *references = picking->graph->references;
    if (place == view->path_count)
        return references[view->path[0]].referrer;
    return references[view->path[view->path_count - 1 - place]].referent;
}

/* Whether exactly one reference leads to the object. */
static bool has_one_referrer(const struct picking *picking, uint32_t object)
{
    const struct rg_object *o = &picking->graph->objects[object];
    return o->reference_count == 1 && o->rest_count == 0 &&
           (o->flags & (RG_OBJECT_TARGET | RG_OBJECT_LIMIT)) == 0 &&
           picking->graph->references[o->first_reference].kind != RG_WEAK;
}

/* Whether the object refers to one thing of this graph, once: then nothing is
 * lost when it becomes a step that is only counted. */
static bool has_one_referent(const struct picking *picking, uint32_t object)
{
    return picking->outgoing->first[object + 1] -
               picking->outgoing->first[object] ==
           1;
}

/* The referrer of an object that has one, or RG_NONE when it is a root. */
static uint32_t only_referrer(const struct picking *picking, uint32_t object)
{
    const struct rg_object *o = &picking->graph->objects[object];
    return picking->graph->references[o->first_reference].referrer;
}

/* How many objects with one referrer each follow each other from `first` up;
 * *last is the last of them. */
static size_t run_length(const struct picking *picking, uint32_t first,
                         uint32_t *last)
{
    size_t length = 0;
    uint32_t object = first;
    while (object != RG_NONE && has_one_referrer(picking, object) &&
           picking->drawn->object_node[object] == RG_NONE &&
           (length == 0 ||
            (object != first && has_one_referent(picking, object)))) {
        *last = object;
        length++;
        object = only_referrer(picking, object);
    }
    return length;
}

/* Makes the steps between `first` and `last` of a run one node. */
static enum rg_status draw_steps(struct picking *picking, uint32_t first,
                                 uint32_t last, size_t length)
{
    struct rg_view_node node = {.kind = RG_VIEW_STEPS,
                                .object = RG_NONE,
                                .root = RG_NONE,
                                .count = length - 2};
    uint32_t index = rg__view_add_node(picking->view, &node);
    if (index == RG_NONE)
        return RG_ENOMEM;
    for (uint32_t object = only_referrer(picking, first); object != last;
         object = only_referrer(picking, object))
        picking->drawn->object_node[object] = index;
    return RG_OK;
}

/* Draws an object that refers to one already drawn, and if a long run starts
 * with it, the last of the run. */
static enum rg_status draw_referrer(struct picking *picking, uint32_t object)
{
    uint32_t last = object;
    size_t length = run_length(picking, object, &last);
    enum rg_status status = rg__view_draw_object(picking->drawn, object);
    if (status != RG_OK)
        return status;
    enqueue(picking, object);
    if (length <= RG_VIEW_MAX_RUN || !has_room_left(picking))
        return RG_OK;
    status = draw_steps(picking, object, last, length);
    if (status == RG_OK)
        status = rg__view_draw_object(picking->drawn, last);
    if (status == RG_OK)
        enqueue(picking, last);
    return status;
}

/* Clears keep[] for the inner objects of long runs on the path. */
static size_t drop_runs(const struct picking *picking, bool *keep,
                        size_t length)
{
    size_t kept = length, start = 1;
    while (start < length) {
        size_t end = start; /* one past the run */
        while (end < length &&
               has_one_referrer(picking, path_object(picking, end)) &&
               (end == start ||
                has_one_referent(picking, path_object(picking, end))))
            end++;
        if (end - start > RG_VIEW_MAX_RUN)
            for (size_t i = start + 1; i + 1 < end; i++, kept--)
                keep[i] = false;
        start = end > start + 1 ? end - 1 : start + 1;
    }
    return kept;
}

/* Clears more of keep[], in the middle, until `limit` objects are left. */
static void drop_middle(bool *keep, size_t length, size_t kept, size_t limit)
{
    size_t near = (limit + 1) / 2, far = limit - near, seen = 0;
    for (size_t i = 0; i < length; i++) {
        if (!keep[i])
            continue;
        if (seen >= near && seen < kept - far)
            keep[i] = false;
        seen++;
    }
}

/* Draws the objects of the path that are kept, and a node of steps for each
 * gap; path_next leads from one kept object to the next. */
static enum rg_status draw_path(struct picking *picking, const bool *keep,
                                size_t length)
{
    uint32_t below = path_object(picking, 0), steps = RG_NONE;
    for (size_t i = 1; i < length; i++) {
        uint32_t object = path_object(picking, i);
        if (picking->drawn->object_node[object] != RG_NONE)
            continue; /* a second target on the way */
        if (keep[i]) {
            if (rg__view_draw_object(picking->drawn, object) != RG_OK)
                return RG_ENOMEM;
            picking->path_next[below] = object;
            below = object;
            steps = RG_NONE;
            continue;
        }
        struct rg_view_node node = {
            .kind = RG_VIEW_STEPS, .object = RG_NONE, .root = RG_NONE};
        if (steps == RG_NONE)
            steps = rg__view_add_node(picking->view, &node);
        if (steps == RG_NONE)
            return RG_ENOMEM;
        picking->drawn->object_node[object] = steps;
        picking->view->nodes[steps].count++;
    }
    return RG_OK;
}

/* The root that the path starts from, if it is one. */
static enum rg_status draw_start(struct picking *picking)
{
    const struct rg_reference *start =
        &picking->graph->references[picking->view->path[0]];
    return start->root == RG_NONE
               ? RG_OK
               : rg__view_draw_root(picking->drawn, start->root);
}

static enum rg_status pick_path(struct picking *picking)
{
    size_t length = path_length(picking);
    if (length == 0)
        return RG_OK;
    bool *keep = rg_alloc(length, sizeof *keep);
    if (keep == NULL)
        return RG_ENOMEM;
    memset(keep, true, length * sizeof *keep);
    size_t kept = drop_runs(picking, keep, length);
    /* Half of the room: a path is not the whole story.  The target, which is
     * drawn already, is one of its objects. */
    size_t limit =
        (picking->max_objects - picking->view->counts.objects_drawn) / 2 + 1;
    if (kept > limit)
        drop_middle(keep, length, kept, limit);
    enum rg_status status = draw_path(picking, keep, length);
    if (status == RG_OK)
        status = draw_start(picking);
    rg_free(keep);
    return status;
}

/* Roots have room of their own: they are what the question is about. */
static bool has_room_for(const struct picking *picking,
                         const struct rg_reference *reference)
{
    return reference->root == RG_NONE
               ? has_room_left(picking)
               : picking->view->counts.roots_drawn < picking->max_objects;
}

static enum rg_status draw_origin(struct picking *picking,
                                  const struct rg_reference *reference)
{
    return reference->root == RG_NONE
               ? draw_referrer(picking, reference->referrer)
               : rg__view_draw_root(picking->drawn, reference->root);
}

/* Whether one more of these alike referrers is drawn. */
static bool wants_more(const struct rg__alike *alike)
{
    uint64_t all = alike->drawn + alike->hidden + alike->rests;
    uint64_t limit = RG_VIEW_MAX_ALIKE - (all > RG_VIEW_MAX_ALIKE);
    return alike->drawn < limit;
}

/* How many referrers of `object` may be drawn besides those that are: of a
 * target all, of others a few, or one busy object fills the picture. */
static size_t fan_left(const struct picking *picking, uint32_t object)
{
    size_t drawn = 0;
    if (picking->graph->objects[object].flags & RG_OBJECT_TARGET)
        return SIZE_MAX;
    for (size_t i = 0; i < picking->groups->count; i++)
        drawn += picking->groups->alikes[i].drawn;
    size_t most = picking->groups->aside->root_distance == NULL
                      ? RG_VIEW_MAX_FAN
                      : RG_VIEW_CROWDED_FAN;
    return drawn < most ? most - drawn : 0;
}

/* Draws those of the referrers of `object` that there is room for. */
static enum rg_status pick_referrers(struct picking *picking, uint32_t object)
{
    const struct rg_object *referent = &picking->graph->objects[object];
    enum rg_status status = rg__view_group(picking->groups, object);
    if (status != RG_OK)
        return status;
    size_t left = fan_left(picking, object);
    for (uint32_t k = 0; k < referent->reference_count && left > 0; k++) {
        const struct rg_reference *reference =
            &picking->graph->references[referent->first_reference + k];
        if (picking->groups->alike_of[k] == RG_NONE ||
            rg__view_referrer_node(picking->drawn, reference) != RG_NONE)
            continue;
        struct rg__alike *alike =
            &picking->groups->alikes[picking->groups->alike_of[k]];
        if (!wants_more(alike) || !has_room_for(picking, reference))
            continue;
        if (draw_origin(picking, reference) != RG_OK)
            return RG_ENOMEM;
        alike->drawn++;
        alike->hidden--;
        left--;
    }
    return RG_OK;
}

static enum rg_status pick_all(struct picking *picking)
{
    uint32_t end =
        picking->view->path_count == 0 ? RG_NONE : path_object(picking, 0);
    if (rg__view_pick_targets(picking->drawn, picking->max_objects, end) !=
        RG_OK)
        return RG_ENOMEM;
    for (size_t i = 0; i < picking->view->node_count; i++)
        if (picking->view->nodes[i].kind == RG_VIEW_OBJECT)
            enqueue(picking, picking->view->nodes[i].object);
    if (pick_path(picking) != RG_OK)
        return RG_ENOMEM;
    for (size_t head = 0; head < picking->queue_count; head++) {
        uint32_t object = picking->queue[head];
        if (picking->path_next[object] != RG_NONE)
            enqueue(picking, picking->path_next[object]);
        enum rg_status status = pick_referrers(picking, object);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

enum rg_status rg__view_pick(struct rg__drawn *drawn, struct rg__groups *groups,
                             const struct rg__outgoing *outgoing,
                             size_t max_objects)
{
    const struct rg_graph *graph = drawn->view->graph;
    size_t count = graph->object_count;
    struct picking picking = {.drawn = drawn,
                              .view = drawn->view,
                              .graph = graph,
                              .groups = groups,
                              .outgoing = outgoing,
                              .max_objects = max_objects};
    enum rg_status status = RG_ENOMEM;
    picking.queue = rg_alloc(count, sizeof *picking.queue);
    picking.path_next = rg_alloc(count, sizeof *picking.path_next);
    if (picking.queue == NULL || picking.path_next == NULL)
        goto fail;
    if (count != 0)
        memset(picking.path_next, 0xff, count * sizeof *picking.path_next);
    status = pick_all(&picking);
fail:
    rg_free(picking.queue);
    rg_free(picking.path_next);
    return status;
}
