/* The walk over the lines: depth first, with a stack of its own. */
#include "render/lines.h"

#include "base/alloc.h"

/* An object whose lines are being given out.  Its lines are its references,
 * each with the rests that stand behind it, then what is only counted and the
 * limits. */
struct rg__expansion {
    uint32_t object;
    uint32_t next_reference; /* offsets among the object's own */
    uint32_t next_rest;
    bool is_target;
    bool has_back, has_native, has_limit, has_left_out; /* not given out yet */
    uint8_t next_unseen;                                /* enum rg_unseen */
    uint64_t left; /* lines not given out yet */
};

/* What the walk knows of an object. */
enum { STATE_NOT_MET, STATE_ON_CHAIN, STATE_DONE };

enum rg_status rg__text_walk_init(struct rg__text_walk *walk,
                                  const struct rg__lines *lines)
{
    *walk = (struct rg__text_walk){.lines = lines};
    walk->states = rg_alloc_zeroed(lines->graph->object_count, 1);
    return walk->states == NULL ? RG_ENOMEM : RG_OK;
}

void rg__text_walk_free(struct rg__text_walk *walk)
{
    rg_free(walk->frames);
    rg_free(walk->states);
    *walk = (struct rg__text_walk){0};
}

static unsigned count_unseen(const struct rg_graph *graph)
{
    unsigned count = 0;
    for (int i = 0; i < RG_UNSEEN_COUNT; i++)
        count += graph->unseen[i] != 0;
    return count;
}

static enum rg_status push(struct rg__text_walk *walk, uint32_t object,
                           bool is_target)
{
    const struct rg_graph *graph = walk->lines->graph;
    const struct rg_object *record = &graph->objects[object];
    void *frames = walk->frames;
    if (rg_grow(&frames, &walk->capacity, walk->depth + 1,
                sizeof *walk->frames) < 0)
        return RG_ENOMEM;
    walk->frames = frames;
    struct rg__expansion frame = {
        .object = object,
        .is_target = is_target,
        .has_back = walk->lines->back_count[object] != 0,
        .has_native = walk->lines->is_native[object],
        .has_limit = record->flags & RG_OBJECT_LIMIT,
        .has_left_out = is_target && graph->left_out.objects != 0,
    };
    frame.left = (uint64_t)walk->lines->line_count[object] +
                 record->rest_count + frame.has_back + frame.has_native +
                 frame.has_limit + frame.has_left_out +
                 (is_target ? count_unseen(graph) + graph->timed_out : 0);
    walk->frames[walk->depth++] = frame;
    walk->states[object] = STATE_ON_CHAIN;
    return RG_OK;
}

/* Leaves the objects whose lines are all given out. */
static void pop_finished(struct rg__text_walk *walk)
{
    while (walk->depth != 0 && walk->frames[walk->depth - 1].left == 0) {
        walk->depth--;
        walk->states[walk->frames[walk->depth].object] = STATE_DONE;
    }
}

static enum rg_status next_target(struct rg__text_walk *walk,
                                  struct rg__line *line, bool *more)
{
    const struct rg_graph *graph = walk->lines->graph;
    if (walk->next_target == graph->target_count) {
        *more = false;
        return RG_OK;
    }
    uint32_t target = graph->targets[walk->next_target];
    *line = (struct rg__line){
        .kind = RG__LINE_TARGET,
        .is_last = walk->next_target + 1 == graph->target_count,
        .index = (uint32_t)walk->next_target,
        .referent = RG_NONE,
        .expanded = target,
    };
    walk->next_target++;
    return push(walk, target, true);
}

static enum rg__mark mark_of(const struct rg__text_walk *walk, uint32_t object)
{
    static const enum rg__mark marks[] = {
        [STATE_NOT_MET] = RG__SHOWN_BELOW,
        [STATE_ON_CHAIN] = RG__CIRCULAR,
        [STATE_DONE] = RG__SHOWN_ABOVE,
    };
    return marks[walk->states[object]];
}

