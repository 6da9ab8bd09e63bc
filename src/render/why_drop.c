/* What to let go: the cut, what is yours, and what native code holds
 * besides. */
#include <inttypes.h>

#include "render/why_parts.h"

#include "render/label.h"

enum { CUT_LINES = 6, YOURS_LINES = 4 };

static bool is_same_text(struct rg_text a, struct rg_text b)
{
    return a.size == b.size && (a.size == 0 || a.offset == b.offset);
}

/* The object at which a path begins that native code holds; RG_NONE: it is not
 * shown. */
static uint32_t held_object(const struct rg_graph *graph,
                            const struct rg_path *path)
{
    uint32_t reference = graph->steps[path->first_step].reference;
    return reference == RG_NONE ? RG_NONE
                                : graph->references[reference].referrer;
}

/* `method Page.on_click`; of one that is not shown the first word, if any. */
static void write_held(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    uint32_t index = held_object(graph, path);
    if (index == RG_NONE) {
        rg_label_text(sink, graph, graph->steps[path->first_step].owner,
                      RG_LABEL_NAME_WIDTH);
        return;
    }
    const struct rg_object *object = &graph->objects[index];
    rg_label_text(sink, graph, object->type, RG_LABEL_NAME_WIDTH);
    if (object->detail.size == 0)
        return;
    rg_sink_text(sink, " ");
    rg_label_text(sink, graph, object->detail, RG_LABEL_NAME_WIDTH);
}

/* Two that have no name of their own are told once. */
static bool is_told_alike(const struct rg_graph *graph, const struct rg_path *a,
                          const struct rg_path *b)
{
    uint32_t i = held_object(graph, a), j = held_object(graph, b);
    if (i == RG_NONE || j == RG_NONE)
        return i == j && is_same_text(graph->steps[a->first_step].owner,
                                      graph->steps[b->first_step].owner);
    return is_same_text(graph->objects[i].type, graph->objects[j].type) &&
           is_same_text(graph->objects[i].detail, graph->objects[j].detail);
}

/* What native code holds, one after the other. */
void rg__explain_held(struct rg_sink *sink, const struct rg_graph *graph,
                      uint32_t target)
{
    const struct rg_path *path, *before = NULL;
    size_t at = 0;
    for (;
         (path = rg__explain_path(graph, target, RG_PATH_NATIVE, &at)) != NULL;
         before = path) {
        if (before != NULL && is_told_alike(graph, before, path))
            continue;
        rg_sink_text(sink, before == NULL ? "" : ", ");
        write_held(sink, graph, path);
    }
}

static bool is_same_path(const struct rg_graph *graph, const struct rg_path *a,
                         const struct rg_path *b)
{
    if (b == NULL || a->root != b->root || a->step_count != b->step_count)
        return false;
    for (uint32_t i = 0; i < a->step_count; i++) {
        const struct rg_step *x = &graph->steps[a->first_step + i];
        const struct rg_step *y = &graph->steps[b->first_step + i];
        if (x->kind != y->kind || x->number != y->number ||
            x->object != y->object || !is_same_text(x->owner, y->owner) ||
            !is_same_text(x->label, y->label))
            return false;
    }
    return true;
}

/* Who may hold an object that native code holds: `what` of the target, or the
 * target itself (NULL). */
static void write_holder(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t object, const struct rg_path *what)
{
    for (size_t i = 0; i < graph->native_count; i++) {
        const struct rg_native *native = &graph->natives[i];
        if (native->object != object || native->holder.size == 0)
            continue;
        rg__explain_line(sink, "holder");
        rg_sink_text(sink, "probably ");
        rg_label_text(sink, graph, native->holder, RG_LABEL_NAME_WIDTH);
        rg_sink_format(sink, " at offset %" PRIu64, native->offset);
        if (what != NULL) {
            rg_sink_text(sink, ", of ");
            write_held(sink, graph, what);
        }
        rg_sink_text(sink, ": its address stands in that object's memory");
    }
}

void rg__explain_holders(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target)
{
    const struct rg_path *path;
    size_t at = 0;
    write_holder(sink, graph, graph->targets[target], NULL);
    while ((path = rg__explain_path(graph, target, RG_PATH_NATIVE, &at)) !=
           NULL) {
        uint32_t object = held_object(graph, path);
        if (object != RG_NONE)
            write_holder(sink, graph, object, path);
    }
}

/* One reference to drop; what a frame holds goes when the frame ends. */
static void write_drop(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    rg__explain_write_path(sink, graph, path);
    uint8_t kind = graph->steps[path->first_step + path->step_count - 1].kind;
    if (kind == RG_TEMPORARY || kind == RG_RUNNING)
        rg_sink_text(sink, " (it goes when the function ends)");
}

/* Whom the cut does not reach. */
static void write_not_enough(struct rg_sink *sink, const struct rg_graph *graph)
{
    bool is_held = graph->verdicts[0].flags & RG_VERDICT_UNEXPLAINED;
    if (!is_held && !rg__explain_has_path(graph, 0, RG_PATH_NATIVE))
        return;
    rg__explain_line(sink, "but");
    rg_sink_text(sink, "that is not enough: C code holds ");
    if (is_held)
        rg_sink_text(sink, "the object itself");
    else
        rg__explain_held(sink, graph, 0);
}

/* What you have to let go yourself. */
void rg__explain_yours(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target)
{
    const struct rg_path *path;
    size_t at = 0, count = 0, more = 0;
    while ((path = rg__explain_path(graph, target, RG_PATH_YOURS, &at)) !=
           NULL) {
        if (graph->verdicts[target].kind == RG_VERDICT_ONLY_YOU &&
            is_same_path(graph, path, rg__explain_main_path(graph, target)))
            continue;
        if (count == YOURS_LINES) {
            more++;
            continue;
        }
        rg__explain_line(sink, count++ == 0 ? "yours" : "and");
        rg__explain_write_path(sink, graph, path);
    }
    if (more == 0)
        return;
    rg__explain_line(sink, "and");
    rg__explain_counted(sink, more, "more variable", "more variables");
}

void rg__explain_cut(struct rg_sink *sink, const struct rg_graph *graph)
{
    const struct rg_path *path;
    uint32_t flags = graph->verdicts[0].flags;
    size_t at = 0, count = 0, more = 0;
    while ((path = rg__explain_path(graph, 0, RG_PATH_CUT, &at)) != NULL) {
        if (count == CUT_LINES) {
            more++;
            continue;
        }
        rg__explain_line(sink, count == 0 ? "drop" : "and");
        write_drop(sink, graph, path);
        count++;
    }
    if (more > 0) {
        rg__explain_line(sink, "and");
        rg__explain_counted(sink, more, "more reference", "more references");
    }
    if (count > 0)
        write_not_enough(sink, graph);
    if (flags & RG_VERDICT_CUT_TOO_LARGE) {
        rg__explain_line(sink, "drop");
        rg_sink_text(sink, "more references than would make a list");
    }
    if (flags & RG_VERDICT_CUT_IMPOSSIBLE) {
        rg__explain_line(sink, "drop");
        rg_sink_text(sink, "nothing: ");
        at = 0;
        path = rg__explain_path(graph, 0, RG_PATH_FIXED, &at);
        if (path != NULL)
            rg__explain_write_path(sink, graph, path);
        rg_sink_text(sink, path == NULL ? "something that cannot be dropped "
                                          "holds it"
                                        : " holds it, and none of these "
                                          "references can be dropped");
    }
}
