#include "render/text.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "render/label.h"
#include "render/lines.h"
#include "render/text_plan.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* Columns grow with every level, so the text of a chain would grow with the
 * square of its length.  From here on the indent stays. */
enum { INDENT_LEVELS = 20 };

struct tree {
    const struct rg__lines *lines;
    struct rg_sink *sink;
    struct rg_buffer indent;               /* of the line being written */
    size_t indent_size[INDENT_LEVELS + 1]; /* its bytes at each level */
};

/* What stands before the connector of the lines beneath this one. */
static enum rg_status indent_beneath(struct tree *tree,
                                     const struct rg__line *line)
{
    if (line->indent >= INDENT_LEVELS)
        return RG_OK;
    const char *piece = line->indent == 0 ? "╎   " : "│   ";
    if (line->is_last)
        piece = "    ";
    tree->indent.size = tree->indent_size[line->indent];
    if (rg_buffer_append(&tree->indent, piece,
                         line->is_last ? 4 : sizeof "│   " - 1) < 0)
        return RG_ENOMEM;
    tree->indent_size[line->indent + 1] = tree->indent.size;
    return RG_OK;
}

static void write_indent(struct tree *tree, const struct rg__line *line)
{
    size_t indent = line->indent < INDENT_LEVELS ? line->indent : INDENT_LEVELS;
    if (line->level > INDENT_LEVELS)
        rg_sink_format(tree->sink, "[%zu] ", line->level);
    rg_sink_write(tree->sink, tree->indent.data, tree->indent_size[indent]);
    if (line->level == 0)
        rg_sink_text(tree->sink, line->is_last ? "╙── " : "╟── ");
    else
        rg_sink_text(tree->sink, line->is_last ? "└─╼ " : "├─╼ ");
}

/* `object` is RG_NONE for a variable. */
static void write_text_node(struct tree *tree, uint32_t index, uint32_t object,
                            enum rg__mark mark)
{
    static const char *const marks[] = {
        [RG__UNMARKED] = "",
        [RG__CIRCULAR] = " (circular ref)",
        [RG__SHOWN_ABOVE] = " (shown above)",
        [RG__SHOWN_BELOW] = " (shown below)",
        [RG__LEFT_OUT] = " (left out)",
    };
    const struct rg__node *node = &tree->lines->nodes[index];
    const struct rg_retained *retained =
        object == RG_NONE ? NULL
                          : rg_graph_retained_by(tree->lines->graph, object);
    rg_sink_write(tree->sink, tree->lines->names.data + node->name,
                  node->name_size);
    rg_sink_format(tree->sink, " (id=%" PRIu64 ")", node->id);
    if (retained != NULL) {
        rg_sink_text(tree->sink, " ");
        rg_label_count(tree->sink, retained->bytes);
        rg_sink_text(tree->sink, " B");
    }
    rg_sink_text(tree->sink, marks[mark]);
}

/* Two digits behind a point that no locale turns into a comma. */
static void write_timeout(struct rg_sink *sink, double seconds)
{
    const double most = 9e15;
    uint64_t hundredths =
        (uint64_t)((seconds < most ? seconds : most) * 100 + 0.5);
    rg_sink_format(sink,
                   ELLIPSIS " timeout of %" PRIu64 ".%02" PRIu64 " s reached",
                   hundredths / 100, hundredths % 100);
}

static void write_object_limit(struct rg_sink *sink,
                               const struct rg_graph *graph)
{
    rg_sink_text(sink, ELLIPSIS " ");
    rg_label_object_limit(sink, graph);
}

static void write_limit(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_object *object)
{
    if (object->flags & RG_OBJECT_COUNT_LIMIT)
        write_object_limit(sink, graph);
    else if (object->flags & RG_OBJECT_DEPTH_LIMIT)
        rg_sink_format(sink, ELLIPSIS " depth limit of %" PRId64 " reached",
                       graph->max_depth);
    else
        rg_sink_text(sink,
                     ELLIPSIS " limit of untracked objects in a row reached");
}

/* `… 74 more Handler.request (instance attribute)`, as behind a limit. */
static void write_alike(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg__line *line)
{
    const struct rg_reference *first = &graph->references[line->index];
    const struct rg_rest rest = {.referent = line->referent,
                                 .kind = first->kind,
                                 .key_type = first->key_type,
                                 .owner = first->owner,
                                 .first = first->label,
                                 .last = graph->references[line->last].label,
                                 .count = line->count};
    rg_label_rest(sink, graph, &rest);
}

static void write_counted(struct rg_sink *sink, uint64_t count, const char *one,
                          const char *many)
{
    rg_sink_text(sink, ELLIPSIS " ");
    rg_label_count(sink, count);
    rg_sink_text(sink, count == 1 ? one : many);
}

/* `… 12 more referrers, 340 lines` */
static void write_more(struct rg_sink *sink, const struct rg__line *line)
{
    if (line->count == 0) {
        write_counted(sink, line->lines, " more line", " more lines");
        return;
    }
    if (line->level == 0)
        write_counted(sink, line->count, " more target", " more targets");
    else
        write_counted(sink, line->count, " more referrer", " more referrers");
    if (line->lines <= line->count)
        return;
    rg_sink_text(sink, ", ");
    rg_label_count(sink, line->lines);
    rg_sink_text(sink, " lines");
}

