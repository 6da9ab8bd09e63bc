/* The merged tree as text. */
#include <inttypes.h>

#include "render/label.h"
#include "render/merged.h"

#define ELLIPSIS "\xe2\x80\xa6"

enum { INDENT_LEVELS = 20 }; /* as in the tree of one target */

static bool has_one_type(const struct rg_graph *graph)
{
    for (size_t i = 1; i < graph->target_count; i++)
        if (!rg_text_is_same(graph->objects[graph->targets[0]].type,
                             graph->objects[graph->targets[i]].type))
            return false;
    return graph->target_count > 0;
}

static void put_object_type(struct rg_sink *sink, const struct rg_graph *graph,
                            uint32_t object)
{
    rg_label_text(sink, graph, graph->objects[object].type,
                  RG_LABEL_NAME_WIDTH);
}

void rg__merged_title(struct rg_sink *sink, const struct rg_graph *graph)
{
    rg_label_count(sink, graph->target_count);
    rg_sink_text(sink, " ");
    if (has_one_type(graph))
        put_object_type(sink, graph, graph->targets[0]);
    else
        rg_sink_text(sink, graph->target_count == 1 ? "object" : "objects");
}

void rg__merged_what(struct rg_sink *sink, const struct rg__merged *merged,
                     const struct rg__merged_node *node)
{
    if (node->count > 1 || node->is_target) {
        rg_label_count(sink, node->count);
        rg_sink_text(sink, " ");
    }
    put_object_type(sink, merged->graph, node->object);
}

struct writing {
    const struct rg__merged *merged;
    struct rg_sink *sink;
    bool is_last[INDENT_LEVELS + 1]; /* by level: the one being written */
};

static void write_merged_indent(struct writing *writing, size_t level)
{
    size_t indent = level < INDENT_LEVELS ? level : INDENT_LEVELS;
    rg_sink_text(writing->sink, "\n");
    if (level > INDENT_LEVELS)
        rg_sink_format(writing->sink, "[%zu] ", level);
    for (size_t i = 1; i < indent; i++)
        rg_sink_text(writing->sink, writing->is_last[i] ? "    " : "│   ");
    rg_sink_text(writing->sink, writing->is_last[indent] ? "└─╼ " : "├─╼ ");
}

/* `dict[…] : 4,000 Session` */
static void write_merged(struct writing *writing,
                         const struct rg__merged_node *node)
{
    const struct rg_graph *graph = writing->merged->graph;
    struct rg_sink *sink = writing->sink;
    if (node->reference == RG_NONE) {
        rg_sink_text(sink, ELLIPSIS " ");
        rg_label_count(sink, node->count);
        rg_sink_text(sink,
                     node->count == 1 ? " more way, to " : " more ways, to ");
        rg_label_count(sink, node->below);
        return;
    }
    if (node->has_labels)
        rg_label_many(sink, graph, &graph->references[node->reference]);
    else
        rg_label_name(sink, graph, &graph->references[node->reference]);
    rg_sink_text(sink, ": ");
    rg__merged_what(sink, writing->merged, node);
}

/* The node behind one, and how much deeper it is. */
static uint32_t next_merged(const struct rg__merged *merged, uint32_t at,
                            size_t *level)
{
    if (merged->nodes[at].first_child != RG_NONE) {
        ++*level;
        return merged->nodes[at].first_child;
    }
    while (at != RG_NONE && merged->nodes[at].next == RG_NONE) {
        at = merged->nodes[at].parent;
        --*level;
    }
    return at == RG_NONE ? RG_NONE : merged->nodes[at].next;
}

/* What is no way of the tree, a line each. */
static void write_rest(struct writing *writing)
{
    const struct rg_graph *graph = writing->merged->graph;
    struct rg_sink *sink = writing->sink;
    if (writing->merged->unheld > 0) {
        rg_sink_text(sink, "\n" ELLIPSIS " no root leads to ");
        rg_label_count(sink, writing->merged->unheld);
        rg_sink_text(sink,
                     writing->merged->unheld == 1 ? " of them" : " of them");
    }
    if (graph->left_out.objects > 0) {
        rg_sink_text(sink, "\n" ELLIPSIS " ");
        rg_label_object_limit(sink, graph);
    }
    if (graph->timed_out)
        rg_sink_text(sink, "\n" ELLIPSIS " the time ran out");
    if (graph->redacted)
        rg_sink_text(sink, "\n" ELLIPSIS " " RG_LABEL_REDACTED);
}

static size_t lines_beside(const struct rg__merged *merged)
{
    const struct rg_graph *graph = merged->graph;
    return (size_t)1 + (merged->unheld > 0) + (graph->left_out.objects > 0) +
           graph->timed_out + graph->redacted;
}

static enum rg_status write_all_merged(const struct rg__merged *merged,
                                       struct rg_sink *sink)
{
    struct writing writing = {.merged = merged, .sink = sink};
    enum rg_status status = RG_OK;
    size_t level = 1;
    rg__merged_title(sink, merged->graph);
    for (uint32_t at = merged->first; status == RG_OK && at != RG_NONE;
         at = next_merged(merged, at, &level)) {
        size_t indent = level < INDENT_LEVELS ? level : INDENT_LEVELS;
        writing.is_last[indent] = merged->nodes[at].next == RG_NONE;
        write_merged_indent(&writing, level);
        write_merged(&writing, &merged->nodes[at]);
        status = rg_poll(sink->poll, 1);
    }
    write_rest(&writing);
    return status == RG_OK ? sink->status : status;
}

/* Lines of all that is linked. */
static size_t count_lines(const struct rg__merged *merged)
{
    size_t lines = lines_beside(merged), level = 1;
    for (uint32_t at = merged->first; at != RG_NONE;
         at = next_merged(merged, at, &level))
        lines++;
    return lines;
}

/* What is left out takes lines, too: how many is known when it is. */
static enum rg_status fit_lines(struct rg__merged *merged,
                                const struct rg_graph *graph, size_t max_lines,
                                struct rg_poll *poll)
{
    size_t most = max_lines;
    enum rg_status status = rg__merged_init(merged, graph, poll);
    while (status == RG_OK) {
        size_t lines;
        status = rg__merged_keep(merged, most);
        lines = status == RG_OK ? count_lines(merged) : 0;
        if (lines <= max_lines || most <= 1)
            return status;
        most = lines - max_lines < most ? most - (lines - max_lines) : 1;
        rg__merged_free(merged);
        status = rg__merged_init(merged, graph, poll);
    }
    return status;
}

enum rg_status rg_merged_text(const struct rg_graph *graph, size_t max_lines,
                              struct rg_sink *sink)
{
    struct rg__merged merged;
    enum rg_status status = fit_lines(&merged, graph, max_lines, sink->poll);
    if (status == RG_OK)
        status = write_all_merged(&merged, sink);
    rg__merged_free(&merged);
    return status;
}
