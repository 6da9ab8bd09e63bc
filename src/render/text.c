#include "render/text.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "render/label.h"
#include "render/lines.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* Columns grow with every level, so the text of a chain would grow with the
 * square of its length.  From here on the indent stays. */
enum { INDENT_LEVELS = 200 };

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
    if (line->level >= INDENT_LEVELS)
        return RG_OK;
    const char *piece = line->level == 0 ? "╎   " : "│   ";
    if (line->is_last)
        piece = "    ";
    tree->indent.size = tree->indent_size[line->level];
    if (rg_buffer_append(&tree->indent, piece,
                         line->is_last ? 4 : sizeof "│   " - 1) < 0)
        return RG_ENOMEM;
    tree->indent_size[line->level + 1] = tree->indent.size;
    return RG_OK;
}

static void write_indent(struct tree *tree, const struct rg__line *line)
{
    size_t level = line->level;
    if (level > INDENT_LEVELS) {
        rg_sink_format(tree->sink, "[%zu] ", level);
        level = INDENT_LEVELS;
    }
    rg_sink_write(tree->sink, tree->indent.data, tree->indent_size[level]);
    if (line->kind == RG__LINE_TARGET)
        rg_sink_text(tree->sink, line->is_last ? "╙── " : "╟── ");
    else
        rg_sink_text(tree->sink, line->is_last ? "└─╼ " : "├─╼ ");
}

static void write_text_node(struct tree *tree, uint32_t index,
                            enum rg__mark mark)
{
    static const char *const marks[] = {
        [RG__UNMARKED] = "",
        [RG__CIRCULAR] = " (circular ref)",
        [RG__SHOWN_ABOVE] = " (shown above)",
        [RG__SHOWN_BELOW] = " (shown below)",
    };
    const struct rg__node *node = &tree->lines->nodes[index];
    rg_sink_write(tree->sink, tree->lines->names.data + node->name,
                  node->name_size);
    rg_sink_format(tree->sink, " (id=%" PRIu64 ")%s", node->id, marks[mark]);
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

static void write_depth_limit(struct rg_sink *sink,
                              const struct rg_graph *graph,
                              const struct rg_object *object)
{
    if (object->flags & RG_OBJECT_DEPTH_LIMIT)
        rg_sink_format(sink, ELLIPSIS " depth limit of %" PRId64 " reached",
                       graph->max_depth);
    else
        rg_sink_text(sink,
                     ELLIPSIS " limit of untracked objects in a row reached");
}

static void write_line(struct tree *tree, const struct rg__line *line)
{
    const struct rg_graph *graph = tree->lines->graph;
    switch (line->kind) {
    case RG__LINE_TARGET:
        write_text_node(tree, tree->lines->target_node[line->index],
                        line->mark);
        break;
    case RG__LINE_REFERENCE:
        write_text_node(tree, tree->lines->node_of[line->index], line->mark);
        break;
    case RG__LINE_REST:
        rg_label_rest(tree->sink, graph, &graph->rests[line->index]);
        break;
    case RG__LINE_DEPTH_LIMIT:
        write_depth_limit(tree->sink, graph, &graph->objects[line->referent]);
        break;
    case RG__LINE_UNSEEN:
        rg_sink_text(tree->sink, ELLIPSIS " ");
        rg_label_unseen(tree->sink, graph, (enum rg_unseen)line->index);
        break;
    case RG__LINE_TIMEOUT:
        write_timeout(tree->sink, graph->timeout);
        break;
    }
}

static enum rg_status write_text_lines(struct tree *tree,
                                       struct rg__text_walk *walk)
{
    for (bool first = true;; first = false) {
        struct rg__line line;
        bool more;
        enum rg_status status = rg__text_walk_next(walk, &line, &more);
        if (status != RG_OK || !more)
            return status;
        if (!first)
            rg_sink_text(tree->sink, "\n");
        write_indent(tree, &line);
        write_line(tree, &line);
        if (line.expanded != RG_NONE)
            status = indent_beneath(tree, &line);
        if (status == RG_OK)
            status = tree->sink->status;
        if (status != RG_OK)
            return status;
    }
}

enum rg_status rg_text_tree(const struct rg_graph *graph, struct rg_sink *sink)
{
    struct rg__lines lines;
    struct rg__text_walk walk = {0};
    struct tree tree = {.lines = &lines, .sink = sink};
    enum rg_status status = rg__lines_init(&lines, graph, sink->poll);
    if (status != RG_OK)
        return status;
    status = rg__text_walk_init(&walk, &lines);
    if (status == RG_OK)
        status = write_text_lines(&tree, &walk);
    if (status == RG_OK && graph->redacted && graph->target_count != 0) {
        rg_sink_text(sink, "\n" ELLIPSIS " " RG_LABEL_REDACTED);
        status = sink->status;
    }
    rg_buffer_free(&tree.indent);
    rg__text_walk_free(&walk);
    rg__lines_free(&lines);
    return status;
}