/* A line for a reference: expanded here, marked, or a variable. */
static enum rg_status take_reference(struct rg__text_walk *walk, uint32_t at,
                                     struct rg__line *line)
{
    uint32_t referrer = walk->lines->graph->references[at].referrer;
    line->kind = RG__LINE_REFERENCE;
    line->index = at;
    if (referrer == RG_NONE)
        return RG_OK;
    if (walk->lines->expanded_at[referrer] != at) {
        line->mark = mark_of(walk, referrer);
        return RG_OK;
    }
    line->expanded = referrer;
    return push(walk, referrer, false);
}

/* Steps over references that were merged into a line before, or left out. */
static void skip_merged(const struct rg__text_walk *walk,
                        struct rg__expansion *frame)
{
    const struct rg_object *object =
        &walk->lines->graph->objects[frame->object];
    while (frame->next_reference < object->reference_count &&
           walk->lines->node_of[rg__lines_at(walk->lines, object,
                                             frame->next_reference)] == RG_NONE)
        frame->next_reference++;
}

/* Whether the next rest stands before the next reference. */
static bool is_rest_due(const struct rg__text_walk *walk,
                        const struct rg__expansion *frame)
{
    const struct rg_graph *graph = walk->lines->graph;
    const struct rg_object *object = &graph->objects[frame->object];
    uint32_t rest = object->first_rest + frame->next_rest;
    if (frame->next_rest == object->rest_count)
        return false;
    const struct rg__text_order *order = walk->lines->order;
    uint32_t after =
        order == NULL ? graph->rests[rest].after : order->rests[rest].after;
    return after < frame->next_reference;
}

static void take_rest(const struct rg__text_walk *walk, uint32_t at,
                      struct rg__line *line)
{
    const struct rg__text_order *order = walk->lines->order;
    line->kind = RG__LINE_REST;
    line->index = order == NULL ? at : order->rests[at].rest;
    line->count = walk->lines->graph->rests[line->index].count;
}

/* What was cut or could not be seen, behind all references. */
static void take_limit(const struct rg__lines *lines,
                       struct rg__expansion *frame, struct rg__line *line)
{
    const struct rg_graph *graph = lines->graph;
    if (frame->has_back) {
        line->kind = RG__LINE_BACK;
        line->count = lines->back_count[frame->object];
        frame->has_back = false;
        return;
    }
    if (frame->has_native) {
        line->kind = RG__LINE_NATIVE;
        frame->has_native = false;
        return;
    }
    if (frame->has_limit) {
        line->kind = RG__LINE_DEPTH_LIMIT;
        frame->has_limit = false;
        return;
    }
    while (frame->next_unseen < RG_UNSEEN_COUNT &&
           graph->unseen[frame->next_unseen] == 0)
        frame->next_unseen++;
    if (frame->next_unseen < RG_UNSEEN_COUNT) {
        line->kind = RG__LINE_UNSEEN;
        line->index = frame->next_unseen++;
        return;
    }
    line->kind = frame->has_left_out ? RG__LINE_LEFT_OUT : RG__LINE_TIMEOUT;
    frame->has_left_out = false;
}

enum rg_status rg__text_walk_next(struct rg__text_walk *walk,
                                  struct rg__line *line, bool *more)
{
    *more = true;
    enum rg_status status = rg_poll(walk->lines->poll, 1);
    if (status != RG_OK)
        return status;
    pop_finished(walk);
    if (walk->depth == 0)
        return next_target(walk, line, more);
    struct rg__expansion *frame = &walk->frames[walk->depth - 1];
    const struct rg_object *object =
        &walk->lines->graph->objects[frame->object];
    *line = (struct rg__line){
        .is_last = --frame->left == 0,
        .level = walk->depth,
        .referent = frame->object,
        .expanded = RG_NONE,
    };
    if (!is_rest_due(walk, frame))
        skip_merged(walk, frame);
    if (is_rest_due(walk, frame)) {
        take_rest(walk, object->first_rest + frame->next_rest++, line);
        return RG_OK;
    }
    if (frame->next_reference < object->reference_count)
        return take_reference(
            walk, rg__lines_at(walk->lines, object, frame->next_reference++),
            line);
    take_limit(walk->lines, frame, line);
    return RG_OK;
}