static void write_steps(struct rg_sink *sink, const struct rg__line *line)
{
    write_counted(sink, line->count, " more step", " more steps");
    if (line->lines <= line->count)
        return;
    rg_sink_text(sink, ", ");
    rg_label_count(sink, line->lines);
    rg_sink_text(sink, " lines");
}

static void write_line(struct tree *tree, const struct rg__line *line)
{
    const struct rg_graph *graph = tree->lines->graph;
    switch (line->kind) {
    case RG__LINE_TARGET:
        write_text_node(tree, tree->lines->target_node[line->index],
                        graph->targets[line->index], line->mark);
        break;
    case RG__LINE_REFERENCE:
        write_text_node(tree, tree->lines->node_of[line->index],
                        graph->references[line->index].referrer, line->mark);
        break;
    case RG__LINE_REST:
        rg_label_rest(tree->sink, graph, &graph->rests[line->index]);
        break;
    case RG__LINE_BACK:
        write_counted(tree->sink, line->count, " more referrer leads back here",
                      " more referrers lead back here");
        break;
    case RG__LINE_NATIVE:
        rg_sink_text(tree->sink, ELLIPSIS " held by C code");
        break;
    case RG__LINE_DEPTH_LIMIT:
        write_limit(tree->sink, graph, &graph->objects[line->referent]);
        break;
    case RG__LINE_UNSEEN:
        rg_sink_text(tree->sink, ELLIPSIS " ");
        rg_label_unseen(tree->sink, graph, (enum rg_unseen)line->index);
        break;
    case RG__LINE_LEFT_OUT:
        rg_sink_text(tree->sink, ELLIPSIS " ");
        rg_label_left_out(tree->sink, graph);
        break;
    case RG__LINE_TIMEOUT:
        write_timeout(tree->sink, graph->timeout);
        break;
    case RG__LINE_ALIKE:
        write_alike(tree->sink, graph, line);
        break;
    case RG__LINE_STEPS:
        write_steps(tree->sink, line);
        break;
    case RG__LINE_MORE:
        write_more(tree->sink, line);
        break;
    }
}

static enum rg_status write_next(struct tree *tree, const struct rg__line *line,
                                 bool is_first)
{
    enum rg_status status = RG_OK;
    if (!is_first)
        rg_sink_text(tree->sink, "\n");
    write_indent(tree, line);
    write_line(tree, line);
    if (line->expanded != RG_NONE)
        status = indent_beneath(tree, line);
    return status == RG_OK ? tree->sink->status : status;
}

/* All lines, as they are found. */
static enum rg_status write_all(struct tree *tree)
{
    struct rg__text_walk walk;
    enum rg_status status = rg__text_walk_init(&walk, tree->lines);
    if (status != RG_OK)
        return status;
    for (bool is_first = true; status == RG_OK; is_first = false) {
        struct rg__line line;
        bool more;
        status = rg__text_walk_next(&walk, &line, &more);
        if (status == RG_OK && !more)
            break;
        line.indent = line.level;
        if (status == RG_OK)
            status = write_next(tree, &line, is_first);
    }
    rg__text_walk_free(&walk);
    return status;
}

static enum rg_status write_planned(struct tree *tree, size_t max_lines)
{
    struct rg__text_plan plan;
    struct rg__line line;
    enum rg_status status = rg__text_plan_init(&plan, tree->lines, max_lines);
    if (status != RG_OK)
        return status;
    for (bool is_first = true;
         status == RG_OK && rg__text_plan_next(&plan, &line); is_first = false)
        status = write_next(tree, &line, is_first);
    rg__text_plan_free(&plan);
    return status;
}

static enum rg_status write_tree(const struct rg_graph *graph,
                                 const struct rg__text_order *order,
                                 size_t max_lines, struct rg_sink *sink)
{
    struct rg__lines lines;
    struct tree tree = {.lines = &lines, .sink = sink};
    enum rg_status status = rg__lines_init(&lines, graph, order, sink->poll);
    if (status != RG_OK)
        return status;
    status = max_lines == RG_TEXT_ALL_LINES ? write_all(&tree)
                                            : write_planned(&tree, max_lines);
    rg_buffer_free(&tree.indent);
    rg__lines_free(&lines);
    return status;
}

enum rg_status rg_text_tree(const struct rg_graph *graph, size_t max_lines,
                            struct rg_sink *sink)
{
    struct rg__text_order order;
    enum rg_status status = rg__text_order_init(&order, graph, sink->poll);
    if (status != RG_OK)
        return status;
    status = write_tree(graph, &order, max_lines, sink);
    if (status == RG_OK && graph->redacted && graph->target_count != 0) {
        rg_sink_text(sink, "\n" ELLIPSIS " " RG_LABEL_REDACTED);
        status = sink->status;
    }
    rg__text_order_free(&order);
    return status;
}
