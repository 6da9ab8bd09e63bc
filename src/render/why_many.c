/* Many targets: how many there are of each verdict, and by which few ways most
 * of them are held. */
#include "render/why_parts.h"

#include <inttypes.h>

#include "render/expression.h"
#include "render/label.h"

enum { MOST_HOLDERS = 4 };

/* How many of the targets of a verdict only the list that was given keeps. */
static uint64_t count_given(const struct rg_graph *graph,
                            enum rg_verdict_kind kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < graph->verdict_count; i++)
        count += graph->verdicts[i].kind == kind &&
                 graph->verdicts[i].flags & RG_VERDICT_IN_GIVEN;
    return count;
}

static void write_how_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    uint64_t counts[RG_VERDICT_KIND_COUNT] = {0};
    uint64_t given = count_given(graph, RG_VERDICT_GARBAGE) +
                     count_given(graph, RG_VERDICT_ONLY_YOU);
    static const char *const words[RG_VERDICT_KIND_COUNT] = {
        [RG_VERDICT_ALIVE] = "alive",
        [RG_VERDICT_NATIVE] = "held by native code",
        [RG_VERDICT_GARBAGE] = "garbage",
        [RG_VERDICT_ONLY_YOU] = "held only by you",
        [RG_VERDICT_UNKNOWN] = "alive for an unknown reason"};
    for (size_t i = 0; i < graph->verdict_count; i++)
        counts[graph->verdicts[i].kind]++;
    rg__explain_counted(sink, graph->target_count, "object: ", "objects: ");
    bool is_first = true;
    for (int kind = 0; kind < RG_VERDICT_KIND_COUNT; kind++) {
        if (counts[kind] == 0)
            continue;
        if (!is_first)
            rg_sink_text(sink, ", ");
        is_first = false;
        rg_label_count(sink, counts[kind]);
        rg_sink_text(sink, " ");
        rg_sink_text(sink, words[kind]);
    }
    if (given == 0)
        return;
    rg__explain_line(sink, "but");
    rg_sink_text(sink, "the list you gave keeps ");
    if (given == graph->target_count)
        rg_sink_text(sink, "them all");
    else
        rg__explain_counted(sink, given, "of them", "of them");
}

/* How many of the targets are of the type of this one. */
static uint64_t count_type(const struct rg_graph *graph, uint32_t target)
{
    const struct rg_object *object = &graph->objects[graph->targets[target]];
    uint64_t count = 0;
    for (size_t i = 0; i < graph->target_count; i++)
        count += rg_object_is_alike(object, &graph->objects[graph->targets[i]]);
    return count;
}

/* What all of a group go through: ` app.REGISTRY.sessions`. */
static void write_way(struct rg_sink *sink, const struct rg_graph *graph,
                      const struct rg_path *path)
{
    bool has_shared = path->shared_count > 0;
    rg_sink_text(sink, " ");
    rg_expression_start(sink, graph, path,
                        has_shared ? path->shared_count : path->step_count);
    rg_expression_place(sink, graph, path);
    if (!has_shared)
        rg_sink_text(sink, " and the like");
}

/* `2,009 of 2,011 Session go through app.REGISTRY.sessions`; what all of them
 * go through besides comes behind it. */
static void write_group(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_path *path)
{
    rg_label_count(sink, path->target_count);
    rg_sink_text(sink, " of ");
    rg_label_count(sink, count_type(graph, path->target));
    rg_sink_text(sink, " ");
    rg__explain_type(sink, graph, path->target);
    rg_sink_text(sink,
                 path->target_count == 1 ? " goes through" : " go through");
    write_way(sink, graph, path);
    for (const struct rg_path *more = path + 1;
         more < graph->paths + graph->path_count &&
         more->target == path->target && more->kind == RG_PATH_FURTHER;
         more++) {
        rg_sink_text(sink, ", and through");
        write_way(sink, graph, more);
    }
    rg_sink_text(sink, " (leak id ");
    rg_explain_fingerprint(sink, graph, path);
    rg_sink_text(sink, ")");
    rg__explain_hints(sink, graph, path->target);
}

/* Of targets that no path leads to. */
static void write_hint_of_all(struct rg_sink *sink,
                              const struct rg_graph *graph)
{
    if (graph->hint_count > 0 && graph->hints[0].kind == RG_HINT_EACH_ONE_MORE)
        rg__explain_hints(sink, graph, 0);
}

/* So that the counts add up: groups that are not named, and targets without a
 * path. */
static void write_others(struct rg_sink *sink, const struct rg_graph *graph,
                         size_t named, uint64_t named_targets)
{
    uint64_t groups = 0, targets = 0;
    for (size_t i = 0; i < graph->path_count; i++)
        if (graph->paths[i].kind == RG_PATH_EMPHASISED) {
            groups++;
            targets += graph->paths[i].target_count;
        }
    if (groups > named) {
        rg_sink_text(sink, "\n  and ");
        rg__explain_counted(sink, targets - named_targets, "object", "objects");
        rg_sink_text(sink, " through ");
        rg__explain_counted(sink, groups - named, "other way", "other ways");
    }
    /* Those that are yours by the list alone were told of with it. */
    targets += count_given(graph, RG_VERDICT_ONLY_YOU);
    if (graph->target_count > targets) {
        rg_sink_text(sink, "\n  and ");
        rg__explain_counted(sink, graph->target_count - targets, "object",
                            "objects");
        rg_sink_text(sink, " that no path leads to");
    }
}

static bool is_same_holder(const struct rg_native *a, const struct rg_native *b)
{
    return a->offset == b->offset && rg_text_is_same(a->holder, b->holder);
}

/* Whether one before it has the same holder: then it was counted there. */
static bool is_counted(const struct rg_graph *graph, size_t native)
{
    for (size_t i = 0; i < native; i++)
        if (is_same_holder(&graph->natives[i], &graph->natives[native]))
            return true;
    return false;
}

static uint64_t count_held(const struct rg_graph *graph, size_t native)
{
    uint64_t count = 0;
    for (size_t i = native; i < graph->native_count; i++)
        count += is_same_holder(&graph->natives[i], &graph->natives[native]);
    return count;
}

/* Who may hold what native code holds. */
static void write_holders(struct rg_sink *sink, const struct rg_graph *graph)
{
    size_t written = 0;
    for (size_t i = 0; i < graph->native_count && written < MOST_HOLDERS; i++) {
        const struct rg_native *native = &graph->natives[i];
        if (native->holder.size == 0 || is_counted(graph, i))
            continue;
        rg__explain_line(sink, "holder");
        rg_sink_text(sink, "probably ");
        rg_label_text(sink, graph, native->holder, RG_LABEL_NAME_WIDTH);
        rg_sink_format(sink, " at offset %" PRIu64 ", of ", native->offset);
        rg__explain_counted(sink, count_held(graph, i), "object", "objects");
        written++;
    }
}

void rg__explain_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    const struct rg_path *group = NULL;
    size_t written = 0;
    uint64_t targets = 0;
    write_how_many(sink, graph);
    while (written < RG_NAMED_GROUPS &&
           (group = rg_graph_next_group(graph, group)) != NULL) {
        rg_sink_text(sink, "\n  ");
        write_group(sink, graph, group);
        targets += group->target_count;
        written++;
    }
    write_others(sink, graph, written, targets);
    rg__explain_cut(sink, graph);
    write_holders(sink, graph);
    write_hint_of_all(sink, graph);
}
