/* Many targets: how many there are of each verdict, and by which few ways most
 * of them are held. */
#include "render/why_parts.h"

#include "render/expression.h"
#include "render/label.h"

static void write_how_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    uint64_t counts[RG_VERDICT_KIND_COUNT] = {0};
    static const char *const words[RG_VERDICT_KIND_COUNT] = {
        [RG_VERDICT_ALIVE] = "alive",
        [RG_VERDICT_NATIVE] = "held by native code",
        [RG_VERDICT_GARBAGE] = "garbage",
        [RG_VERDICT_ONLY_YOU] = "held only by you",
        [RG_VERDICT_UNKNOWN] = "held by what was not looked at"};
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
}

/* How many of the targets are of the type of this one. */
static uint64_t count_type(const struct rg_graph *graph, uint32_t target)
{
    struct rg_text type = graph->objects[graph->targets[target]].type;
    uint64_t count = 0;
    for (size_t i = 0; i < graph->target_count; i++) {
        struct rg_text other = graph->objects[graph->targets[i]].type;
        count += other.size == type.size &&
                 (type.size == 0 || other.offset == type.offset);
    }
    return count;
}

/* `2,009 of 2,011 Session go through app.REGISTRY.sessions`. */
static void write_group(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_path *path)
{
    uint64_t all = count_type(graph, path->target);
    rg_label_count(sink, path->target_count);
    rg_sink_text(sink, " of ");
    rg_label_count(sink, all > path->target_count ? all : path->target_count);
    rg_sink_text(sink, " ");
    rg__explain_type(sink, graph, path->target);
    rg_sink_text(sink, path->target_count == 1 ? " goes through "
                                               : " go through ");
    bool has_shared = path->shared_count > 0;
    rg_expression_start(sink, graph, path, has_shared ? path->shared_count
                                                      : path->step_count);
    rg_expression_place(sink, graph, path);
    if (!has_shared)
        rg_sink_text(sink, " and the like");
    rg_sink_text(sink, " (leak id ");
    rg_explain_fingerprint(sink, graph, path);
    rg_sink_text(sink, ")");
}

void rg__explain_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    const struct rg_path *group = NULL;
    size_t written = 0, groups = 0;
    write_how_many(sink, graph);
    for (size_t i = 0; i < graph->path_count; i++)
        groups += graph->paths[i].kind == RG_PATH_EMPHASISED;
    while (written < RG_NAMED_GROUPS &&
           (group = rg_graph_next_group(graph, group)) != NULL) {
        rg_sink_text(sink, "\n  ");
        write_group(sink, graph, group);
        written++;
    }
    if (groups > written) {
        rg_sink_text(sink, "\n  and ");
        rg__explain_counted(sink, groups - written, "other way", "other ways");
    }
    rg__explain_cut(sink, graph);
}
